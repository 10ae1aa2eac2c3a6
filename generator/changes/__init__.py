"""What an edit of the YAML does to a board that runs: compared, classed, said, refused.

facts       what is compared: board.json and deployment.json, of a Board or of a bundle in build/
edits       one edit, and its class: in place, needs attention, refused
words       puts values into words
parts       the edits of each part of a board
comparing   all edits between two states of one board
bundles     which bundles of a project are new, changed, moved, removed
history     the project's files as a commit of git has them
guard       what `generate` refuses to write
reports     all of that as text, JSON, Markdown and a matrix for workflows
"""
