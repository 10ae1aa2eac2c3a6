"""The command that loads activities of the past, and what it says."""
