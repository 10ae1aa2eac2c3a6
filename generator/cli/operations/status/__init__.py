"""`leaderboards status`: whether boards are well.

status    the command
one       what it says of one board or feed
table     what it says of many
document  the same for --json
words     what these share
watching  looks again and again: --watch
"""
