"""The board that is tried: a copy under names of its own, so that it meets none that is deployed."""

from __future__ import annotations

import re
from dataclasses import replace

from generator.board.board import Board, ResourceNames

PROJECT = "smoke"
"""Stands before every name in AWS, where a board has its project."""


def make_trial_board(board: Board, account: str, caller: str) -> Board:
    """The board to try. `caller`: the ARN of who tries it, who alone may read a board that is not public.

    It has no domain, since a distribution elsewhere may have that, and only the owner is subscribed to its alarms.
    """
    return replace(
        board,
        project=PROJECT,
        names=ResourceNames(f"{PROJECT}-{board.name}"),
        account_id=account,
        backend=None,
        tags={**board.tags, "project": PROJECT},
        notify=(),
        principals=() if board.public else (_role_of(caller),),
        domain=None,
        certificate_arn=None,
        protect=False,
    )


def _role_of(caller: str) -> str:
    """The role of an assumed role's session: a policy names roles (IAM user guide, "IAM identifiers")."""
    session = re.fullmatch(r"arn:aws:sts::(\d{12}):assumed-role/([^/]+)/.+", caller)
    return f"arn:aws:iam::{session[1]}:role/{session[2]}" if session else caller
