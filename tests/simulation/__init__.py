"""The deterministic simulation of a whole board: all that runs in AWS, in one process, under one seeded scheduler.

`python -m tests.simulation SEED` runs one seed again and prints what happened. `running.run_seed` is what tests call.
The pieces: `scheduler` (time and tasks), `network` (every call of AWS, and what goes wrong with it), `pipeline`
(stream, pipe, queue), `functions` (the board's real code as processes), `script` (what people and games do), `readers`
(who asks the API), `model` (what the rules say), `ledger` and `shown` (what must hold).
"""
