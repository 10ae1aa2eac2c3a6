"""From leaderboards.yaml to a folder of Terraform, Lambda bundles and pages per board.

A board walks down one street, and never back::

    source -> spec -> validation -> board -> rendering -> output -> check
                                                                -> local -> operations

`pipeline` is that walk as one pure function: start reading there. `cli` is the terminal's side of it.
"""

__version__ = "0.1.0"
