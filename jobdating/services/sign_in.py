"""Proving an address: a link and a code are mailed, and one of them, once, opens a session."""

from datetime import timedelta

LASTS = timedelta(minutes=10)
