"""The list of commands. Each is imported when it runs, because importing all of them takes longer than most runs."""

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
        """The command itself: `NAME_command` of the module NAME."""
        command = getattr(import_module(self.module), f"{self.name}_command")
        assert isinstance(command, click.Command), self.module
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command itself. Click then runs the command that the context belongs to."""
        return self.load().make_context(info_name, args, parent, **extra)


_SUMMARIES = {
    "bundles.validate": "Report every mistake in the YAML.",
    "bundles.generate": "Write each board's bundle to build/.",
    "bundles.cost": "Estimate what boards cost in AWS a month.",
    "bundles.check": "Say whether the bundles may be applied.",
    "bundles.local": "Run the boards on this machine.",
    "authoring.init": "Begin a project in a folder of your own.",
    "authoring.new": "Add a board to the YAML.",
    "authoring.explain": "Show why a board is as it is.",
    "authoring.schema": "Print the schema of leaderboards.yaml.",
    "operations.record": "Write one activity, as a game server would.",
    "operations.advance": "Move the clock of `leaderboards local` ahead.",
    "operations.events": "List the events that boards sent to EventBridge.",
    "operations.simulate": "Let deployed boards write made-up activities.",
    "operations.rejected": "List the activities that a board rejected.",
    "operations.redrive": "Put activities back on a board's queue.",
}
"""The first sentence of each command's help, by the command's module in this folder."""

COMMANDS = [
    LazyCommand(module.rpartition(".")[2], summary, f"generator.cli.{module}") for module, summary in _SUMMARIES.items()
]
