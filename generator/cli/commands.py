"""The list of commands, each imported when it runs: to import all takes longer than most of them run."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click


class LazyCommand(click.Command):
    """A command that `--help` lists by its summary alone. Its module is imported when it is called."""

    def __init__(self, name: str, summary: str, module: str) -> None:
        super().__init__(name, short_help=summary)
        self.module = module

    def load(self) -> click.Command:
        """The command itself: what its module has under the module's own name."""
        command = getattr(import_module(self.module), self.module.rpartition(".")[2])
        assert isinstance(command, click.Command), self.module
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command itself. Click then runs the command that the context belongs to."""
        return self.load().make_context(info_name, args, parent, **extra)


_SUMMARIES = {
    "bundles.validate": "Say all that is wrong with the YAML.",
    "bundles.generate": "Write each board's bundle to build/.",
    "bundles.check": "Say whether the bundles may be applied.",
    "bundles.local": "Run the boards on this machine.",
    "authoring.new": "Add a board to the YAML.",
    "authoring.explain": "Tell why a board is as it is.",
    "authoring.schema": "Write what leaderboards.yaml may say.",
    "operations.simulate": "Let deployed boards play by themselves, one after the other.",
    "operations.rejected": "List the activities that a board rejected.",
    "operations.redrive": "Put activities back on a board's queue.",
}
"""The first sentence of each command's help, by the command's module in this folder."""

COMMANDS = [
    LazyCommand(module.rpartition(".")[2], summary, f"generator.cli.{module}") for module, summary in _SUMMARIES.items()
]
