"""The rules of a job dating. Pure and synchronous: no I/O, no clock, no database."""
