"""The edits of each part of a board or feed.

scoring      what counts and how it ranks
windows      kinds of window, resets, what is kept
seasons      their names and dates
feeding      where a board's activities come from, and the types of a feed
place        project, environment, region, account, KMS key, team, Terraform's state
operating    who reads it, protection, sizes, alarms, the page, owners and tags
"""
