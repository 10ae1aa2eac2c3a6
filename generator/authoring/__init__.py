"""`leaderboards new`: adds a board to the text of leaderboards.yaml, or of a team's file. Start reading at `addition`.

`new_project` has the files that `leaderboards init` writes.

    addition -> which file -> the board's lines (starter, or copying) -> insertion -> validated like any file

Pure: takes bytes and returns bytes, `output.replace_file` writes them. The file gains one board; no other line changes.
"""
