"""The JSON Schema of leaderboards.yaml: current, sound (it accepts all that the generator accepts), and as strict as it
can be, so that an editor says at the same place what `leaderboards validate` says."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError

from generator.diagnostics.diagnostic import Diagnostic
from generator.pipeline import validate
from generator.source import inputs
from generator.source.nodes import Node
from generator.source.tree import read_tree
from generator.spec.documents import json_schema
from tests.spec.random_changes import change_at_random
from tests.support.cli import Result, run
from tests.support.docs_boards import EXAMPLES
from tests.support.effort import seeds
from tests.support.paths import ERROR_CASES, ERRORS, GOLDEN, GOLDEN_CASES, REPOSITORY
from tests.support.projects import head

COMMITTED = REPOSITORY / "docs" / "leaderboards.schema.json"

JUDGED = {
    *(
        "bucket",
        "choice",
        "column",
        "date",
        "duration",
        "empty",
        "key",
        "length",
        "missing",
        "number",
        "pattern",
        "range",
    ),
    *("region", "reserved", "scalar", "timezone", "type", "unknown-key", "visible"),
}
"""Codes of diagnostics that a schema can report too. The others are about several keys, boards or files, about the
calendar, or about YAML itself."""

UNSEEN = {
    "boards[board-6].title": "patterns do not agree on how to write characters of other planes, such as tags",
    "boards[draws].traffic": "a key that is a number is text to an editor",
    "boards[runs].scoring.rules[3].time_m": "a key of a rule may be any column, and `rank_by` only says which",
    "boards[weekly-kills].scoring.rules[0].point": "in a team file it may be a column of `defaults`: only a warning",
    "boards[weekly-kills]": "a key that is no text is one to an editor",
    "boards[weekly-kills].scoring.rules[0]": "a key that is a number is text to an editor",
    "boards[weekly-kills].scoring.rules[12]": "a key that is a number is text to an editor",
    "boards[weekly-kills].scoring.rules[6].points": "digits after the point are not counted",
    "boards[weekly-kills].scoring.rules[8].points": "digits after the point are not counted",
    "feeds[3]": "only the main file's feeds have to name their team",
    "project": "braces that a template has left are a mapping to an editor",
    "team": "a file that has it is a team file",
}
"""Places in tests/cases/errors that a schema cannot report although it judges their codes, and why."""


@cache
def judge() -> Draft202012Validator:
    return Draft202012Validator(
        json.loads(COMMITTED.read_text(encoding="utf-8")), format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def faults(data: bytes) -> list[ValidationError]:
    root = read_tree("a.yaml", data).root
    assert root is not None
    return list(judge().iter_errors(root.plain()))


def test_it_is_current(expect: Callable[[Path, str], None]) -> None:
    expect(COMMITTED, json_schema.schema_text())


def test_the_command_writes_it() -> None:
    assert run("schema", cwd=REPOSITORY) == Result(0, COMMITTED.read_text(encoding="utf-8"), "")


def test_the_sample_names_it() -> None:
    first = (REPOSITORY / "leaderboards.yaml").read_text(encoding="utf-8").split("\n", 1)[0]
    assert first == f"# yaml-language-server: $schema={COMMITTED.relative_to(REPOSITORY).as_posix()}"


def objects() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, schema in judge().schema["$defs"].items():
        if "properties" in schema:
            yield name, schema


def test_it_is_a_schema_with_all_that_editors_show() -> None:
    Draft202012Validator.check_schema(judge().schema)
    assert len(list(objects())) > 25
    for name, schema in objects():
        assert schema["description"], name
        # A rule's other keys are columns.
        assert schema["additionalProperties"] is False or name == "Rule", name
        for key, value in schema["properties"].items():
            assert value.get("description") or "$ref" in value, (name, key)
            assert "x-default" not in value
            here = judge().evolve(schema={"$defs": judge().schema["$defs"], **value})
            for shown in [*value.get("examples", []), *([value["default"]] if "default" in value else [])]:
                assert here.is_valid(shown), (name, key, shown)


def valid() -> Iterator[tuple[str, bytes]]:
    for folder in (REPOSITORY, *(GOLDEN / case for case in GOLDEN_CASES)):
        read = inputs.read_files(folder / "leaderboards.yaml")
        for name in read.files.keys() - read.logos:
            yield f"{folder.name}/{name}", read.files[name]
    for example in EXAMPLES:
        yield example.title, example.yaml().encode()


@pytest.mark.parametrize(("name", "data"), sorted(valid()), ids=lambda value: value if isinstance(value, str) else "")
def test_it_takes_what_is_valid(name: str, data: bytes) -> None:
    assert not faults(data)


TEAM_FILE = "team: nebula\nboards:\n"
BOARD = "  - {name: laps, team: nebula, "
SCORING = "scoring: {rules: [{activity: lap, points: 1}]}"
COLUMNS = "rank_by: [{name: laps}, {name: time_ms}]"
RULE = "rules: [{activity: lap, laps: 1, time_ms: {field: ms}}]"


@pytest.mark.parametrize(
    ("main", "team"),
    [
        (f"defaults: {{window: {{every: day}}}}\nboards:\n{BOARD}{SCORING}}}\n", ""),
        (f"defaults: {{{SCORING}}}\nboards:\n{BOARD}window: {{every: day}}}}\n", ""),
        (f"defaults: {{scoring: {{{COLUMNS}}}}}\nboards:\n{BOARD}scoring: {{{RULE}}}, window: {{every: day}}}}\n", ""),
        (f"environments: {{dev: {{defaults: {{window: {{every: day}}}}}}}}\nboards:\n{BOARD}{SCORING}}}\n", ""),
        (f"environments: {{dev: {{boards: {{laps: {{window: {{every: day}}}}}}}}}}\nboards:\n{BOARD}{SCORING}}}\n", ""),
        (f"defaults: {{scoring: {{{COLUMNS}, {RULE}}}, window: {{every: day}}}}\nboards:\n{BOARD}}}\n", ""),
        ("defaults: {window: {every: day}}\n", f"{BOARD.replace(' team: nebula,', '')}{SCORING}}}\n"),
        (f"defaults: {{scoring: {{{COLUMNS}}}}}\n", f"{BOARD}scoring: {{{RULE}}}, window: [{{every: day}}]}}\n"),
    ],
)
def test_it_takes_what_is_valid_once_merged(main: str, team: str) -> None:
    files = {"leaderboards.yaml": (head() + main).encode()}
    if team:
        files = {"leaderboards.yaml": files["leaderboards.yaml"] + b"include: [team.yaml]\n"}
        files["team.yaml"] = (TEAM_FILE + team).encode()
    assert validate(files).boards
    assert not [fault for data in files.values() for fault in faults(data)]


@pytest.mark.parametrize(
    "board",
    [
        f"{BOARD}{SCORING}}}\n",
        f"{BOARD}window: {{every: day}}}}\n",
        f"{BOARD}scoring: {{ties: dense}}, window: {{every: day}}}}\n",
        f"{BOARD}scoring: {{rules: [{{activity: lap, point: 1}}]}}, window: {{every: day}}}}\n",
        f"{BOARD.replace(' team: nebula,', '')}{SCORING}, window: {{every: day}}}}\n",
    ],
)
def test_it_asks_for_what_nothing_else_gives(board: str) -> None:
    assert faults(f"{head()}defaults: {{top: 5}}\nboards:\n{board}".encode())


def test_a_misspelt_key_of_a_rule_in_a_team_file_is_a_warning() -> None:
    data = f"{TEAM_FILE}{BOARD}scoring: {{rules: [{{activity: lap, point: 1}}]}}, window: {{every: day}}}}\n"
    assert not faults(data.encode())
    said = judge().schema["$defs"]["TeamFile"]["allOf"][0]
    for key in ("properties", "boards", "items", "properties", "scoring", "then", "properties", "rules", "items"):
        said = said[key]
    assert "misspelt" in said["additionalProperties"]["deprecationMessage"]
    assert set(said["properties"]) == {"activity", "points", "per", "when"}


def places(root: Node) -> set[tuple[int, int]]:
    """Line and column of everything that the schema finds wrong, in each alternative of an `anyOf` or `oneOf` too."""
    found = set()
    for fault in below(judge().iter_errors(root.plain())):
        node = root
        for step in fault.absolute_path:
            child = node.get(step)
            assert child is not None
            node = child
        keys = []
        if "propertyNames" in fault.absolute_schema_path:
            keys = [fault.instance]
        elif fault.validator == "additionalProperties":
            keys = [key for key in node.mapping() if key not in fault.schema["properties"]]
        for child in (node.mapping()[key] for key in keys):
            found.add((child.key_line, child.key_column))
        if not keys:
            said = node.diagnostic("", "")
            found.add((said.line, said.column))
    return found


def below(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    for error in errors:
        yield error
        yield from below(error.context)


def mistakes(case: str) -> Iterator[tuple[Node, Diagnostic]]:
    """Each diagnostic of a case that the schema can judge, and the file that it is in."""
    files = inputs.read_files(ERRORS / case / "leaderboards.yaml")
    diagnostics = validate(files.files, files.main).diagnostics
    misspelt = [diagnostic.path for diagnostic in diagnostics if diagnostic.code == "unknown-key"]
    for diagnostic in diagnostics:
        # A schema does not look at the value of a key that it does not know.
        if diagnostic.path in misspelt and diagnostic.code != "unknown-key":
            continue
        if diagnostic.path.startswith(tuple(path + sign for path in misspelt for sign in ".[")):
            continue
        root = read_tree(diagnostic.file, files.files[diagnostic.file]).root
        if root and diagnostic.code in JUDGED and diagnostic.severity == "error":
            yield root, diagnostic


def test_it_finds_what_a_schema_can_where_validate_does() -> None:
    seen: set[tuple[str, str]] = set()
    unseen: set[tuple[str, str]] = set()
    for case in ERROR_CASES:
        for root, diagnostic in mistakes(case):
            found = (diagnostic.line, diagnostic.column) in places(root)
            (seen if found else unseen).add((case, diagnostic.path))
    assert sorted(path for _, path in unseen) == sorted(UNSEEN)
    assert len(seen) > 150


FUZZED = ("missing", "unknown-key", "key", "number")
"""Codes that a schema judges where only one file and no merging is in play."""


START = {
    "version": 1,
    "project": "arcade",
    "region": "eu-central-1",
    "teams": {"nebula": {"owner": "nebula@example.com"}},
    "defaults": {"top": 5},
    "environments": {"dev": {"defaults": {"top": 6}, "boards": {"laps": {}}}},
    "boards": [
        {
            "name": "weekly-kills",
            "team": "nebula",
            "scoring": {"rules": [{"activity": "kill", "points": 10, "when": {"mode": ["duel"]}}], "ties": "dense"},
            "window": [{"every": "week", "at": "04:00"}, {"every": "all_time"}],
        },
        {
            "name": "laps",
            "team": "nebula",
            "scoring": {
                "rank_by": [{"name": "laps"}, {"name": "time_ms", "order": "ascending"}],
                "rules": [{"activity": "lap", "laps": 1, "time_ms": {"field": "ms"}}],
            },
            "window": {"every": "day", "grace": "1h"},
        },
    ],
}
"""A valid file with much to break."""


@seeds(2)
def test_it_refuses_nothing_that_the_generator_takes(seed: int) -> None:
    chance = random.Random(seed)
    names = sorted({key for _, schema in objects() for key in schema["properties"]} | {"laps", "weekly-kills"})
    taken = refused = 0
    for _ in range(250):
        data = json.dumps(change_at_random(START, names, chance)).encode()
        wrong = [each for each in validate({"leaderboards.yaml": data}).diagnostics if each.severity == "error"]
        found = faults(data)
        if not wrong:
            taken += 1
            assert not found, data
        elif any(each.code in JUDGED and each.code not in FUZZED for each in wrong):
            refused += 1
            assert found, (data, wrong)
    assert taken > 10
    assert refused > 20


def test_no_word_of_it_needs_the_internet() -> None:
    assert re.findall(r"https?://[^\"]*schema[^\"]*", COMMITTED.read_text()) == [
        "https://json-schema.org/draft/2020-12/schema"
    ]
