"""A stand-in for DynamoDB, its streams and S3 over HTTP on this machine, for benchmarks with millions of players.

Real boto3 clients talk to it. It makes players by arithmetic and renders what it answers before the clock starts, so
that it takes little of the CPU that the measured code needs. It counts requests, and units by AWS's rules. The board's
own few items lie in the AWS in memory of the tests, which knows expressions and conditions. Start at `server`.

What it leaves out: TLS, and the time that a request is on its way.
"""
