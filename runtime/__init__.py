"""What runs in Lambda: an activity becomes an aggregate, a rank, a page of a leaderboard.

`config`, `activity`, `scoring`, `windows` and `ranking` are pure: no AWS, no clock. `aggregates` is the DynamoDB side,
`snapshots` the S3 side. `processor`, `rebuilder`, `api` and `simulator` are the handlers.
"""
