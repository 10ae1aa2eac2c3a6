"""Runs the embedded AWS as a child process."""
