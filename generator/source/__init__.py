"""Reads files from the disk, and YAML into a tree whose nodes know their line and column."""
