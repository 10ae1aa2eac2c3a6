"""The list of commands: what `--help` says of each is what the command says of itself."""

from __future__ import annotations

import pytest

from generator.cli.commands import COMMANDS, LazyCommand
from tests.support.cli import run
from tests.support.paths import REPOSITORY


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_summary_is_the_first_sentence_of_the_help(command: LazyCommand) -> None:
    loaded = command.load()
    assert loaded.name == command.name
    assert command.short_help == loaded.get_short_help_str(limit=1000)


def test_help_lists_every_command_with_its_summary() -> None:
    listed = run("--help", cwd=REPOSITORY).stdout.partition("Commands:\n")[2]
    rows = dict(line.split(maxsplit=1) for line in listed.splitlines())
    assert rows == {command.name: command.short_help for command in COMMANDS}


def test_a_misspelt_command_is_suggested() -> None:
    result = run("generat", cwd=REPOSITORY)
    assert result.code == 2
    assert "No such command 'generat'. Did you mean 'generate'?" in result.stderr
