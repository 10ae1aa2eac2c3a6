"""Times the commands, and the nearest job of other generators on the same machine: `make bench`.

No test asserts these: a clock on a shared machine decides nothing. `cases` has what is timed; add yours there.
"""
