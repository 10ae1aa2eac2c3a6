"""Keeps aggregates, marks, windows and events in DynamoDB, each activity counted once."""
