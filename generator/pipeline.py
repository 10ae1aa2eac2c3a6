"""Turns the bytes of leaderboards.yaml into the bytes of every bundle. Start reading here.

    files -> loaded boards -> diagnostics, or decided boards -> files of their bundles

Everything is pure. The commands, local mode and the golden tests share it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from generator.board.board import Board
    from generator.board.feed import Feed
    from generator.board.index_site import IndexSite
    from generator.diagnostics.diagnostic import Diagnostic
    from generator.source.nodes import Node
    from generator.validation.loading import Loaded

MAIN = "leaderboards.yaml"


class Named(Protocol):
    """A board, or the record of its bundle in the manifest."""

    @property
    def environment(self) -> str | None:
        """Its environment; None if no environments are configured."""

    @property
    def team(self) -> str:
        """Its team's name."""

    @property
    def name(self) -> str:
        """Its own name."""


@dataclass(frozen=True)
class Selection:
    """The boards that a command was asked for; None stands for all."""

    environment: str | None = None
    team: str | None = None
    board: str | None = None

    @property
    def everything(self) -> bool:
        """Whether all boards are selected."""
        return self == Selection()

    def takes(self, board: Named) -> bool:
        """Whether a board, or the board that the manifest records, is selected."""
        wanted, names = (self.environment, self.team, self.board), (board.environment, board.team, board.name)
        return all(want in (None, name) for want, name in zip(wanted, names, strict=True))


@dataclass(frozen=True, order=True)
class SourcePosition:
    """A file, line and column of the input."""

    file: str
    line: int
    """Counted from 1, as is `column`."""
    column: int


@dataclass(frozen=True)
class Generated:
    """What was made from the files: boards and their bundles. Neither if a diagnostic is an error."""

    files: dict[str, bytes]
    """Contents by path below build/, of the selected boards; empty after `validate`, which makes no bundles."""
    boards: tuple[Board, ...]
    """Every board of every environment, in the order of the files."""
    diagnostics: tuple[Diagnostic, ...]
    """Sorted by place, each once."""
    loaded: Loaded | None = None
    """The files as trees and merged boards; None if the last run was remembered, so that nothing was loaded."""
    places: Mapping[str, SourcePosition] = field(default_factory=dict)
    """The position of each board's name, by the folder of its bundle."""
    feeds: tuple[Feed, ...] = ()
    """Every feed of every environment."""
    indexes: tuple[IndexSite, ...] = ()
    """The pages that list boards, one for each environment that has one."""

    @property
    def bundles(self) -> tuple[Feed | Board, ...]:
        """All that is deployed, in the order in which it has to be: a board needs its feed."""
        return (*self.feeds, *self.boards)

    @property
    def folders(self) -> tuple[Feed | Board | IndexSite, ...]:
        """All that has a folder in build/."""
        return (*self.bundles, *self.indexes)


def validate(files: Mapping[str, bytes], main: str = MAIN, *, any_version: bool = False) -> Generated:
    """Load and check boards, without making their bundles. `files`: contents by path beside the main file.
    `any_version`: also where they require another version of this program."""
    # Imported here, because the models take long to import, and some commands need only the classes above.
    from generator.board.board import decide_board
    from generator.board.feed import decide_feeds
    from generator.board.index_site import decide_indexes
    from generator.board.quotas import check_quotas
    from generator.diagnostics.diagnostic import any_error, sort_unique
    from generator.validation.loading import load_boards
    from generator.validation.rules.logos import find_logo
    from generator.validation.rules.project import check_project

    loaded = load_boards(files, main, any_version=any_version)
    diagnostics = sort_unique((*loaded.diagnostics, *check_project(loaded)))
    if any_error(diagnostics) or loaded.project is None:
        return Generated({}, (), diagnostics, loaded)
    boards = []
    feeds = decide_feeds(loaded.project, loaded.feeds)
    places = {feed.folder: _position(written.at("name")) for feed, written in feeds}
    by_name = {(feed.environment, feed.feed): feed for feed, _ in feeds}
    for merged in loaded.boards:
        # A board must never be left out silently.
        assert merged.spec is not None, merged.node.path
        feed = by_name[merged.environment, merged.spec.feed] if merged.spec.feed else None
        board = decide_board(loaded.project, merged.environment, merged.spec, find_logo(merged, files), feed)
        boards.append(board)
        places[board.folder] = _position(merged.written.node.get("name") or merged.written.node)
    assert loaded.root is not None
    diagnostics = sort_unique((*diagnostics, *check_quotas(boards, loaded.root)))
    indexes = tuple(decide_indexes(loaded.project, boards))
    return Generated({}, tuple(boards), diagnostics, loaded, places, tuple(by_name.values()), indexes)


def _position(name: Node) -> SourcePosition:
    return SourcePosition(name.file, name.key_line, name.key_column)


def generate(files: Mapping[str, bytes], main: str = MAIN, only: Selection = Selection()) -> Generated:
    """Load and check boards, and make the bundles of those that are selected."""
    generated = validate(files, main)
    wanted = [bundle for bundle in generated.bundles if only.takes(bundle)]
    return replace(generated, files=bundles(wanted) | index_files(filter(only.takes, generated.indexes)))


def index_files(indexes: Iterable[IndexSite]) -> dict[str, bytes]:
    """Make the files of pages that list boards, by path below build/."""
    files: dict[str, bytes] = {}
    for index in indexes:
        from generator.rendering.index_files import render_index  # as below

        rendered = render_index(index.title, index.boards)
        files |= {f"{index.folder}/{path}": text.encode() for path, text in rendered.items()}
    return files


def bundles(wanted: Sequence[Feed | Board]) -> dict[str, bytes]:
    """Make the files of bundles, by path below build/."""
    if not wanted:
        return {}
    # Imported here, because `validate` does not need it, and importing it takes longer than the whole validation.
    from generator.board.feed import Feed
    from generator.rendering import archives, feed_files, text_files

    files: dict[str, bytes] = {}
    for one in wanted:
        texts = feed_files.render_feed(one) if isinstance(one, Feed) else text_files.render_text_files(one)
        files |= {f"{one.folder}/{path}": text.encode() for path, text in texts.items()}
        if isinstance(one, Feed):
            continue
        files |= {f"{one.folder}/{path}": data for path, data in archives.build_archives(one).items()}
        if logo := text_files.name_logo(one):
            assert one.logo
            files[f"{one.folder}/dashboard/{logo}"] = one.logo.content
    return files
