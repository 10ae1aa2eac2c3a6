"""Works on a feed that runs, apart from its boards."""
