"""Edits of the files in tests/cases/edits/: those that are refused, and those that are let through."""

from __future__ import annotations

from datetime import UTC, datetime

from generator import pipeline
from generator.changes.bundles import BundleChange
from generator.changes.projects import compare_projects
from generator.pipeline import Generated
from runtime.domain.instants import from_datetime
from tests.support.paths import REPOSITORY

Edit = list[tuple[str, str]]
"""The texts to replace, each of which stands once in the file."""

EDITS = REPOSITORY / "tests/cases/edits"
BEFORE = (EDITS / "leaderboards.yaml").read_text(encoding="utf-8")
NOW = from_datetime(datetime(2026, 11, 27, 12, tzinfo=UTC))
OTHER_KEY = "arn:aws:kms:eu-central-1:222222222222:key/1b5d9f3e-7a2c-4e68-9d40-6c8e2a4f1b77"
LAPS = BEFORE[BEFORE.index("  - name: laps") :]

REFUSED: dict[str, Edit] = {
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
"""Edits that are refused, by a name."""

TAKEN: dict[str, Edit] = {
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
    "assembled": [
        ("    window: {every: all_time}\n", "    window: {every: all_time}\n    traffic: {players: 60000000}\n")
    ],
    "board-removed": [(LAPS, "")],
    "board-renamed-and-changed": [("- name: kills", "- name: frags"), ("points: 10}", "points: 15}")],
    "board-beside": [
        ("    window: {every: all_time}\n", "    window: {every: all_time}\n" + LAPS.replace("laps", "lap-2", 1))
    ],
}
"""Edits that are let through."""


TITLES = {
    "decimals-implied": "first `points: 0.5` where `decimals` is left out",
    "decimals-of-a-column": "`decimals` of a column",
    "aggregate": "`aggregate`",
    "order": "`order`",
    "column-renamed": "a column of `rank_by` renamed",
    "column-added": "a column added or removed",
    "columns-reordered": "columns in another order",
    "season-renamed": "a running season renamed",
    "season-removed": "a running season removed",
    "season-ended-yesterday": "a running season that ends before now",
    "board-renamed": "a board renamed",
    "environment-renamed": "an environment renamed",
    "project": "`project`",
    "region": "`region`",
    "account": "`account_id`",
    "key-of-ones-own": "`kms_key_arn` alone",
    "points": "`points` of a rule",
    "season-extended": "a running season made longer",
    "season-shortened": "a running season made shorter",
    "season-added": "one more season",
    "reset-moved": "`at`, `starts`, `timezone` or `lasts`",
    "window-added": "one more window",
    "window-removed": "a window removed",
    "rolling-days": "`days` of a rolling window",
    "keep-lowered": "a lower `keep`",
    "title": "`title`",
    "ties-and-milestones": "`milestones`",
    "type-forgotten": "the last rule of a type removed",
    "team-moved": "`team`",
    "state-moved": "`backend`",
    "key-with-the-former": "`kms_key_arn`, with the former key in `kms_previous_keys`",
    "protection-dropped": "`protect: false`",
    "access": "`api.access: iam`",
    "traffic": "`top`",
    "assembled": "`traffic.players` beyond what one function ranks",
    "board-removed": "a board removed",
    "board-renamed-and-changed": "a board renamed, with another edit",
}
"""What docs/changing.md calls each edit but the one that only adds a board."""


def apply(edit: Edit, before: str = BEFORE) -> str:
    """A file after an edit."""
    text = before
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
    return compare_projects(before, after, NOW, all_changed=False)
