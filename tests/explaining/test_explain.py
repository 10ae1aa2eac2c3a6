"""`leaderboards explain`: every value with its line, every resource, the windows at an instant."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.board.board import Board
from generator.explaining.explanation import build_explanation
from generator.explaining.reports import explanation_text
from generator.explaining.resources import UNKNOWN_ACCOUNT, list_resources
from generator.explaining.values import DEFAULT, FOLLOWS
from generator.pipeline import validate
from generator.rendering import text_files
from generator.source import inputs
from generator.spec.base import Model
from generator.spec.board import BoardSpec
from tests.support.cli import Result, run
from tests.support.paths import EXPLAINED, GOLDEN, GOLDEN_CASES
from tests.support.projects import board_yaml, project_yaml

FOLDER = EXPLAINED
SMALLEST = project_yaml(board_yaml())
AT = "2026-06-01T03:59:59Z"


@pytest.mark.parametrize(("board", "environment"), [("laps", "dev"), ("vault", "prod")])
def test_the_text_report(board: str, environment: str, expect: Callable[[Path, str], None]) -> None:
    result = run("explain", board, "--env", environment, "--at", AT, cwd=FOLDER)
    assert (result.code, result.stderr) == (0, "")
    expect(FOLDER / f"{environment}-{board}.txt", result.stdout)


def test_the_five_lines_alone() -> None:
    whole = run("explain", "laps", "--env", "dev", cwd=FOLDER).stdout.splitlines()
    brief = run("explain", "laps", "--env", "dev", "--brief", cwd=FOLDER)
    assert (brief.code, brief.stdout.splitlines()) == (0, whole[: whole.index("")])
    assert [line.split()[0] for line in brief.stdout.splitlines()[1:]] == [
        "ranks",
        "resets",
        "counts",
        "fresh",
        "costs",
    ]


def explain(board: str, environment: str, *arguments: str) -> dict[str, Any]:
    """The JSON that the command prints."""
    result = run("explain", board, "--env", environment, "--json", *arguments, cwd=FOLDER)
    assert (result.code, result.stderr) == (0, "")
    document: dict[str, Any] = json.loads(result.stdout)
    return document


def test_the_json_report() -> None:
    document = explain("laps", "dev", "--at", AT)
    assert {key: document[key] for key in ("board", "team", "environment", "folder")} == {
        "board": "laps",
        "team": "quasar",
        "environment": "dev",
        "folder": "dev/quasar/laps",
    }
    assert list(document["summary"]) == ["ranks", "resets", "counts", "fresh", "costs"]
    assert document["summary"]["counts"].startswith("lap (depending on mode); rejected: ")
    found = {each["key"]: each for each in document["values"]}
    assert found["top"] == {
        "key": "top",
        "value": 10,
        "origin": "environment dev",
        "file": "leaderboards.yaml",
        "line": 9,
    }
    assert found["protect"]["value"] is False
    assert found["milestones"]["value"] == [0.1, 1000]
    assert found["kms_key_arn"] == {
        "key": "kms_key_arn",
        "value": None,
        "origin": "default",
        "file": None,
        "line": None,
    }
    assert document["sizing"]["processors"]["value"] == 13
    assert document["windows"] == [
        {
            "every": "rolling",
            "id": "rolling-7d",
            "starts_at": "2026-05-25T04:00:00.000Z",
            "ends_at": "2026-06-01T04:00:00.000Z",
        },
        {"every": "season", "id": None, "starts_at": None, "ends_at": None},
    ]
    assert "windows" not in explain("laps", "dev")


@pytest.mark.parametrize(("board", "environment"), [("laps", "dev"), ("laps", "prod"), ("vault", "dev")])
def test_the_named_line_gives_the_value(board: str, environment: str) -> None:
    named = [each for each in explain(board, environment)["values"] if each["line"]]
    assert len(named) > 8
    for each in named:
        line = (FOLDER / each["file"]).read_text().splitlines()[each["line"] - 1]
        key = re.split(r"[.]", each["key"])[-1]
        assert re.search(rf"\b{key}:", line) or "[" in key, each
        if isinstance(each["value"], str | int) and not isinstance(each["value"], bool):
            assert json.dumps(each["value"]).strip('"') in line, each


def _keys(model: type[Model], above: str = "") -> Iterator[str]:
    """The paths of a model's keys, and of the keys of models in it."""
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, Model):
            yield from _keys(inner, f"{above}{name}.")
        else:
            yield above + name


def test_every_key_of_a_board_is_shown() -> None:
    shown = {each["key"] for each in explain("vault", "prod")["values"]}
    # Lists of models are shown item by item.
    assert set(_keys(BoardSpec)) - {"window", "scoring.rules"} <= shown
    assert {"window[0].every", "scoring.rules[0]"} <= shown


def test_only_keys_that_follow_from_no_other_are_empty() -> None:
    """A key that takes its value from another key, if left out, is shown with that value."""
    empty = {each["key"] for each in explain("vault", "dev")["values"] if each["value"] is None}
    bounds = {f"scoring.limits.{key}" for key in ("points.min", "points.max", "activities_per_minute")}
    api = {f"api.{key}" for key in ("domain", "certificate_arn", "web_acl_arn")}
    others = {
        "window[0].lasts",
        "feed",
        "kms_key_arn",
        "environments.dev.account_id",
        "environments.dev.backend",
        "environments.dev.index",
        "scoring.unit",
        "dashboard.game",
        "dashboard.logo",
    }
    assert empty == bounds | api | others
    assert not empty & set(FOLLOWS)


def golden_boards() -> Iterator[Board]:
    """The boards of every golden case."""
    for case in GOLDEN_CASES:
        yield from validate(inputs.read_files(GOLDEN / case / "leaderboards.yaml").files).boards


@pytest.mark.parametrize("fields", ["{field: photo, link: true}, lure", "lure, {field: photo, link: true}"])
def test_attached_fields_may_be_names_and_mappings(tmp_path: Path, fields: str) -> None:
    scoring = f"{{attach: [{fields}], rules: [{{activity: kill, points: 1}}]}}"
    text = project_yaml(board_yaml(scoring=scoring, segments="[{name: home_region}]"))
    (tmp_path / "leaderboards.yaml").write_text(text, encoding="utf-8")
    result = run("explain", "kills", "--json", cwd=tmp_path)
    assert result.code == 0, result.stderr
    shown = {each["key"]: each["value"] for each in json.loads(result.stdout)["values"]}
    attached = {key: value for key, value in shown.items() if key.startswith("scoring.attach")}
    number = fields.startswith("{")
    assert attached[f"scoring.attach[{int(number)}]"] == "lure"
    assert attached[f"scoring.attach[{1 - number}].link"] is True
    # What each leaves out follows from its name.
    assert attached[f"scoring.attach[{1 - number}].title"] == "Photo"
    assert (shown["segments[0].field"], shown["segments[0].title"]) == ("home_region", "Home region")


@pytest.mark.parametrize("board", list(golden_boards()), ids=lambda board: board.folder)
def test_every_resource_is_shown(board: Board) -> None:
    emitted = "".join(content for path, content in text_files.render_text_files(board).items() if path.endswith(".tf"))
    addresses = re.findall(r'^resource "(\w+)" "(\w+)" \{$', emitted, re.M)
    listed = list(list_resources(board))
    blocks = dict.fromkeys(each.address.partition("[")[0] for each in listed)
    assert list(blocks) == [f"{kind}.{name}" for kind, name in addresses]
    instances = [each.address for each in listed if "[" in each.address]
    assert f'aws_sns_topic_subscription.alarms["mailto:{board.owner}"]' in instances
    assert ('aws_s3_object.page["app.js"]' in instances) == board.public
    named = {each.name for each in listed if each.name}
    # Every name in the files that begins with the board's prefix.
    own = re.findall(rf'^  \w*(?:name|bucket) += "((?:[a-z/]+/)?{board.names.prefix}[^"]*)"', emitted, re.M)
    assert len(own) > 20
    account = board.account_id or UNKNOWN_ACCOUNT
    assert {name.replace("${data.aws_caller_identity.current.account_id}", account) for name in own} <= named


def test_a_resource_that_is_added_to_the_blueprint_is_shown(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(SMALLEST)
    before = text_files.render_text_files

    def more(board: Board) -> dict[str, str]:
        added = 'resource "aws_sqs_queue" "late" {\n  name = "arcade-kills-late"\n}\n'
        nameless = 'resource "aws_eip" "late" {\n  domain = "vpc"\n}\n'
        return {**before(board), "terraform/zz.tf": added + nameless}

    monkeypatch.setattr(text_files, "render_text_files", more)
    result = run("explain", "kills", cwd=tmp_path)
    assert "\n                                                  arcade-kills-late\n" in result.stdout
    assert re.search(r"\n  eip +1 without a name\n", result.stdout)


def test_the_clock_is_read_only_for_at_now(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(SMALLEST)
    monkeypatch.setattr("runtime.clock.now", lambda: 1_780_000_000_000)
    assert "Windows" not in run("explain", "kills", cwd=tmp_path).stdout
    now, then = (run("explain", "kills", "--at", at, cwd=tmp_path) for at in ("now", "2026-05-28T20:26:40+00:00"))
    assert now == then
    assert now.stdout.endswith(
        "\nWindows\n  week  2026-W22  2026-05-25 00:00:00+00:00 to 2026-06-01 00:00:00+00:00 UTC\n"
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["kils"], 'BOARD: there is no "kils" in leaderboards.yaml. Did you mean "kills"?\n'),
        (["kills", "--env", "dev"], '--env: there is no "dev" in leaderboards.yaml. No boards match.\n'),
        (
            ["kills", "--at", "\033"],
            '--at: "\\x1b" is no time: write one as 2026-11-27T18:00-03:00, or 2026-11-27T21:00Z.\n',
        ),
        (
            ["kills", "--at", "2026-11-24T12:00:00"],
            '--at: "2026-11-24T12:00:00" does not say in which zone: write 2026-11-24T12:00:00-03:00, '
            "or 2026-11-24T12:00:00Z for UTC.\n",
        ),
        (
            ["kills", "--at", "9999-12-31T23:59:59Z"],
            "--at: the year is to be from 2000 to 2099.\n",
        ),
    ],
)
def test_wrong_arguments_are_errors_that_name_them(tmp_path: Path, arguments: list[str], message: str) -> None:
    (tmp_path / "leaderboards.yaml").write_text(SMALLEST)
    assert run("explain", *arguments, cwd=tmp_path) == Result(2, "", message)


def test_a_board_in_several_environments_needs_one_named() -> None:
    result = run("explain", "laps", cwd=FOLDER)
    assert (result.code, result.stdout) == (2, "")
    assert result.stderr == "--env: laps is in dev and prod; name one.\n"


def test_mistakes_in_the_yaml_are_reported(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(SMALLEST.replace("week", "weak"))
    result = run("explain", "kills", cwd=tmp_path)
    assert (result.code, result.stdout) == (2, "")
    assert "window.every: must be all_time" in result.stderr


def test_hostile_text_is_escaped(tmp_path: Path) -> None:
    hostile = 'when: {mode: "\\x1b[31m\\n\\u202e", "other": "[a, b]"}'
    (tmp_path / "leaderboards.yaml").write_text(SMALLEST.replace("points: 10", f"points: 10, {hostile}"))
    result = run("explain", "kills", cwd=tmp_path)
    assert result.code == 0, result.stderr
    assert "\033" not in result.stdout
    assert 'when: {mode: "\\x1b[31m\\n\\u202e", other: "[a, b]"}' in result.stdout


def test_colours_only_add_to_the_text() -> None:
    files = {"leaderboards.yaml": SMALLEST.encode()}
    generated = validate(files)
    assert generated.loaded
    explanation = build_explanation(generated.loaded, generated.boards[0])
    coloured = explanation_text(explanation, str, colour=True)
    assert "\033[1mSizing\033[0m\n" in coloured
    assert re.sub(r"\033\[\dm", "", coloured) == explanation_text(explanation, str)
    assert DEFAULT in coloured
