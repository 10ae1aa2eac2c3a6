"""What each alarm means for players, how it ends, and what to do first: the one source of all that tells it.

entries     an entry, and the words of a bundle that entries name
of_boards   the entries of a board's alarms
of_feeds    the entries of a feed's alarms
bundles     the entries of a bundle that is deployed
"""
