"""Writes files: build/ as a whole, and a single file so that nobody ever sees half of it."""
