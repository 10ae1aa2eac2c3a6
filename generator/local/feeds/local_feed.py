"""One feed that runs on this machine."""

from __future__ import annotations

from dataclasses import dataclass

from generator.board.board import Board
from generator.board.feed import Feed
from generator.local.deploy.deployment import Deployment, FeedDeployment
from generator.local.services.pipes import Carried, LocalPipe


@dataclass
class LocalFeed:
    """One feed that runs on this machine."""

    feed: Feed
    deployment: FeedDeployment
    pipe: LocalPipe

    def count_for(self, board: Board, deployment: Deployment) -> None:
        """Count from now on what a board takes."""
        [matches] = deployment.filters
        self.pipe.taken.setdefault(board.name, Carried()).takes = matches
