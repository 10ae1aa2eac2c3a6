"""What runs in Lambda: an activity becomes an aggregate, an aggregate a rank, a rank an entry of a page.

`processor`, `rebuilder`, `api` and `simulator` are the handlers. `domain` counts and ranks, purely; `dynamodb` keeps
aggregates, each activity counted once; `s3` keeps snapshots, each replaced whole.
"""
