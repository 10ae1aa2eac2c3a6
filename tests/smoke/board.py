"""The board that is tried: a copy under names of its own, so that it meets none that is deployed."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from generator.board.board import Board
from generator.board.bundle import ResourceNames

PROJECT = "smoke"
"""Stands before every name in AWS, where a board has its project."""


def make_trial_board(board: Board, account: str, caller: str) -> Board:
    """The board to try. `caller`: the principal who tries it, who alone may read a board that is not public.

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
        principals=() if board.public else (caller,),
        domain=None,
        certificate_arn=None,
        protect=False,
    )


def find_principal(caller: str, iam: Any) -> str:
    """The principal behind the ARN of a caller: of an assumed role's session, the role itself. `iam`: its client.

    The session's ARN leaves out the role's path (terraform-provider-aws#19957), which a policy has to name. Roles of
    IAM Identity Center have one, by region (IAM Identity Center user guide, "Referencing permission sets in resource
    policies, Amazon EKS, and Amazon KMS"). So IAM is asked.
    """
    session = re.fullmatch(r"arn:aws:sts::\d{12}:assumed-role/([^/]+)/.+", caller)
    principal: str = iam.get_role(RoleName=session[1])["Role"]["Arn"] if session else caller
    return principal
