"""Checks what must hold between several values: across the keys of a board, and across boards."""
