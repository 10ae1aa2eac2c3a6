"""The audit of a board: what people did to it by commands, in its marks table, for 400 days."""
