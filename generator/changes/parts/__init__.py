"""The edits of each part of a board.

scoring      what counts and how it ranks
windows      kinds of window, resets, what is kept
seasons      their names and dates
place        project, environment, region, account, KMS key, team, Terraform's state
operating    who reads it, protection, sizes, alarms, the page, owners and tags
"""
