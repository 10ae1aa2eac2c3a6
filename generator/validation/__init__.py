"""Checks the tree against the models and the rules, and says all that is wrong."""
