"""File names and patterns for them: patterns match what they say, fast, and no name can control a terminal."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.source.globs import compile_glob
from tests.support.cli import run
from tests.support.effort import examples
from tests.support.projects import board_yaml, head

MAIN = head() + 'include: ["teams/*.yaml"]\n'
TEAM = "team: nebula\nboards:\n" + board_yaml(team=None, window="{every: weak}")


def fits(parts: list[str], names: list[str]) -> bool:
    """Whether a pattern's parts match a path's names, found by trying every way."""
    if not parts or not names:
        return not parts and not names
    part, name = parts[0], names[0]
    hidden = name.startswith(".")
    if part == "**" and len(parts) > 1:
        return fits(parts[1:], names) or (not hidden and fits(parts, names[1:]))
    return (not hidden or part.startswith(".")) and fnmatchcase(name, part) and fits(parts[1:], names[1:])


@given(
    st.lists(st.just("**") | st.text("ab.*?", min_size=1, max_size=5), min_size=1, max_size=5),
    st.lists(st.text("ab.", min_size=1, max_size=5), min_size=1, max_size=5),
)
@example(["**", "a", "**", "b"], ["a", "c", "a", "b"])
@example(["**", ".a", "**", "b"], [".a", "b"])
@example(["a*b*b"], ["abbcb"])
@examples(500)
def test_a_pattern_means_what_it_says(parts: list[str], names: list[str]) -> None:
    regex = compile_glob("/".join(parts))
    if regex is None:
        assert {".", ".."} & set(parts)
    elif not {".", ".."} & set(names):
        assert bool(regex.fullmatch("/".join(names))) == fits(parts, names)


@pytest.mark.parametrize(
    ("glob", "path"),
    [("*a" * 400 + "b", "a" * 250), ("**/" * 300 + "b", "a/" * 60 + "a"), ("**/*/" * 200 + "b", "a/" * 60 + "a")],
    ids=["stars", "folders", "folders and stars"],
)
def test_no_pattern_takes_long(glob: str, path: str) -> None:
    regex = compile_glob(glob)
    assert isinstance(regex, re.Pattern)
    assert not regex.fullmatch(path)  # trying every way would take for ever


@pytest.mark.parametrize(
    "name", [b"a\x1b[2J.yaml", b"a\n.yaml", "a\u202e.yaml".encode(), b"a\x9b.yaml", b"a\xff.yaml"], ids=repr
)
@pytest.mark.parametrize("command", [["validate"], ["validate", "--json"], ["generate"]], ids=" ".join)
def test_a_file_whose_name_hides_something_is_refused(name: bytes, command: list[str], tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(MAIN)
    (tmp_path / "teams").mkdir()
    try:
        # The name is bytes, because it may not be UTF-8.
        with open(bytes(tmp_path / "teams") + b"/" + name, "wb") as file:  # noqa: PTH123
            file.write(TEAM.encode())
    except OSError:
        pytest.skip("this file system has no such names")
    done = run(*command, cwd=tmp_path)
    assert done.code == 2
    assert "characters that cannot be seen" in done.stdout + done.stderr
    assert (done.stdout + done.stderr).replace("\n", "").isprintable()
    assert not (tmp_path / "build").exists()
