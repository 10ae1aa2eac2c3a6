"""`leaderboards new`: whatever a file looks like, it has one board more, and nothing else in it is another."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.authoring import AuthoringError, add, replacing
from generator.diagnostics import failed
from generator.disk import OutputError
from generator.generate import validate
from generator.loading import load
from tests.bundles import CASES, GOLDEN
from tests.command import Result, run
from tests.test_cli import SAMPLE, mutated

MAIN = "leaderboards.yaml"
HEAD = """version: 1
project: arcade
region: eu-central-1
teams:
  nebula: {owner: nebula-oncall@example.com}
  quasar: {owner: quasar-oncall@example.com}
"""
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
    assert not failed(before.diagnostics), before.diagnostics
    added = add({MAIN: old}, MAIN, name, "quasar", like)
    after = validate({MAIN: added.new})
    assert not failed(after.diagnostics), after.diagnostics
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
    assert not failed(validate({MAIN: shaped(last, "nothing", "nothing", 2, 1, True).encode()}).diagnostics)


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
    added = add({MAIN: old.encode()}, MAIN, "first", "nebula", None)
    new = added.new.decode()
    assert new.startswith(HEAD + begins)
    assert new.endswith("defaults: {top: 5}\n") == old.endswith("defaults: {top: 5}\n")
    assert [board.name for board in validate({MAIN: added.new}).boards] == ["first"]


@pytest.mark.parametrize(
    "boards",
    [
        "boards: [{name: a-b, team: nebula, scoring: {rules: [{activity: kill, points: 1}]}, window: {every: day}}]\n",
        "boards: [  # none\n]\n",
    ],
)
def test_brackets_are_refused(tmp_path: Path, boards: str) -> None:
    (tmp_path / MAIN).write_text(HEAD + boards)
    result = run("new", "first", "--team", "nebula", cwd=tmp_path)
    assert result.code == 2
    assert result.stderr.startswith(MAIN)
    assert "Write" in result.stderr
    assert (tmp_path / MAIN).read_text() == HEAD + boards


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
    added = add(files, MAIN, "b-board", "quasar", "a-board")
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
    added = add(files, MAIN, "wins", "quasar", "kills")
    assert added.file == MAIN
    assert added.new.decode().removeprefix(files[MAIN].decode()) == (
        '\nboards:\n  - api:\n      # Where players look.\n      cors_origins: ["https://game.example.com"]\n'
        "    name: wins\n    team: quasar\n    scoring: {rules: [{activity: kill, points: 10}]}\n"
        "    window: {every: week}\n"
    )
    assert added.notes == (
        "Left out: api.domain and api.certificate_arn. A domain leads to one board; give wins one of its own.",
        "Not copied: environments.prod.boards.kills. What wins needs of it goes to environments.prod.boards.wins.",
    )
    files["teams/nebula.yaml"] = files["teams/nebula.yaml"].replace(
        b'      cors_origins: ["https://game.example.com"]\n', b""
    )
    assert b"api" not in add(files, MAIN, "wins", None, "kills").new.removeprefix(files["teams/nebula.yaml"])


@pytest.mark.parametrize("case", CASES)
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
        added = add(files, MAIN, "the-copy", None, entry.name)
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
        old = mutated(SAMPLE, chance).encode("utf-8", "replace")
        before = validate({MAIN: old})
        if failed(before.diagnostics):
            continue
        valid += 1
        like = chance.choice([None, *(board.name for board in before.boards)])
        try:
            added = add({MAIN: old}, MAIN, "one-more", "nebula", like)
        except AuthoringError as error:
            refused.append(str(error))
            continue
        after = validate({MAIN: added.new})
        assert after.boards[:-1] == before.boards
        assert is_one_insertion(old, added.new)
    assert valid > 10
    assert all(each.startswith(MAIN) for each in refused)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "teams").mkdir()
    (tmp_path / MAIN).write_text(f'include: ["teams/*.yaml"]\n{HEAD}boards: []\n')
    (tmp_path / "teams/quasar.yaml").write_text(
        "team: quasar\nboards:\n- name: laps\n"
        "  scoring: {rules: [{activity: lap, points: 1}]}\n  window: {every: day}\n"
    )
    return tmp_path


def test_in_the_file_of_its_team(folder: Path) -> None:
    main = (folder / MAIN).read_text()
    result = run("new", "best-laps", "--team", "quasar", cwd=folder)
    assert result == Result(
        0,
        "teams/quasar.yaml:8: the board best-laps of team quasar\n",
        "Next: change it to what you need, then `leaderboards generate --board best-laps`.\n",
    )
    assert (folder / MAIN).read_text() == main
    assert "team:" not in (folder / "teams/quasar.yaml").read_text().partition("best-laps")[2]
    assert run("validate", cwd=folder).code == 0
    assert run("new", "worst-laps", "--like", "laps", "--team", "nebula", cwd=folder).code == 0
    assert "name: worst-laps\n    team: nebula\n" in (folder / MAIN).read_text()


def test_dry_run_writes_nothing(folder: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = run("new", "best-laps", "--team", "quasar", "--dry-run", cwd=folder)
    assert result.code == 0
    assert result.stdout.startswith("--- a/teams/quasar.yaml\n+++ b/teams/quasar.yaml\n@@ -3,3 +3,11 @@\n")
    assert "\n+- name: best-laps\n" in result.stdout
    assert "\n-" not in result.stdout.partition("@@")[2]
    assert result.stderr == (
        "teams/quasar.yaml:8: the board best-laps of team quasar would be here. Nothing is written.\n"
    )
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["laps"], 'BOARD: a board is called "laps" already, at teams/quasar.yaml:3. Give it a name of its own.\n'),
        (["a-b"], "--team: say whose board it is: nebula or quasar.\n"),
        (
            ["a-b", "--team", "nebla"],
            '--team: there is no team "nebla" in leaderboards.yaml. Did you mean "nebula"? '
            "There is nebula and quasar.\n",
        ),
        (
            ["a-b", "--like", "lap"],
            '--like: there is no board "lap" in leaderboards.yaml. Did you mean "laps"? There is laps.\n',
        ),
        (
            ["A_b", "--team", "nebula"],
            "BOARD: must be 2 to 32 lower-case letters, digits and dashes, the first a letter, "
            'not "A_b". Write "a-b".\n',
        ),
        (
            ["\033]0;\n\udcff\"'", "--team", "nebula"],
            "BOARD: must be 2 to 32 lower-case letters, digits and dashes, the first a letter, "
            'not "\\x1b]0;\\n?\\"\'".\n',
        ),
        (["", "--team", "nebula"], "BOARD: must be 2 to 32 lower-case letters"),
    ],
)
def test_wrong_arguments(folder: Path, arguments: list[str], message: str) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    result = run("new", *arguments, cwd=folder)
    assert result.code == 2
    assert message in result.stderr
    assert result.stderr.endswith("\nNothing is written.\n")
    assert not result.stdout
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_names_too_long_once_prefixed(folder: Path) -> None:
    text = (folder / MAIN).read_text().replace("arcade", "a-long-project-x")
    (folder / MAIN).write_text(f"{text}environments: {{an-environment-x: {{}}}}\n")
    result = run("new", "a-board-with-a-name", "--team", "nebula", cwd=folder)
    assert result.code == 2
    assert result.stderr.startswith("BOARD: a-long-project-x-an-environment-x-a-board-with-a-name has 53 characters")


def test_a_name_that_reads_as_no_text() -> None:
    for name in ("null", "true", "no"):
        added = add({MAIN: HEAD.encode()}, MAIN, name, "nebula", None)
        assert validate({MAIN: added.new}).boards[0].name == name


def test_a_wrong_file_is_not_touched(folder: Path) -> None:
    (folder / MAIN).write_text("version: 2\n" + HEAD.removeprefix("version: 1\n"))
    before = (folder / MAIN).read_bytes()
    result = run("new", "a-b", "--team", "nebula", cwd=folder)
    assert result.code == 2
    assert "leaderboards.yaml:1:10: version: must be 1" in result.stderr
    assert (folder / MAIN).read_bytes() == before


def test_all_at_once(folder: Path) -> None:
    """Runs at the same time wait for each other: none takes another's board away."""
    names = [f"board-{number}" for number in range(4)]
    code = "from generator.cli import main; main()"
    root = Path(__file__).parent.parent
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", code, "new", name, "--team", "quasar"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(root)},
            stdout=subprocess.DEVNULL,
        )
        for name in names
    ]
    assert [each.wait() for each in runs] == [0] * len(names)
    result = run("validate", cwd=folder)
    assert result.stdout == "leaderboards.yaml: 5 boards, nothing wrong\n"
    assert [path.name for path in (folder / "teams").iterdir()] == ["quasar.yaml"]


def test_a_link_stays_one_and_the_mode_is_kept(folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    (folder / MAIN).rename(folder / "elsewhere/real.yaml")
    (folder / "elsewhere/real.yaml").chmod(0o640)
    (folder / MAIN).symlink_to("elsewhere/real.yaml")
    assert run("new", "a-b", "--team", "nebula", cwd=folder).code == 0
    assert (folder / MAIN).is_symlink()
    assert "a-b" in (folder / "elsewhere/real.yaml").read_text()
    assert (folder / "elsewhere/real.yaml").stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("where", ["fsync", "replace"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_interrupted_before_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: BaseException
) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(*((os, "fsync") if where == "fsync" else (Path, "replace")), fail)
    with pytest.raises(OutputError if isinstance(error, OSError) else KeyboardInterrupt):
        replacing.replace(file, b"old", b"new")
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_somebody_else_changed(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes(b"theirs")
    (tmp_path / ".file.yaml.new").write_bytes(b"left by a run that was killed")
    with pytest.raises(OutputError, match="changed by somebody else"):
        replacing.replace(file, b"old", b"new")
    assert file.read_bytes() == b"theirs"
    replacing.replace(file, b"theirs", b"new")
    assert file.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [file]
