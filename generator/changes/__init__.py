"""What an edit of the YAML does to boards that run, and to feeds: compared, classed, said, refused.

facts       what is compared: board.json and deployment.json, of a Board or Feed or of a bundle in build/
edits       one edit, and its class: in place, needs attention, refused
words       puts values into words
parts       the edits of each part of a board or feed
comparing   all edits between two states of one board or feed
bundles     what becomes of a bundle, and what is known of one as it was
neighbours  the edits that follow from other bundles: new names, what is removed, the boards of a feed
finding     which bundles are new, changed, moved, removed
projects    two states of a whole project
history     the project's files as a commit of git has them
guard       what `generate` refuses to write
reports     all of that as text, JSON, Markdown and a matrix for workflows
"""
