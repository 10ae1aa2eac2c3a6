"""`leaderboards explain`: shows why a board is as it is. Start reading at `explanation`.

    summary    the board in five lines
    values     each setting, and the line or rule it comes from
    resources  what the board creates in AWS
    reports    the explanation as text and as JSON

Nothing is decided here: values come from the merged YAML and the models, names from the generated Terraform, the
arithmetic from `board.sizing`, the cost from `cost`, windows from the same code that runs in AWS.
"""
