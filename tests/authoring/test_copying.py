"""`leaderboards new --like`: the new board is a copy, without what only one board can have."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from generator.authoring.addition import add_board
from generator.source import inputs
from generator.validation.loading import load_boards
from tests.authoring.files import HEAD, MAIN, is_one_insertion
from tests.support.paths import GOLDEN, GOLDEN_CASES, SAMPLE


def test_a_board_in_braces_is_copied_in_braces() -> None:
    braces = (
        "boards: [{name: a-board, team: nebula, title: A, scoring: {rules: [{activity: kill, points: 1}]},\n"
        " window: {every: day}, api: {access: public, domain: a.example.com, certificate_arn: "
        "'arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012'}}]\n"
    )
    files = {
        MAIN: (HEAD + "include: [other.yaml]\n" + braces).encode(),
        "other.yaml": b"team: quasar\nboards: []\n",
    }
    added = add_board(files, MAIN, "b-board", "quasar", "a-board")
    assert added.new.decode() == (
        "team: quasar\nboards:\n"
        "  - {name: b-board, team: quasar, title: B board, scoring: {rules: [{activity: kill, points: 1}]},\n"
        "     window: {every: day}, api: {access: public}}\n"
    )


WITH_DOMAIN = """boards:
  - api:
      # Where players look.
      domain: scores.example.com   # asked for in March
      certificate_arn: arn:aws:acm:us-east-1:111111111111:certificate/12345678-1234-1234-1234-123456789012
      cors_origins: ["https://game.example.com"]
    name: kills
    scoring: {rules: [{activity: kill, points: 10}]}
    window: {every: week}
environments:
  prod: {boards: {kills: {top: 5}}}
"""


def test_keys_that_only_one_board_can_have_are_left_out() -> None:
    files = {
        MAIN: (HEAD + 'include: ["teams/*.yaml"]\n' + WITH_DOMAIN[WITH_DOMAIN.index("environments") :]).encode(),
        "teams/nebula.yaml": ("team: nebula\n" + WITH_DOMAIN[: WITH_DOMAIN.index("environments")]).encode(),
    }
    added = add_board(files, MAIN, "wins", "quasar", "kills")
    assert added.file == MAIN
    assert added.new.decode().removeprefix(files[MAIN].decode()) == (
        '\nboards:\n  - api:\n      # Where players look.\n      cors_origins: ["https://game.example.com"]\n'
        "    name: wins\n    team: quasar\n    scoring: {rules: [{activity: kill, points: 10}]}\n"
        "    window: {every: week}\n"
    )
    assert added.notes == (
        "Left out: api.domain and api.certificate_arn. A domain leads to one board; give wins one of its own.",
        "Not copied: environments.prod.boards.kills. Copy what wins needs to environments.prod.boards.wins.",
    )
    files["teams/nebula.yaml"] = files["teams/nebula.yaml"].replace(
        b'      cors_origins: ["https://game.example.com"]\n', b""
    )
    assert b"api" not in add_board(files, MAIN, "wins", None, "kills").new.removeprefix(files["teams/nebula.yaml"])


@pytest.mark.parametrize("case", GOLDEN_CASES)
def test_every_board_can_be_copied(case: str) -> None:
    copy_each_board(inputs.read_files(GOLDEN / case / MAIN).files)


def test_every_board_of_the_sample_can_be_copied() -> None:
    copy_each_board({MAIN: SAMPLE.encode()})


def copy_each_board(files: Mapping[str, bytes]) -> None:
    """Add a copy of each board, and check that it differs only in what a copy may not have."""
    boards = load_boards(files, MAIN).written
    assert boards
    for board in boards:
        added = add_board(files, MAIN, "the-copy", None, board.name)
        new = load_boards({**files, added.file: added.new}, MAIN)
        [copied] = [each.node.plain() for each in new.written if each.name == "the-copy"]
        old = board.node.plain()
        assert copied | {"name": 0, "title": 0, "api": 0} == old | {"name": 0, "title": 0, "api": 0}
        assert is_one_insertion(files[added.file], added.new)
        unique = ("domain", "certificate_arn")
        assert copied.get("api", {}) == {key: each for key, each in old.get("api", {}).items() if key not in unique}
