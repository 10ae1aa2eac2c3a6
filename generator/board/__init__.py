"""Decides every name and number of a board, from a spec that is valid."""
