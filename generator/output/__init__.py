"""build/: what would change in it, and changing it."""
