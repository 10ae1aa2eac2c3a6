"""Says whether boards and feeds are well: `leaderboards status`. Start reading at `fleet`.

reached       the place where bundles run: its clients and its clock
facts         what was read of one bundle
reading       reads the facts of a board or a feed
metrics       reads what CloudWatch has of many bundles, in few requests
rebuild_cost  what the last rebuild cost, as an estimate
judging       which of the facts is a problem, and with which command to begin
fleet         looks at many bundles side by side, and puts the worst first
"""
