"""Understands what people type in a cell: hours, days, telephone numbers, ages, names, rooms. Pure."""
