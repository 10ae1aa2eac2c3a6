"""`leaderboards new` as a function: whatever a file looks like, it gains one board and nothing else changes."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.authoring.addition import add_board
from generator.diagnostics.diagnostic import any_error
from generator.errors import AuthoringError
from generator.pipeline import validate
from tests.authoring.files import HEAD, MAIN, is_one_insertion
from tests.support.effort import seeds
from tests.support.paths import SAMPLE
from tests.support.scrambling import scramble

BOARD = """- name: weekly-kills   # the first
  team: nebula
  title: Weekly kills
  scoring: {rules: [{activity: kill, points: 10}]}
"""
LAST_LINES = {
    "flow": "  window: {every: week}\n",
    "trailing spaces": "  window: {every: week}   \n",
    "comment": "  window: {every: week}  # resets on Monday\n",
    "nested": "  window:\n    - every: week\n      keep: 3\n",
    "flow over lines": "  window: [\n    {every: week},  # one\n    {every: day}\n  ]\n",
    "bracket in the first column": "  window: [{every: week\n}]\n",
    "folded text": "  window: {every: week}\n  rebuild: >-\n      rate(1\n      minute)\n\n",
    "kept text": "  window: {every: week}\n  api:\n    access: iam\n    principals:\n      - |-\n"
    "        arn:aws:iam::111111111111:root\n\n\n",
    "text that ends in empty lines": "  window: {every: week}\n  scoring:\n    rules:\n"
    "      - activity: kill\n        points: 1\n        when:\n          mode: |+\n            ranked\n\n\n",
    "quoted over lines": '  window: {every: week}\n  rebuild: "rate(1\n    minute)"\n',
}
COMMENTS = {
    "nothing": "",
    "comment of the board": "    # top: 5\n",
    "comment in the list": "# - name: old\n#   team: nebula\n",
    "empty lines and a comment": "\n\n# the end\n\n",
    "comment after an empty line": "\n  # a thought\n",
}
END = {
    "nothing": "",
    "a key": "\ndefaults: {top: 5}\n",
    "a key with a heading": "# What boards share.\ndefaults: {top: 5}\n",
    "the end of the document": "...\n",
    "the end, with a comment": "...\n# nothing more\n",
}


def make_file(last: str, comments: str, end: str, indent: int, boards: int, gap: bool) -> str:
    """A file whose last board ends in `last`, followed by `comments` and `end`."""
    board = BOARD
    if "scoring:" in LAST_LINES[last]:
        board = board.replace("  scoring: {rules: [{activity: kill, points: 10}]}\n", "")
    second = board.replace("weekly-kills", "daily-kills") + LAST_LINES[last] + COMMENTS[comments]
    first = BOARD.replace("weekly", "hourly") + LAST_LINES["flow"] + "\n" * gap
    block = (first if boards == 2 else "") + second
    lines = [" " * indent + line if line.strip() else line for line in block.splitlines(keepends=True)]
    return f"{HEAD}boards:  # all of them\n{''.join(lines)}{END[end]}"


def add_and_check(old: bytes, name: str = "new-board", like: str | None = None) -> bytes:
    """Add a board, and check that the file is valid and otherwise says the same. Returns the new file."""
    before = validate({MAIN: old})
    assert not any_error(before.diagnostics), before.diagnostics
    added = add_board({MAIN: old}, MAIN, name, "quasar", like)
    after = validate({MAIN: added.new})
    assert not any_error(after.diagnostics), after.diagnostics
    assert after.boards[:-1] == before.boards
    assert (after.boards[-1].name, after.boards[-1].team) == (name, "quasar")
    assert is_one_insertion(old, added.new)
    assert f"name: {name}" in added.new.decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")[added.line - 1]
    return added.new


@given(
    last=st.sampled_from(sorted(LAST_LINES)),
    comments=st.sampled_from(sorted(COMMENTS)),
    end=st.sampled_from(sorted(END)),
    indent=st.sampled_from([0, 1, 2, 4]),
    boards=st.sampled_from([1, 2]),
    gap=st.booleans(),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.booleans(),
    ended=st.booleans(),
    like=st.booleans(),
)
def test_a_file_of_any_layout_gains_one_board(
    last: str,
    comments: str,
    end: str,
    indent: int,
    boards: int,
    gap: bool,
    newline: str,
    mark: bool,
    ended: bool,
    like: bool,
) -> None:
    text = make_file(last, comments, end, indent, boards, gap)
    text = text if ended else text.removesuffix("\n")
    old = b"\xef\xbb\xbf" * mark + text.replace("\n", newline).encode()
    new = add_and_check(old, like="daily-kills" if like else None)
    assert new.count(b"\n") - new.count(b"\r\n") == (0 if newline != "\n" else new.count(b"\n"))
    assert new.endswith(newline.encode()) == old.endswith(newline.encode())


@pytest.mark.parametrize("last", sorted(LAST_LINES))
def test_each_layout_is_valid_before(last: str) -> None:
    assert not any_error(validate({MAIN: make_file(last, "nothing", "nothing", 2, 1, True).encode()}).diagnostics)


def test_the_board_goes_behind_the_last_one_and_its_comments() -> None:
    old = make_file("comment", "comment of the board", "a key with a heading", 0, 1, True)
    new = add_and_check(old.encode(), like="daily-kills").decode()
    assert (
        new[new.index("window") :]
        == """window: {every: week}  # resets on Monday
    # top: 5

- name: new-board   # the first
  team: quasar
  title: New board
  scoring: {rules: [{activity: kill, points: 10}]}
  window: {every: week}  # resets on Monday
    # top: 5
# What boards share.
defaults: {top: 5}
"""
    )


ODD = """? boards
: # the first
  # - not a board
  -
    # - nor this
    {name: weekly-kills, title: "Kills \U0001f3c6", scoring: {rules: [{activity: kill, points: 1}]},
     window: {every: week}, team: nebula}
  -   team:   nebula
      "name": >-
        daily-kills
      ? scoring
      : {rules: [{activity: kill, points: 1}]}
      window: {every: week}
"""


@pytest.mark.parametrize("like", [None, "weekly-kills", "daily-kills"])
def test_a_file_in_unusual_yaml_gains_a_board(like: str | None) -> None:
    old = (HEAD + ODD).encode()
    new = _copy_odd_board(old) if like == "daily-kills" else add_and_check(old, like=like)
    [*_, made] = validate({MAIN: new}).boards
    assert made.config.title == "New board"


def _copy_odd_board(old: bytes) -> bytes:
    """Copy the board whose name is on the line below its key."""
    new = add_board({MAIN: old}, MAIN, "new-board", "quasar", "daily-kills").new
    assert is_one_insertion(old, new)
    assert new.decode().endswith(
        '\n  -   team:   quasar\n      "name": new-board\n      ? scoring\n'
        "      : {rules: [{activity: kill, points: 1}]}\n      window: {every: week}\n"
    )
    return new


def test_boards_without_gaps_stay_without_gaps() -> None:
    assert "week}\n  # docs" in add_and_check(make_file("flow", "nothing", "nothing", 2, 2, False).encode()).decode()


@pytest.mark.parametrize(
    ("boards", "begins"),
    [
        ("boards: []\ndefaults: {top: 5}\n", "boards:\n  # docs"),
        ("boards: [ ]  # none yet\n", "boards:  # none yet\n  # docs"),
        ("boards: [\n]", "boards:\n  # docs"),
        ("boards: []\r\n", "boards:\r\n  # docs"),
        ("", "\nboards:\n  # docs"),
    ],
)
def test_the_first_board(boards: str, begins: str) -> None:
    old = HEAD + boards
    added = add_board({MAIN: old.encode()}, MAIN, "first", "nebula", None)
    new = added.new.decode()
    assert new.startswith(HEAD + begins)
    assert new.endswith("defaults: {top: 5}\n") == old.endswith("defaults: {top: 5}\n")
    assert [board.name for board in validate({MAIN: added.new}).boards] == ["first"]


@seeds(2)
def test_a_scrambled_sample_gains_a_board_or_is_refused(seed: int) -> None:
    chance = random.Random(seed)
    valid = 0
    refused: list[str] = []
    for _ in range(150):
        old = scramble(SAMPLE, chance).encode("utf-8", "replace")
        before = validate({MAIN: old})
        if any_error(before.diagnostics):
            continue
        valid += 1
        like = chance.choice([None, *(board.name for board in before.boards)])
        try:
            added = add_board({MAIN: old}, MAIN, "one-more", "nebula", like)
        except AuthoringError as error:
            refused.append(str(error))
            continue
        after = validate({MAIN: added.new})
        assert after.boards[:-1] == before.boards
        assert is_one_insertion(old, added.new)
    assert valid > 10
    assert all(each.startswith(MAIN) for each in refused)


def test_a_name_that_yaml_would_not_read_as_text_is_quoted() -> None:
    for name in ("null", "true", "no"):
        added = add_board({MAIN: HEAD.encode()}, MAIN, name, "nebula", None)
        assert validate({MAIN: added.new}).boards[0].name == name
