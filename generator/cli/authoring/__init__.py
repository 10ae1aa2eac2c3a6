"""Commands for people who write boards: add a board, see where its values come from, look up what a key means."""
