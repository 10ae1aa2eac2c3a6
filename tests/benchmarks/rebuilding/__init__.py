"""Times rebuilds and look-ups of ranks on boards of up to ten million players: see `rebuild` and `ranks` above.

The rebuilder is its real handler with real boto3 clients, in a process of its own, against `stand_in`.
"""
