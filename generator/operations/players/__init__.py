"""Work on one player of a running board.

managed_board  finds the board, with all in which something of a player may be kept
showing        reads everything that is kept of a player
deciding       hides, renames and restores a player; the functions act on it
erasing        erases a player: the steps; `deleting` empties tables and queues, `files` removes rank files
versions       the objects of the board's bucket with all their versions
"""
