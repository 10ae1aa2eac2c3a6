"""Keeping: what the boards hold stays in a folder from one run to the next, `local --keep DIR`.

folder  the folder, and whose it is
keeper  takes up what a run left, and saves what the boards hold
"""
