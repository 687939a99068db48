"""Spreadsheets in and out. Reads, understands and writes files; the database is left to services."""
