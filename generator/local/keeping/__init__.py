"""Keeping: what becomes of the boards' data, from a save to the next, and with `local --keep DIR` from run to run.

taking_up   deploys a board, with the data that there are of it
recounting  begins it anew where these mean something else now
folder      the folder of --keep, and whose it is
keeper      hands out what a run left, and saves what the boards hold
"""
