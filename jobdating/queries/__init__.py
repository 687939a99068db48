"""Reads that return frozen view models. A fixed number of statements each; they write nothing and know no HTML."""
