"""`leaderboards players`, what it prints, and how it erases."""
