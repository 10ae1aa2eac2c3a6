"""Decides the page that lists the boards of an environment, at an address of its own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from generator.board.board import Board
from generator.board.bundle_paths import NAME, TEAM
from generator.spec.project import Project


@dataclass(frozen=True)
class IndexSite:
    """The page that lists the boards of one environment."""

    environment: str | None
    """None if no environments are configured."""
    title: str
    boards: tuple[Board, ...]
    """Those that it lists."""
    team: str = TEAM
    name: str = NAME

    @property
    def folder(self) -> str:
        """Where its files are below build/: ENV/_index/site, or _index/site."""
        return "/".join(part for part in (self.environment, self.team, self.name) if part)


def decide_indexes(project: Project, boards: Sequence[Board]) -> Iterator[IndexSite]:
    """Decide the page of each environment that has one."""
    for environment in project.environments or (None,):
        if index := project.find_index(environment):
            listed = tuple(board for board in boards if board.environment == environment)
            yield IndexSite(environment, index.title, listed)
