"""Rehearsing: the clock of a run, which can be set and moved ahead, and what follows when it moves.

shifted_clock  reads the clock; `local` deploys it in place of runtime/clock.py
clock          sets and moves it
passage        moves it past every reset on the way, and says what became of the windows
event_log      keeps the events that the boards have sent
commands       what other commands may ask of a run: the time, windows, events, to advance
"""
