"""The runbook has an entry for each alarm of each bundle, short enough for AWS, with a command that exists."""

from __future__ import annotations

import re
import shlex
from dataclasses import replace
from typing import Any

import click
import pytest
from botocore import xform_name
from botocore.loaders import Loader
from botocore.model import ServiceModel

from generator.board.board import Board
from generator.board.feed import Feed
from generator.board.runbook.bundles import list_entries, list_general_entries
from generator.board.runbook.entries import Entry, Words
from generator.board.runbook.of_boards import list_board_entries
from generator.board.runbook.of_feeds import list_feed_entries
from generator.cli.commands import COMMANDS
from tests.support.bundles import generated
from tests.support.cloudwatch import alarms_of
from tests.support.paths import GOLDEN
from tests.support.resources import resources

DESCRIPTION = 1024
"""Characters of an alarm's description (CloudWatch API reference, PutMetricAlarm: AlarmDescription)."""
LOGS_TAIL = {"--region", "--since"}
"""Options of `aws logs tail`, which is a command of the AWS CLI alone (AWS CLI command reference, "logs tail")."""
GLOBAL = {"--region", "--query", "--output"}
"""Options of every command of the AWS CLI (AWS CLI command reference, "aws": Global options)."""

PROJECTS = ("every-feature", "shared-feed", "smallest")


def bundles(project: str) -> list[Board | Feed]:
    return list(generated(GOLDEN / project).bundles)


@pytest.mark.parametrize("project", PROJECTS)
def test_each_alarm_has_its_entry_as_its_description(project: str) -> None:
    for bundle in bundles(project):
        alarms = alarms_of(resources(f"{project}/{bundle.folder}"))
        entries = {entry.alarm.replace("-", "_"): entry.description for entry in list_entries(bundle)}
        assert {name: alarm.arguments["alarm_description"] for name, alarm in alarms.items()} == entries
        assert [name.replace("_", "-") for name in alarms] == [entry.alarm for entry in list_entries(bundle)]


def longest() -> list[Entry]:
    """The entries of a board and of feeds whose names and numbers are as long as they can be."""
    numbers = dict.fromkeys(
        [
            *(
                "dead_letters",
                "receives",
                "redrive_hours",
                "oldest_activity_seconds",
                "snapshot_age_seconds",
                "overrun",
            ),
            *("processing_errors", "rejected_percent", "rejected_count", "throttles", "api_errors_percent", "strays"),
            "api_latency_p99_ms",
        ],
        "1000000",
    )
    # Names in AWS are checked to have at most 64 characters, with their longest part.
    words = Words("p" * 64, "s" * 64, "ap-northeast-1", "b" * 32 + " --env " + "e" * 16, None, numbers)
    return [
        *list_board_entries(words),
        *list_board_entries(replace(words, feed="f" * 32)),
        *list_feed_entries(words),
    ]


def test_descriptions_are_no_longer_than_aws_takes() -> None:
    assert len(longest()) > 25
    for entry in longest():
        assert len(entry.description) <= DESCRIPTION, entry.alarm
        # Sentences are put into others, and the command is one that can be pasted.
        for sentence in (entry.fires, entry.players, entry.ends, entry.first):
            assert re.fullmatch(r"[a-z0-9A][^\n]*[^.\n]", sentence), sentence
        assert "\n" not in entry.command


@pytest.mark.parametrize("entry", longest(), ids=lambda entry: entry.alarm)
def test_each_command_is_one_that_there_is(entry: Entry) -> None:
    check_command(entry.command)


def check_command(command: str) -> None:
    """Fail where a program would not take the words of its command line."""
    inner = re.search(r"\$\((.*?)\)", command)
    if inner:
        check_command(inner[1])
        command = command.replace(inner[0], "URL")
    program, *words = shlex.split(command)
    if program == "leaderboards":
        name, *rest = words
        [lazy] = [each for each in COMMANDS if each.name == name]
        loaded = lazy.load()
        loaded.make_context(name, rest)
        assert isinstance(loaded, click.Command)
    else:
        assert program == "aws"
        check_aws(words)


def check_aws(words: list[str]) -> None:
    """Fail where the AWS CLI has no such command or option: its commands are the operations of the services."""
    service, name, *rest = words
    options = {word for word in rest if word.startswith("--")}
    if (service, name) == ("logs", "tail"):
        assert options <= LOGS_TAIL
        return
    model = ServiceModel(Loader().load_service_model(service, "service-2"), service)
    operations = {xform_name(each, "-"): each for each in model.operation_names}
    shape: Any = model.operation_model(operations[name]).input_shape
    members = {f"--{xform_name(member, '-')}": member for member in (shape.members if shape else {})}
    assert options <= {*members, *GLOBAL}, options
    needed = {f"--{xform_name(member, '-')}" for member in (shape.required_members if shape else [])}
    assert needed <= options


def test_what_is_said_of_any_board_is_what_is_said_of_each() -> None:
    """The documentation has the same alarms, in the same order and as severe."""
    boards = {bundle.name: bundle for case in ("large-board", "shared-feed") for bundle in bundles(case)}
    for name, entries in (
        ("steps", list_general_entries(False)),
        ("kills", [each for each in list_general_entries(False, "FEED") if each.alarm != "assembly-failures"]),
        ("feed-matches", list_general_entries(True)),
    ):
        own = list_entries(boards[name])
        assert [(each.alarm, each.severity) for each in own] == [(each.alarm, each.severity) for each in entries]


def test_a_command_of_a_board_in_an_environment_finds_it() -> None:
    [arena, *_] = bundles("every-feature")
    commands = {entry.alarm: entry.command for entry in list_entries(arena)}
    assert commands["rejected"] == "leaderboards rejected arena --env prod --totals"
    assert commands["activities-dead-letters"] == "leaderboards redrive arena --env prod --from dead-letters"
