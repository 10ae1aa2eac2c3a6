"""The list of commands. Each is imported when it runs, because importing all of them takes longer than most runs."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import click

from generator.diagnostics.wording import join_words

HELP_OPTIONS = {"help_option_names": ["-h", "--help"]}
"""The names of the option that prints help, as a setting of click."""


class LazyCommand(click.Command):
    """A command that `--help` lists by its summary alone. Its module is imported when it is called."""

    def __init__(self, name: str, summary: str, module: str) -> None:
        super().__init__(name, short_help=summary)
        self.module = module

    def load(self) -> click.Command:
        """The command itself: `NAME_command` of the module NAME."""
        command = getattr(import_module(self.module), f"{self.name}_command")
        assert isinstance(command, click.Command), self.module
        # Click keeps the help option of the first context that is made, also of one that has no group to ask.
        command.context_settings.update(HELP_OPTIONS)
        return command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command itself. Click then runs the command that the context belongs to."""
        command = self.load()
        check_words(command, info_name, args, parent)
        return command.make_context(info_name, args, parent, **extra)


def check_words(command: click.Command, name: str | None, words: list[str], parent: click.Context | None) -> None:
    """Raise UsageError where an option is given twice, or where several things are missing: all are named at once.

    Click takes the last of two values without a word, and names only the first thing that is missing.
    """
    context = click.Context(command, parent, name)
    values, _, given = command.make_parser(context).parse_args([*words])
    if any(param.is_eager for param in given):  # --help: nothing is run
        return
    # A flag says the same twice; an argument is no option, and there may be many.
    single = [param for param in given if isinstance(param, click.Option) and not (param.is_flag or param.multiple)]
    if twice := [param.opts[0] for param in dict.fromkeys(single) if single.count(param) > 1]:
        raise click.UsageError(f"{join_words(twice, 'and')} may be given only once.", context)
    needed = [param for param in command.params if param.required]
    missing = [param for param in needed if not isinstance(values.get(param.name or ""), str | tuple)]
    if len(missing) > 1:
        raise click.UsageError(f"Missing: {join_words(map(_name_parameter, missing), 'and')}.", context)


def _name_parameter(param: click.Parameter) -> str:
    return param.opts[0] if isinstance(param, click.Option) else param.human_readable_name


_SUMMARIES = {
    "bundles.validate": "Report every mistake in the YAML.",
    "bundles.generate": "Write each board's bundle to build/.",
    "bundles.changed": "Say what changed since a commit, and what that does to boards.",
    "bundles.list": "List boards by team.",
    "bundles.cost": "Estimate what boards cost in AWS a month.",
    "bundles.check": "Say whether the bundles may be applied.",
    "bundles.local": "Run the boards on this machine.",
    "authoring.init": "Begin a project in a folder of your own.",
    "authoring.new": "Add a board to the YAML.",
    "authoring.explain": "Show why a board is as it is.",
    "authoring.codeowners": "Write CODEOWNERS: who reviews which file.",
    "authoring.schema": "Print the schema of leaderboards.yaml.",
    "operations.record": "Write one activity, as a game server would.",
    "operations.advance": "Move the clock of `leaderboards local` ahead.",
    "operations.events": "List the events that boards sent to EventBridge.",
    "operations.simulate": "Let deployed boards write made-up activities.",
    "operations.status.status": "Say whether boards are well.",
    "operations.rejected": "List the activities that a board rejected.",
    "operations.players.players": "Show a player, or correct, hide, rename, restore or erase one.",
    "operations.ranks.export": "Take the ranks of a window out of a board.",
    "operations.ranks.rebuild": "Make a board's ranks anew now.",
    "operations.loading.backfill": "Load activities of the past from a file.",
    "operations.redrive": "Put back what a board left behind.",
    "operations.replays.replay": "Count a window anew, compare, and show that to readers.",
    "operations.feeds.strays": "Show what a feed keeps because no board counts it.",
    "operations.audit": "List what people did to a board.",
    "operations.watching.dashboard": "Draw a board's operations dashboard in the browser.",
    "operations.runbook": "Say what an alarm means and what to do.",
}
"""The first sentence of each command's help, by the command's module in this folder."""

COMMANDS = [
    LazyCommand(module.rpartition(".")[2], summary, f"generator.cli.{module}") for module, summary in _SUMMARIES.items()
]
