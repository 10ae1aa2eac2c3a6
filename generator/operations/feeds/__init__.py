"""Works on a feed that runs, apart from its boards.

running_feed  finds it
strays        lists activities that no board counts, and puts them on the bus again
redriving     puts on the bus again what the feed's pipe could not deliver
"""
