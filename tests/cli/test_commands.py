"""The list of commands: what `--help` says of each is what the command says of itself."""

from __future__ import annotations

import click
import pytest

from generator.cli.commands import COMMANDS, LazyCommand
from tests.support.cli import run
from tests.support.paths import REPOSITORY


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_summary_is_the_first_sentence_of_the_help(command: LazyCommand) -> None:
    loaded = command.load()
    assert loaded.name == command.name
    assert command.short_help == loaded.get_short_help_str(limit=1000)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_knows_the_names_of_help_without_its_group(command: LazyCommand) -> None:
    command.load()._help_option = None  # as in a new process
    for word in ("--help", "-h"):
        with pytest.raises(click.exceptions.Exit):
            command.load().make_context(command.name, [word])


def test_help_lists_every_command_with_its_summary() -> None:
    listed = run("--help", cwd=REPOSITORY).stdout.partition("Commands:\n")[2]
    rows = dict(line.split(maxsplit=1) for line in listed.splitlines())
    assert rows == {command.name: command.short_help for command in COMMANDS}


def test_a_misspelt_command_is_suggested() -> None:
    result = run("generat", cwd=REPOSITORY)
    assert result.code == 2
    assert "No such command 'generat'. Did you mean 'generate'?" in result.stderr


def test_an_option_given_twice_is_refused_and_not_half_done() -> None:
    result = run("record", "daily-wins", "--player", "ann", "--type", "win", "--player", "bob", cwd=REPOSITORY)
    assert result.code == 2
    assert result.stderr.endswith("Error: --player may be given only once.\n")
    both = run(
        "generate", "--board", "a", "--team", "b", "--team=c", "--board", "a", "--diff", "--diff", cwd=REPOSITORY
    )
    assert both.stderr.endswith("Error: --board and --team may be given only once.\n")


def test_options_that_may_be_repeated_are() -> None:
    result = run("local", "--data", "none.csv", "--data", "none-too.csv", "--board", "daily-wins", cwd=REPOSITORY)
    assert "none.csv" in result.stderr
    assert "only once" not in result.stderr
    assert run("validate", "--json", "--json", cwd=REPOSITORY).code == 0


def test_everything_that_is_missing_is_named_at_once() -> None:
    result = run("record", "--local", cwd=REPOSITORY)
    assert result.code == 2
    assert result.stderr.startswith("Usage: leaderboards record [OPTIONS] BOARD")
    assert result.stderr.endswith("Error: Missing: BOARD, --player and --type.\n")
    assert "Missing option '--type'" in run("record", "daily-wins", "--player", "ann", cwd=REPOSITORY).stderr
    assert run("record", "--help", cwd=REPOSITORY).code == 0
