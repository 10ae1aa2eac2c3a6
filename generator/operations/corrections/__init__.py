"""Corrections: scores that an operator adds to, or sets.

correction  what a correction is, and how it is kept: an activity of a reserved type, where no producer can write
new_score   what a score is after it, by the board's aggregates
windows     the windows that it falls in
counting    counts it, once
ranks       the rank that a score would have
"""
