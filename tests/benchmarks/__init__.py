"""Times the commands, and the nearest job of other generators on the same machine: `make bench`.

No test asserts these times: they vary too much on a shared machine. What is timed is in `cases`; add yours there.
"""
