"""Times the commands, and the nearest job of other generators on the same machine: `make bench`.

No test asserts a time: a clock on a shared machine proves nothing. `cases` lists what is timed; add yours there.
"""
