"""What runs in Lambda: activities become aggregates, aggregates become ranks, and ranks are what the API answers.

`processor`, `rebuilder`, `api` and `simulator` are the handlers. `sealing` takes an ended window to its final ranks;
`answers` and `queries` are the API's content. `domain` has the rules of counting and ranking; `dynamodb` keeps the
aggregates, `s3` the snapshots.
"""
