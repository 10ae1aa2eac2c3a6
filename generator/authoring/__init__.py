"""`leaderboards new`: adds a board to the text of leaderboards.yaml, or of a team's file. Start reading at `addition`.

    addition -> which file -> the board's lines (starter, or copying) -> insertion -> validated like any file

Pure: takes bytes and returns bytes, `output.replace_file` writes them. The file gains one board; no other line changes.
"""
