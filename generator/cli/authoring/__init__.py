"""Commands for who writes boards: add one, see what became of it, look up what a key means."""
