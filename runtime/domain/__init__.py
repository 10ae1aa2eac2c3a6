"""Counts and ranks, purely: no AWS, no clock."""
