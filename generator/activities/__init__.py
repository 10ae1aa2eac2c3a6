"""Reads files of activities, CSV or JSON lines, and says what is wrong with them. Writes nothing.

rows   a file to rows: what stands in each, and where
files  rows to activities of boards: checked whole before the first one is used
"""
