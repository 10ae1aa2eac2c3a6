"""The life of a window, as rebuilds move it on: from its opening to its seal."""
