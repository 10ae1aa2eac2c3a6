"""What happens when leaderboards.yaml is saved while boards run.

watching    notices the save
redeploy    reads the files, and lets the boards run as they say now
wording     what generate would say of it, and which refused edits stand
"""
