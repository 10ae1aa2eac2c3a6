"""Recounting: what a replay has counted anew lies beside what was counted as it came, and what becomes of both."""
