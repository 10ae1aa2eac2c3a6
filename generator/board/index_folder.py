"""Where the page that lists the boards lies among the bundles, as if it were a board of a team."""

TEAM, NAME = "_index", "site"
"""No team has such a name."""
