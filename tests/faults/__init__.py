"""Faults: at every AWS call of the processor, the rebuilder and the operations that write, something fails.

`scenarios` has what a board does: batches come, snapshots are made, windows are sealed, rejections are redriven.
`cases` records the calls of a scenario, and runs it again for each call and each of the `kinds` of fault; `forks` lets
the process die there. `checks` says what must hold then, and what once every retry has come through.

    python -m tests.faults SCENARIO CALL KIND   runs one case again
"""
