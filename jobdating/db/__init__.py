"""The database: tables, the engine that reads and writes, and the journal. Knows no rule but the constraints."""
