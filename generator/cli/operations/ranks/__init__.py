"""The commands on the ranks of a board as a whole."""
