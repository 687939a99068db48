"""The only writers: one call, one transaction, one journal entry as its last step. No HTML, no clock."""
