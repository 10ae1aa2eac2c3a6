"""What each edit does to a board that runs, as the person reads it who made the edit.

Each file of tests/cases/edits/ is an edit of leaderboards.yaml there, and what is said of it on 2026-11-27.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from generator import pipeline
from generator.changes import reports
from generator.changes.bundles import BundleChange, compare_boards
from generator.changes.edits import Kind
from generator.changes.guard import describe_refusals
from generator.diagnostics.reports import as_text
from generator.pipeline import Generated
from runtime.domain.identity import describe_identity
from runtime.domain.instants import from_datetime
from tests.support.paths import REPOSITORY

EDITS = REPOSITORY / "tests/cases/edits"
BEFORE = (EDITS / "leaderboards.yaml").read_text(encoding="utf-8")
NOW = from_datetime(datetime(2026, 11, 27, 12, tzinfo=UTC))
OTHER_KEY = "arn:aws:kms:eu-central-1:222222222222:key/1b5d9f3e-7a2c-4e68-9d40-6c8e2a4f1b77"
LAPS = BEFORE[BEFORE.index("  - name: laps") :]

REFUSED = {
    "decimals-implied": [("points: 10}", "points: 0.5}")],
    "decimals-of-a-column": [("ascending, decimals: 0", "ascending, decimals: 3")],
    "aggregate": [("aggregate: sum", "aggregate: last")],
    "order": [("order: descending\n      rules", "order: ascending\n      rules")],
    "column-renamed": [("{name: laps, order", "{name: rounds, order"), ("laps: {field", "rounds: {field")],
    "column-added": [
        ("        - {name: time_ms", "        - {name: hits, order: ascending}\n        - {name: time_ms"),
        ("laps: {field: laps}", "laps: {field: laps}, hits: {field: hits}"),
    ],
    "columns-reordered": [
        ("        - {name: laps, order: descending}\n", ""),
        ("ascending, decimals: 0}\n", "ascending, decimals: 0}\n        - {name: laps, order: descending}\n"),
    ],
    "season-renamed": [("name: autumn", "name: fall")],
    "season-removed": [("          - {name: autumn, starts: 2026-09-01, ends: 2026-12-01}\n", "")],
    "season-ended-yesterday": [("ends: 2026-12-01", "ends: 2026-11-27")],
    "board-renamed": [("- name: kills", "- name: frags")],
    "environment-renamed": [("  prod:\n", "  production:\n")],
    "project": [("project: arcade", "project: arena")],
    "region": [("region: eu-central-1\nenv", "region: us-east-1\nenv")],
    "account": [("222222222222", "333333333333")],
    "key-of-ones-own": [("    protect: true\n", f"    protect: true\n    kms_key_arn: {OTHER_KEY}\n")],
}
"""Edits that are refused: by a name, the texts to replace, each of which stands once."""

TAKEN = {
    "points": [("points: 10}", "points: 15}")],
    "season-extended": [
        ("ends: 2026-12-01", "ends: 2026-12-08"),
        ("winter, starts: 2026-12-01", "winter, starts: 2026-12-08"),
    ],
    "season-shortened": [("ends: 2026-12-01", "ends: 2026-11-29")],
    "season-added": [
        ("ends: 2027-03-01}\n", "ends: 2027-03-01}\n          - {name: spring, starts: 2027-03-01, ends: 2027-06-01}\n")
    ],
    "reset-moved": [('at: "04:00", timezone: Europe/Berlin', 'at: "06:00", timezone: Europe/London')],
    "window-added": [("    window: {every: all_time}", "    window: [{every: all_time}, {every: day}]")],
    "window-removed": [("      - {every: rolling, days: 7}\n", "")],
    "rolling-days": [("days: 7", "days: 14")],
    "keep-lowered": [("keep: 8", "keep: 2")],
    "title": [("title: Kills", 'title: "Kills | <b>`x`</b> [a](b)"')],
    "ties-and-milestones": [
        ("order: descending\n      rules", "ties: shared\n      rules"),
        ("[1000, 5000]", "[500, 5000]"),
    ],
    "type-forgotten": [("        - {activity: boss_kill, per: {field: damage, points: 2}}\n", "")],
    "team-moved": [("    team: nebula\n", "    team: quasar\n")],
    "state-moved": [("bucket: arcade-tfstate", "bucket: arcade-states")],
    "key-with-the-former": [
        ("    protect: true\n", f"    protect: true\n    kms_key_arn: {OTHER_KEY}\n    kms_previous_keys: [board]\n")
    ],
    "protection-dropped": [("protect: true", "protect: false")],
    "access": [
        (
            "    protect: true\n",
            "    protect: true\n    api: {access: iam, principals: ['arn:aws:iam::222222222222:role/game']}\n",
        )
    ],
    "traffic": [("    protect: true\n", "    protect: true\n    traffic: {players: 500000}\n    top: 50\n")],
    "board-removed": [(LAPS, "")],
    "board-beside": [
        ("    window: {every: all_time}\n", "    window: {every: all_time}\n" + LAPS.replace("laps", "lap-2", 1))
    ],
}
"""Edits that are let through, in the same form."""


def apply(edit: list[tuple[str, str]]) -> str:
    """The file after an edit."""
    text = BEFORE
    for old, new in edit:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def decide(text: str) -> Generated:
    """The boards of a file, in which nothing is wrong."""
    generated = pipeline.validate({"leaderboards.yaml": text.encode()})
    assert [each.headline for each in generated.diagnostics if each.severity == "error"] == []
    return generated


def compare(before: Generated, after: Generated) -> list[BundleChange]:
    """What becomes of the bundles, on that day."""
    return compare_boards(before.boards, after.boards, NOW, all_changed=False)


def describe(text: str) -> Iterator[str]:
    """The edit as a diff, what is said of it, and what is refused."""
    yield from difflib.unified_diff(BEFORE.splitlines(), text.splitlines(), "before", "after", n=0, lineterm="")
    after = decide(text)
    changes = compare(decide(BEFORE), after)
    yield ""
    yield reports.as_text(changes)
    refusals = list(describe_refusals(changes, after.places, ()))
    yield as_text(refusals, {"leaderboards.yaml": text.encode()})


@pytest.mark.parametrize("name", [*REFUSED, *TAKEN])
def test_an_edit_is_said_in_words(name: str, expect: Callable[[Path, str], None]) -> None:
    text = apply({**REFUSED, **TAKEN}[name])
    changes = compare(decide(BEFORE), decide(text))
    assert any(change.is_refused for change in changes) == (name in REFUSED)
    expect(EDITS / f"{name}.txt", "\n".join(describe(text)))


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_let_through_keeps_what_stored_scores_mean(name: str) -> None:
    before, after = decide(BEFORE), decide(apply(TAKEN[name]))
    for change in compare(before, after):
        if change.change in ("changed", "moved"):
            (old,), (new,) = ([b for b in each.boards if b.name == change.board] for each in (before, after))
            assert describe_identity(old.config)["board"] == describe_identity(new.config)["board"]
            assert old.names == new.names


def test_an_edit_is_the_same_in_every_format() -> None:
    changes = compare(decide(BEFORE), decide(apply(REFUSED["aggregate"])))
    (edit,) = changes[0].edits
    assert edit.kind is Kind.REFUSED
    assert edit.what in reports.as_text(changes)
    assert reports.as_json(changes)[0]["edits"][0]["what"] == edit.what
    assert reports.as_json(changes, ["kills"])[0]["refused"] is False
    markdown = reports.as_markdown(changes)
    assert ":no_entry: aggregate sum -\\> last" in markdown
    assert "let `leaderboards new kills-2 --like kills` make" in markdown
    assert reports.as_markdown(()) == "No board changes.\n"
