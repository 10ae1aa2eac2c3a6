"""Rehearsing: the clock of a run, which can be set and moved ahead, and what follows when it moves.

shifted_clock  reads the clock; `local` deploys it in place of runtime/clock.py
clock          sets and moves it
"""
