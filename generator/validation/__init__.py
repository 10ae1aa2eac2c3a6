"""Loads and merges the boards of all files, checks them by the models and the rules, and reports every mistake."""
