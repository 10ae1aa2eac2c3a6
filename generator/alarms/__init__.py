"""Evaluates a bundle's alarms as CloudWatch does, over metrics that anybody may have written."""
