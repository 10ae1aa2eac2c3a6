"""Turns a decided board into the files of its bundle."""
