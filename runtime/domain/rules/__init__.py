"""A board's rules: which activities they are for, and what those give."""
