"""A game day: each part of a board is broken in turn, and the runbook must put it right."""
