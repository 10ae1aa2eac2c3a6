"""What a bundle makes for each item of a list has an address of its own: removing one item touches no other's."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from generator.board.board import Board
from generator.pipeline import bundles
from generator.rendering.escaping import to_hcl
from generator.terraform import hcl
from generator.terraform.module import Module
from tests.support.projects import board_yaml, boards_of, project_yaml

ADDRESSES = (
    "mailto:a@example.com",
    "mailto:a+b%c{d}@example.com",
    "https://hooks.example.com/T0/${x}?a=1&b=2",
    "https://hooks.example.com/T0/$(x)?a=1&b=2",
    "https://example.com/" + "long" * 100,
)
ROLE = "arn:aws:iam::111111111111:role/"
PRINCIPALS = (
    "arn:aws:iam::111111111111:root",
    *(ROLE + name for name in ("a/b", "a-b", "a.b", "a+b", "x" * 64, "path/" * 100 + "x")),
)
TYPES = ("aws_sns_topic_subscription", "aws_lambda_permission", "aws_s3_object")


def make_board(public: bool) -> Board:
    """A board with every kind of address, or with every kind of principal."""
    (board,) = boards_of(project_yaml(board_yaml()))
    if public:
        return replace(board, notify=ADDRESSES)
    return replace(board, public=False, principals=PRINCIPALS)


def make_instances(board: Board) -> dict[str, dict[str, Any]]:
    """The arguments of each resource that is made for an item of a list, by its address."""
    folder = f"{board.folder}/"
    files = {path.removeprefix(folder): content for path, content in bundles([board]).items()}
    module = Module(
        files, "111111111111", "eu-central-1", lambda kind, arguments: {"id": "i", "arn": "a", "url_id": "u"}
    )
    return {
        f"{address}[{key}]": arguments
        for address in module.resources
        if address.split(".")[0] in TYPES and "distribution" not in address
        for key, arguments in module.resolve(address).items()
    }


@pytest.mark.parametrize("removed", ADDRESSES)
def test_removing_an_address_touches_its_own_subscription_only(removed: str) -> None:
    board = make_board(public=True)
    before = make_instances(board)
    after = make_instances(replace(board, notify=tuple(each for each in ADDRESSES if each != removed)))
    (gone,) = before.keys() - after.keys()
    assert before[gone]["endpoint"] == removed.removeprefix("mailto:")
    assert after == {address: arguments for address, arguments in before.items() if address != gone}
    # The order of the list is nothing to Terraform either.
    assert make_instances(replace(board, notify=ADDRESSES[::-1])) == before


@pytest.mark.parametrize("removed", PRINCIPALS)
def test_removing_a_principal_touches_its_own_permissions_only(removed: str) -> None:
    board = make_board(public=False)
    before = make_instances(board)
    after = make_instances(replace(board, principals=tuple(each for each in PRINCIPALS if each != removed)))
    gone = before.keys() - after.keys()
    assert {before[address]["principal"] for address in gone} == {removed}
    assert len(gone) == 2
    assert after == {address: arguments for address, arguments in before.items() if address not in gone}


def test_statement_ids_are_unique_and_such_as_lambda_takes() -> None:
    ids = [
        arguments["statement_id"]
        for arguments in make_instances(make_board(public=False)).values()
        if "statement_id" in arguments
    ]
    assert len(set(ids)) == len(ids) == 2 * len(PRINCIPALS)
    # Lambda API reference, AddPermission: StatementId.
    assert all(re.fullmatch("[a-zA-Z0-9_-]{1,100}", each) for each in ids), ids


@pytest.mark.parametrize("public", [True, False])
def test_what_had_a_number_has_moved_to_its_key(public: bool) -> None:
    board = make_board(public)
    text = bundles([board])[f"{board.folder}/terraform/moved.tf"].decode()
    moves = dict(re.findall(r"^moved \{\n  from = (\S+)\n  to   = (\S+)\n\}$", text, re.MULTILINE))
    assert len(hcl.parse_hcl(text, "moved.tf")) == len(moves)
    assert {to.replace('"', "").replace("$${", "${") for to in moves.values()} == set(make_instances(board))
    subscriptions = {number: to_hcl(each.address) for number, each in enumerate(board.subscribers, start=1)}
    for number, key in subscriptions.items():
        kind = "aws_sns_topic_subscription.alarms"
        assert moves[f"{kind}_{number}"] == f"{kind}[{key}]"
    if public:
        assert moves["aws_s3_object.page_app_js"] == 'aws_s3_object.page["app.js"]'
        assert moves["aws_s3_object.page_index_html"] == 'aws_s3_object.page["index.html"]'
    else:
        kind = "aws_lambda_permission.api"
        assert moves[f"{kind}_url_2"] == f'{kind}_url["{PRINCIPALS[1]}"]'
        assert moves[f"{kind}_function_7"] == f'{kind}_function["{PRINCIPALS[6]}"]'
