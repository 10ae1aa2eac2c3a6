"""Reads the metrics and the alarms of what runs, in AWS or on this machine, behind one interface."""
