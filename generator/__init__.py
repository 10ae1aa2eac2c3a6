"""From leaderboards.yaml to a folder of Terraform, Lambda bundles and pages per board.

A board walks down one street, and never back::

    source -> spec -> rules -> board -> render | bundle | dashboards -> output -> policy
                                                                    -> local -> operations
"""

__version__ = "0.1.0"
