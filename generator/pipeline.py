"""From the bytes of leaderboards.yaml to the bytes of every bundle: one pure function, which the command, `--check`,
`--diff`, local mode and the golden tests share.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from generator.board.board import Board
    from generator.diagnostics.diagnostic import Diagnostic
    from generator.validation.loading import Loaded

MAIN = "leaderboards.yaml"


class Named(Protocol):
    """A board, or what the manifest says about its bundle."""

    @property
    def environment(self) -> str | None: ...
    @property
    def team(self) -> str: ...
    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Selection:
    """Which boards' bundles are wanted; None stands for all."""

    environment: str | None = None
    team: str | None = None
    board: str | None = None

    @property
    def everything(self) -> bool:
        """Whether all boards are wanted."""
        return self == Selection()

    def takes(self, bundle: Named) -> bool:
        """Whether a bundle is wanted."""
        wanted, found = (self.environment, self.team, self.board), (bundle.environment, bundle.team, bundle.name)
        return all(want in (None, name) for want, name in zip(wanted, found, strict=True))


@dataclass(frozen=True, order=True)
class SourcePosition:
    """Where something stands in the input. Sorts by place."""

    file: str
    line: int
    """Counted from 1, as is `column`."""
    column: int


@dataclass(frozen=True)
class Generated:
    """What came of the files: nothing but diagnostics where any of those is an error."""

    files: dict[str, bytes]
    """Content by path below build/, of the boards that were wanted."""
    boards: tuple[Board, ...]
    """Every board, once for each environment, in the order of the files."""
    diagnostics: tuple[Diagnostic, ...]
    """Sorted, none twice."""
    loaded: Loaded | None = None
    """What was read, for commands that tell more of it; None where nothing had to be read again."""
    places: Mapping[str, SourcePosition] = field(default_factory=dict)
    """Where each board's name is written, by the folder of its bundle."""


def validate(files: Mapping[str, bytes], main: str = MAIN) -> Generated:
    """The boards of a set of files (paths beside the main one, with forward slashes), with no bundle made of them."""
    # The models take longer to import than most commands to run, and some only want the names above.
    from generator.board.board import make
    from generator.diagnostics.diagnostic import any_error, sort_unique
    from generator.validation.loading import load_boards
    from generator.validation.rules.project import check_project

    loaded = load_boards(files, main)
    diagnostics = sort_unique((*loaded.diagnostics, *check_project(loaded)))
    if any_error(diagnostics) or loaded.project is None:
        return Generated({}, (), diagnostics, loaded)
    boards = []
    places = {}
    for merged in loaded.boards:
        # The only place that could leave a board out without a word would be here.
        assert merged.spec is not None, merged.node.path
        board = make(loaded.project, merged.environment, merged.spec)
        boards.append(board)
        name = merged.written.node.get("name") or merged.written.node
        places[board.folder] = SourcePosition(name.file, name.key_line, name.key_column)
    return Generated({}, tuple(boards), diagnostics, loaded, places)


def generate(files: Mapping[str, bytes], main: str = MAIN, only: Selection = Selection()) -> Generated:
    """The boards of a set of files, and the content of their bundles."""
    generated = validate(files, main)
    wanted = [board for board in generated.boards if only.takes(board)]
    return replace(generated, files=bundles(wanted))


def bundles(boards: list[Board]) -> dict[str, bytes]:
    """Every file of those boards' bundles, by path below build/."""
    if not boards:
        return {}
    from generator.rendering import (  # not for `validate`: templates and archives take longer than all before
        archives,
        text_files,
    )

    files: dict[str, bytes] = {}
    for board in boards:
        files |= {f"{board.folder}/{path}": text.encode() for path, text in text_files.render(board).items()}
        files |= {f"{board.folder}/{path}": data for path, data in archives.build_archives(board).items()}
    return files
