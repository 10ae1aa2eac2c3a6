"""The commands on a feed apart from its boards."""
