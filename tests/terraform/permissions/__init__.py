"""Holds every role of a bundle to least privilege: what it may do is what it does, no more and no less.

`life` runs a board's own functions from its first activity until windows are forgotten, against an AWS in memory, and
notes each request (`calls`). `services` lists what AWS's services do with a role by themselves, with the page that says
so. `grants` compares both with the role's policies.
"""
