"""What local mode shows on a terminal: lines that stay, and below them lines that are drawn anew. Start at `screen`."""
