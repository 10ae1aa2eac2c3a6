"""Runs feeds on this machine: activities that a game server writes once, and that several boards count."""
