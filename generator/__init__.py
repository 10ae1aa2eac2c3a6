"""Turns leaderboards.yaml into a bundle for each board: Terraform, Lambda code and a page.

A board goes through these rooms, and never back::

    source -> spec -> validation -> board -> rendering -> output

`pipeline` is that way as one pure function: start reading there. `cli` holds the commands, and `check`, `local`,
`authoring`, `explaining` and `operations` each do the work of one command or of a family of commands.
"""

__version__ = "0.1.0"
