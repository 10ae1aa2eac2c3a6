"""Reads YAML into a tree whose nodes know their line and column."""
