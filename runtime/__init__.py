"""The code that runs in Lambda. It turns activities into aggregates and aggregates into ranks, which the API serves.

`processor`, `rebuilder`, `api` and `simulator` are the handlers. `sealing` takes an ended window to its final ranks;
`queries` reads the API's requests, `answers` answers them. `domain` has the rules of counting and ranking;
`dynamodb` keeps the aggregates, `s3` the snapshots.
"""
