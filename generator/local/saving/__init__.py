"""What happens when leaderboards.yaml is saved while boards run.

watching    notices the save
redeploy    reads the files, and lets the boards run as they say now
wording     what a change of a board means, in words for a person
"""
