"""Texts that a player or a game wrote: which can be seen, and which are kept beside a score."""
