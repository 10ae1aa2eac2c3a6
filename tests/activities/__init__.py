"""Files of activities: reading, checking."""
