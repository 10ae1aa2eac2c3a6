"""Times the commands and the runtime, and the nearest job of other tools on the same machine: `make bench`.

No test asserts these times: they vary too much on a shared machine. `__main__` lists what there is to measure.
"""
