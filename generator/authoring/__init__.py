"""Add a board to the text of leaderboards.yaml, or of the file that its team's boards are in.

    files -> which file -> the board's lines (writing, or copying) -> insertion -> validated as any file is

Pure: what comes of it is written by `output.replace_file`. Nothing of a file changes but that it has one board more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from generator.authoring.copying import copy
from generator.authoring.insertion import Inserted, insert
from generator.authoring.layout import Layout
from generator.authoring.starter import starter
from generator.diagnostics.diagnostic import Diagnostic, any_error
from generator.diagnostics.nearest import nearest
from generator.diagnostics.wording import join_words, quote
from generator.errors import AuthoringError
from generator.pipeline import Generated, validate
from generator.source.tree import read_tree
from generator.validation import loading
from generator.validation.loading import Loaded
from generator.validation.merging import Entry

__all__ = ["Addition", "AuthoringError", "add"]


@dataclass(frozen=True)
class Addition:
    """One file with one board more."""

    file: str
    """By its name in the files."""
    line: int
    """Where the board's name stands in it now."""
    team: str
    old: bytes
    new: bytes
    generated: Generated
    """The boards of all files, the new one among them, and warnings."""
    notes: tuple[str, ...]
    """What a person should know of it: sentences."""


def add(
    files: Mapping[str, bytes],
    main: str,
    name: str,
    team: str | None,
    like: str | None,
    show: Callable[[str], str] = str,
) -> Addition:
    """Add the board `name` of a team: one like another, or else a small one with comments.

    `files` must be without an error; `show` gives the path of one as a person would write it. Without a team it is that
    of the other board, or the only one there is. Raises AuthoringError, with all that is wrong in it.
    """
    name = name.encode("utf-8", "replace").decode()  # an argument may hold what is no text
    loaded = loading.load(files, main)
    other = next((entry for entry in loaded.entries if entry.name == like), None) if like is not None else None
    if team is None and like is not None:
        team = _team(other) if other else None
    elif team is None and loaded.project and len(loaded.project.teams) == 1:
        [team] = loaded.project.teams
    if wrong := list(_wrong(loaded, main, name, team, like, other, show)):
        raise AuthoringError("\n".join(wrong))
    assert team is not None
    file = _file(files, main, team, other)
    notes: list[str] = []
    if other:
        made = copy(Layout(files[other.node.file]), other.node, name, team, says_team=file == main)
        notes += _notes(loaded, str(like), name, made.left_out)
        lines = made.lines
    else:
        lines = starter(name, team if file == main else None)
    inserted = insert(file, files[file], lines, show(file))
    generated = validate({**files, file: inserted.data}, main)
    if any_error(generated.diagnostics):
        found = (_told(each, file, inserted, show) for each in generated.diagnostics if each.severity == "error")
        raise AuthoringError("\n".join(found))
    line = inserted.board.mapping()["name"].line
    return Addition(file, line, team, files[file], inserted.data, generated, tuple(notes))


def _team(entry: Entry) -> str | None:
    return entry.team.text() if entry.team else None


def _wrong(
    loaded: Loaded,
    main: str,
    name: str,
    team: str | None,
    like: str | None,
    other: Entry | None,
    show: Callable[[str], str],
) -> Iterator[str]:
    for entry in loaded.entries:
        if entry.name == name:
            place = f"{show(entry.node.file)}:{entry.node.mapping()['name'].line}"
            yield f"BOARD: a board is called {quote(name)} already, at {place}. Give it a name of its own."
    names = tuple(entry.name for entry in loaded.entries if entry.name)
    if like is not None and other is None:
        yield _none_such("--like", f"board {quote(like)}", like, names, show(main))
    teams = tuple(loaded.project.teams) if loaded.project else ()
    if team is None and other is None and like is None:
        yield f"--team: say whose board it is: {join_words(teams)}."
    elif team is not None and team not in teams:
        yield _none_such("--team", f"team {quote(team)}", team, teams, show(main))


def _none_such(option: str, what: str, word: str, known: tuple[str, ...], file: str) -> str:
    near = nearest(word, known)
    meant = f' Did you mean "{near}"?' if near else ""
    some = f"There is {join_words(known, 'and')}" if known else "There is none"
    return f"{option}: there is no {what} in {file}.{meant} {some}."


def _file(files: Mapping[str, bytes], main: str, team: str, other: Entry | None) -> str:
    """The file that a team's boards go to: that of the other board, else the first of the team, else the main one."""
    own = []
    for file, data in files.items():
        root = read_tree(file, data).root
        given = root.get("team") if root and file != main else None
        if given and given.text() == team:
            own.append(file)
    if other and other.node.file in own:
        return other.node.file
    return own[0] if own else main


def _notes(loaded: Loaded, like: str, name: str, left_out: tuple[str, ...]) -> Iterator[str]:
    if left_out:
        yield f"Left out: {join_words(left_out, 'and')}. A domain leads to one board; give {name} one of its own."
    environments = loaded.root.get("environments") if loaded.root else None
    for environment, node in environments.mapping().items() if environments else ():
        boards = node.get("boards")
        if boards and boards.get(like):
            place = f"environments.{environment}.boards"
            yield f"Not copied: {place}.{like}. What {name} needs of it goes to {place}.{name}."


def _told(diagnostic: Diagnostic, file: str, inserted: Inserted, show: Callable[[str], str]) -> str:
    """What is wrong once the board is there, of which nothing is written: by what was asked for, not by a line."""
    sentence = f"{diagnostic.message}. {diagnostic.hint}".rstrip()
    path = inserted.board.path
    if diagnostic.file == file and (diagnostic.path == path or diagnostic.path.startswith((f"{path}.", f"{path}["))):
        key = diagnostic.path.removeprefix(path).removeprefix(".")
        option = {"name": "BOARD", "team": "--team"}.get(key, f"the new board: {key}")
        return f"{option}: {sentence}"
    below = diagnostic.file == file and diagnostic.line > inserted.first
    return replace(diagnostic, file=show(diagnostic.file), line=diagnostic.line - inserted.lines * below).headline
