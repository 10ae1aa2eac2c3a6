"""Adds a board to the text of leaderboards.yaml, or of the file that its team's boards are in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from generator.authoring.copying import copy_board
from generator.authoring.insertion import Inserted, insert_board
from generator.authoring.layout import Layout
from generator.authoring.starter import make_starter
from generator.diagnostics.diagnostic import Diagnostic, any_error
from generator.diagnostics.nearest import nearest
from generator.diagnostics.wording import join_words, quote
from generator.errors import AuthoringError
from generator.pipeline import Generated, validate
from generator.source.tree import read_tree
from generator.validation.loading import Loaded, load_boards
from generator.validation.merging import WrittenBoard


@dataclass(frozen=True)
class Addition:
    """The new board's file, before and after the board was added, and what to tell the user about it."""

    file: str
    """The file's name among the input files."""
    line: int
    """The line of the new board's name in it."""
    team: str
    old: bytes
    new: bytes
    generated: Generated
    """The boards of all files, with the new one, and any warnings."""
    notes: tuple[str, ...]
    """What was not copied: sentences for the user."""


def add_board(
    files: Mapping[str, bytes],
    main: str,
    name: str,
    team: str | None,
    like: str | None,
    show: Callable[[str], str] = str,
    loaded: Loaded | None = None,
) -> Addition:
    """Add the board `name` of `team`: a copy of the board `like`, or, if that is None, a small one with comments.

    `files`: the input files, without an error. `show`: the path of an input file, as the user would write it. `loaded`:
    what was read of the files, if the caller has it. A `team` of None means that of the copied board, or the only one.
    Raises AuthoringError, with a line for each mistake.
    """
    name = name.encode("utf-8", "replace").decode()  # an argument may hold bytes that are not text
    loaded = loaded or load_boards(files, main)
    original = next((written for written in loaded.written if written.name == like), None) if like is not None else None
    if team is None:
        team = _find_team(loaded, like, original)
    if mistakes := list(_find_mistakes(loaded, main, name, team, like, original, show)):
        raise AuthoringError(*mistakes)
    assert team is not None
    file = _choose_file(files, main, team, original)
    notes: list[str] = []
    if original:
        copied = copy_board(Layout(files[original.node.file]), original.node, name, team, add_team=file == main)
        notes += _list_notes(loaded, str(like), name, copied.left_out)
        lines = copied.lines
    else:
        lines = make_starter(name, team if file == main else None)
    inserted = insert_board(file, files[file], lines, show(file))
    generated = validate({**files, file: inserted.data}, main)
    if any_error(generated.diagnostics):
        errors = (each for each in generated.diagnostics if each.severity == "error")
        raise AuthoringError(*(_describe_error(each, file, inserted, show) for each in errors))
    line = inserted.board.mapping()["name"].line
    return Addition(file, line, team, files[file], inserted.data, generated, tuple(notes))


def _find_team(loaded: Loaded, like: str | None, original: WrittenBoard | None) -> str | None:
    """The team of a new board if the user names none: the copied board's, or the only one. None if there is neither."""
    if like is not None:
        return original.team.text() if original and original.team else None
    teams = list(loaded.project.teams) if loaded.project else []
    return teams[0] if len(teams) == 1 else None


def _find_mistakes(
    loaded: Loaded,
    main: str,
    name: str,
    team: str | None,
    like: str | None,
    original: WrittenBoard | None,
    show: Callable[[str], str],
) -> Iterator[str]:
    """What is wrong with the command's arguments, a sentence each."""
    for written in loaded.written:
        if written.name == name:
            place = f"{show(written.node.file)}:{written.node.mapping()['name'].line}"
            yield f"BOARD: a board is already called {quote(name)}, at {place}. Give it a name of its own."
    if like is not None and original is None:
        boards = tuple(written.name for written in loaded.written if written.name)
        yield _describe_unknown("--like", "board", like, boards, show(main))
    teams = tuple(loaded.project.teams) if loaded.project else ()
    if team is None and like is None:
        yield f"--team: say whose board it is: {join_words(teams)}."
    elif team is not None and team not in teams:
        yield _describe_unknown("--team", "team", team, teams, show(main))


def _describe_unknown(option: str, kind: str, name: str, known: tuple[str, ...], file: str) -> str:
    """The sentences about a board or team that an option names and the file does not have."""
    hint = f"Write {join_words(known)}." if known else f"There are no {kind}s yet."
    if near := nearest(name, known):
        hint = f'Did you mean "{near}"?'
    return f"{option}: there is no {kind} {quote(name)} in {file}. {hint}"


def _choose_file(files: Mapping[str, bytes], main: str, team: str, original: WrittenBoard | None) -> str:
    """The file for a team's new board: that of the copied board, else the team's first own file, else the main one.

    The copied board's file counts only if it is one of the team's.
    """
    own = []
    for file, data in files.items():
        root = read_tree(file, data).root
        named = root.get("team") if root and file != main else None
        if named and named.text() == team:
            own.append(file)
    if original and original.node.file in own:
        return original.node.file
    return own[0] if own else main


def _list_notes(loaded: Loaded, like: str, name: str, left_out: tuple[str, ...]) -> Iterator[str]:
    """The parts of the board `like` that were not copied, a sentence each."""
    if left_out:
        yield f"Left out: {join_words(left_out, 'and')}. A domain leads to one board; give {name} one of its own."
    environments = loaded.root.get("environments") if loaded.root else None
    for environment, node in environments.mapping().items() if environments else ():
        boards = node.get("boards")
        if boards and boards.get(like):
            place = f"environments.{environment}.boards"
            yield f"Not copied: {place}.{like}. Copy what {name} needs to {place}.{name}."


def _describe_error(diagnostic: Diagnostic, file: str, inserted: Inserted, show: Callable[[str], str]) -> str:
    """The message about an error that the new board leads to; its file is then not written.

    An error in the new board names the command's argument or the board's key. An error elsewhere is reported
    with its line in the file as the user has it, without the new board.
    """
    sentence = f"{diagnostic.message}. {diagnostic.hint}".rstrip()
    path = inserted.board.path
    if diagnostic.file == file and (diagnostic.path == path or diagnostic.path.startswith((f"{path}.", f"{path}["))):
        key = diagnostic.path.removeprefix(path).removeprefix(".")
        option = {"name": "BOARD", "team": "--team"}.get(key, f"the new board: {key}")
        return f"{option}: {sentence}"
    line = diagnostic.line
    if diagnostic.file == file and line > inserted.first_line:
        line -= inserted.added_lines
    return replace(diagnostic, file=show(diagnostic.file), line=line).headline
