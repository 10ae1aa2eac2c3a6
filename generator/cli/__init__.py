"""The commands: they parse arguments, call the rooms below, print, and end with an exit code."""
