"""Deltas: how the ranks of a window differ from a base that never changes, and the arithmetic that merges the two."""
