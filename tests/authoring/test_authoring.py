"""`leaderboards new`: whatever a file looks like, it has one board more, and nothing else in it is another."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.authoring.addition import add_board
from generator.diagnostics.diagnostic import any_error
from generator.errors import AuthoringError
from generator.pipeline import validate
from generator.validation.loading import load
from tests.support.paths import GOLDEN, GOLDEN_CASES, SAMPLE
from tests.support.projects import head
from tests.support.scrambling import scramble

MAIN = "leaderboards.yaml"
HEAD = head(teams=("nebula", "quasar"))
BOARD = """- name: weekly-kills   # the first
  team: nebula
  title: Weekly kills
  scoring: {rules: [{activity: kill, points: 10}]}
"""
LAST = {
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
TAIL = {
    "nothing": "",
    "comment of the board": "    # top: 5\n",
    "comment in the list": "# - name: old\n#   team: nebula\n",
    "empty lines and a comment": "\n\n# the end\n\n",
    "comment after an empty line": "\n  # a thought\n",
}
AFTER = {
    "nothing": "",
    "a key": "\ndefaults: {top: 5}\n",
    "a key with a heading": "# What boards share.\ndefaults: {top: 5}\n",
    "the end of the document": "...\n",
    "the end, with a comment": "...\n# nothing more\n",
}


def shaped(last: str, tail: str, after: str, indent: int, boards: int, gap: bool) -> str:
    board = BOARD
    if "scoring:" in LAST[last]:
        board = board.replace("  scoring: {rules: [{activity: kill, points: 10}]}\n", "")
    second = board.replace("weekly-kills", "daily-kills") + LAST[last] + TAIL[tail]
    first = BOARD.replace("weekly", "hourly") + LAST["flow"] + "\n" * gap
    block = (first if boards == 2 else "") + second
    lines = [" " * indent + line if line.strip() else line for line in block.splitlines(keepends=True)]
    return f"{HEAD}boards:  # all of them\n{''.join(lines)}{AFTER[after]}"


def is_one_insertion(old: bytes, new: bytes) -> bool:
    prefix = next((index for index, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(old))
    return len(new) > len(old) and new.endswith(old[prefix:])


def check(old: bytes, name: str = "new-board", like: str | None = None) -> bytes:
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
    last=st.sampled_from(sorted(LAST)),
    tail=st.sampled_from(sorted(TAIL)),
    after=st.sampled_from(sorted(AFTER)),
    indent=st.sampled_from([0, 1, 2, 4]),
    boards=st.sampled_from([1, 2]),
    gap=st.booleans(),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    mark=st.booleans(),
    ended=st.booleans(),
    like=st.booleans(),
)
def test_whatever_the_file_looks_like(
    last: str,
    tail: str,
    after: str,
    indent: int,
    boards: int,
    gap: bool,
    newline: str,
    mark: bool,
    ended: bool,
    like: bool,
) -> None:
    text = shaped(last, tail, after, indent, boards, gap)
    text = text if ended else text.removesuffix("\n")
    old = b"\xef\xbb\xbf" * mark + text.replace("\n", newline).encode()
    new = check(old, like="daily-kills" if like else None)
    assert new.count(b"\n") - new.count(b"\r\n") == (0 if newline != "\n" else new.count(b"\n"))
    assert new.endswith(newline.encode()) == old.endswith(newline.encode())


@pytest.mark.parametrize("last", sorted(LAST))
def test_pieces_are_valid_by_themselves(last: str) -> None:
    assert not any_error(validate({MAIN: shaped(last, "nothing", "nothing", 2, 1, True).encode()}).diagnostics)


def test_where_it_goes() -> None:
    old = shaped("comment", "comment of the board", "a key with a heading", 0, 1, True)
    new = check(old.encode(), like="daily-kills").decode()
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
def test_odd_but_right(like: str | None) -> None:
    old = (HEAD + ODD).encode()
    [*_, made] = validate({MAIN: check(old, like=like) if like != "daily-kills" else _odd(old)}).boards
    assert made.config.title == "New board"


def _odd(old: bytes) -> bytes:
    """The board whose name stands below its key."""
    new = add_board({MAIN: old}, MAIN, "new-board", "quasar", "daily-kills").new
    assert is_one_insertion(old, new)
    assert new.decode().endswith(
        '\n  -   team:   quasar\n      "name": new-board\n      ? scoring\n'
        "      : {rules: [{activity: kill, points: 1}]}\n      window: {every: week}\n"
    )
    return new


def test_boards_without_gaps_stay_so() -> None:
    assert "week}\n  # docs" in check(shaped("flow", "nothing", "nothing", 2, 2, False).encode()).decode()


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


def test_like_a_board_in_braces() -> None:
    braces = (
        "boards: [{name: a-board, team: nebula, title: A, scoring: {rules: [{activity: kill, points: 1}]},\n"
        " window: {every: day}, api: {access: public, domain: a.example.com, certificate_arn: "
        "'arn:aws:acm:us-east-1:111111111111:certificate/a'}}]\n"
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


DOMAIN = """boards:
  - api:
      # Where players look.
      domain: scores.example.com   # asked for in March
      certificate_arn: arn:aws:acm:us-east-1:111111111111:certificate/a
      cors_origins: ["https://game.example.com"]
    name: kills
    scoring: {rules: [{activity: kill, points: 10}]}
    window: {every: week}
environments:
  prod: {boards: {kills: {top: 5}}}
"""


def test_what_belongs_to_one_board_is_left_out() -> None:
    files = {
        MAIN: (HEAD + 'include: ["teams/*.yaml"]\n' + DOMAIN[DOMAIN.index("environments") :]).encode(),
        "teams/nebula.yaml": ("team: nebula\n" + DOMAIN[: DOMAIN.index("environments")]).encode(),
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
    folder = GOLDEN / case
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in (folder / MAIN, *(folder / "teams").glob("*.yaml"))
    }
    _copy_each(files)


def test_every_board_of_the_sample_can_be_copied() -> None:
    _copy_each({MAIN: SAMPLE.encode()})


def _copy_each(files: dict[str, bytes]) -> None:
    entries = load(files, MAIN).entries
    assert entries
    for entry in entries:
        added = add_board(files, MAIN, "the-copy", None, entry.name)
        new = load({**files, added.file: added.new}, MAIN)
        [made] = [each.node.plain() for each in new.entries if each.name == "the-copy"]
        old = entry.node.plain()
        assert made | {"name": 0, "title": 0, "api": 0} == old | {"name": 0, "title": 0, "api": 0}
        assert is_one_insertion(files[added.file], added.new)
        unique = ("domain", "certificate_arn")
        assert made.get("api", {}) == {key: each for key, each in old.get("api", {}).items() if key not in unique}


@pytest.mark.parametrize("seed", range(4))
def test_mutations_of_the_sample(seed: int) -> None:
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


def test_a_name_that_reads_as_no_text() -> None:
    for name in ("null", "true", "no"):
        added = add_board({MAIN: HEAD.encode()}, MAIN, name, "nebula", None)
        assert validate({MAIN: added.new}).boards[0].name == name
