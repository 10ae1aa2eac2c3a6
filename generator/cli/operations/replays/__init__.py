"""`leaderboards replay`, and what it prints."""
