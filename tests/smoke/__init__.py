"""`make smoke BOARD=NAME`: one board in a real AWS account, from init to destroy, and what differed.

    __main__.py   asks first: the account, the region, the board, and whether to go on
    board.py      the board as it is tried: under names of its own, unprotected, with its state on this machine
    trial.py      apply, play, read, destroy, and a list of what differed

It costs some cents and takes about 20 minutes, most of them for CloudFront. It touches no board that is deployed
already. Tests run it against the stand-in for AWS (tests/terraform/test_smoke.py).
"""
