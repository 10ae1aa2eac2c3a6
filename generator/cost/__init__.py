"""`leaderboards cost`: what a board costs in AWS a month. Start reading at `estimate`.

    deployed   what a bundle deploys that costs money, read from its Terraform
    functions  what the functions do: units of an activity, which metrics they write, sizes
    rebuilds   what a rebuild asks of AWS
    idle       the terms of a board that nobody plays or reads
    traffic    the terms that play and readers add
    feeds      the terms of a feed, which are paid for once
    estimate   all terms of a board or a feed, and sums over many
    reports    an estimate as text, JSON and Markdown

A term is units x price. Units come from what is deployed and from what the functions do, prices from `aws.prices`.
"""
