"""Turns view models into HTML: the same fragments for the first paint and for live updates."""
