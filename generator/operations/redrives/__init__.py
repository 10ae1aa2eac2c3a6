"""Redrives: one for each place where something of a board is left behind, each safe to be killed and to run again.

putting_back  rejected activities, and dead letters of the processor and of a feed
pipe          dead letters of the pipe, which are positions in the stream: `positions` reads the stream, and `undecided`
              the activities table where the stream is over
schedule      rebuilds that failed, which the next one does over
receiving     empties a queue, and sees into one
"""
