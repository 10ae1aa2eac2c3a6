"""Loads and merges the boards of all files, holds them against the models and the rules, and says all that is wrong."""
