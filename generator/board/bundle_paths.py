"""Where things lie below build/, for those who look for them without the models of boards."""

TEAM, NAME = "_index", "site"
"""The page that lists the boards lies there as if it were a board of a team. No team has such a name."""

DEPLOYMENT = "deployment.json"
"""The file of a bundle that says where and with what its board is deployed."""
