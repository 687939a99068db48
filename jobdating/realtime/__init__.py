"""Everything live: the journal becomes frames on open pages. Writes nothing but presence, through its service."""
