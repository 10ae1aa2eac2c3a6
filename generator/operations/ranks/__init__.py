"""Works on the ranks of a running board as a whole.

rebuilding  lets them be made anew
exporting   reads all of a window out of one snapshot; `formats` writes them as CSV, JSON lines or Parquet
activities  reads the activities that they were made of, each with what became of it
"""
