"""The files of a window's ranks: pieces of lines in packs. `runtime.s3.rank_files` says what lies where."""
