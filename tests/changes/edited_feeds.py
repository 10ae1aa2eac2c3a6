"""Edits of tests/cases/edits/feeds.yaml, a project of boards on feeds: those that are refused, and those that are let
through."""

from __future__ import annotations

from tests.changes.edited import EDITS, OTHER_KEY, Edit

BEFORE = (EDITS / "feeds.yaml").read_text(encoding="utf-8")
LAPS = BEFORE[BEFORE.index("  - name: laps") : BEFORE.index("  - name: wins")]
WINS = BEFORE[BEFORE.index("  - name: wins") : BEFORE.index("  - name: goals")]
DUELS = BEFORE[BEFORE.index("  - name: duels") : BEFORE.index("boards:")]

MATCHES_TYPES = "    types: [kill, boss_kill, lap]\n"
ON_MATCHES = "    feed: matches\n    scoring: {rules: [{activity: kill"
"""What stands in the feed `matches`, and in its board `kills`."""

REFUSED: dict[str, Edit] = {
    "feed-joined": [
        ("  - name: goals\n    team: quasar\n", "  - name: goals\n    team: quasar\n    feed: duels\n"),
        ("types: [kill, duel]", "types: [kill, duel, goal]"),
    ],
    "feed-changed": [
        (ON_MATCHES, ON_MATCHES.replace("matches", "duels")),
        ("types: [kill, duel]", "types: [kill, duel, boss_kill]"),
    ],
    "feed-left": [(ON_MATCHES, ON_MATCHES.replace("    feed: matches\n", ""))],
    "feed-renamed": [("- name: duels", "- name: fights"), ("feed: duels", "feed: fights")],
    "feed-gone-from-under-its-board": [(DUELS, ""), ("    feed: duels\n", "")],
    "feed-region": [("region: eu-central-1\nenv", "region: us-east-1\nenv")],
    "feed-key-of-ones-own": [(MATCHES_TYPES, f"{MATCHES_TYPES}    kms_key_arn: {OTHER_KEY}\n")],
}
"""Edits that are refused, by a name."""

TAKEN: dict[str, Edit] = {
    "feed-type-removed": [("boss_kill, lap]", "lap]"), (", {activity: boss_kill, points: 50}", "")],
    "feed-type-added": [("boss_kill, lap]", "boss_kill, lap, duel]")],  # which boards of another feed count
    "feed-type-added-and-counted": [
        ("boss_kill, lap]", "boss_kill, lap, assist]"),
        ("points: 50}]", "points: 50}, {activity: assist, points: 1}]"),
    ],
    "feed-team-moved": [("  - name: matches\n    team: nebula", "  - name: matches\n    team: quasar")],
    "feed-key-with-the-former": [
        (MATCHES_TYPES, f"{MATCHES_TYPES}    kms_key_arn: {OTHER_KEY}\n    kms_previous_keys: [board]\n")
    ],
    "feed-protection-dropped": [(MATCHES_TYPES, f"{MATCHES_TYPES}    protect: false\n")],
    "feed-sized": [(MATCHES_TYPES, f"{MATCHES_TYPES}    activities_per_second: {{average: 50, peak: 900}}\n")],
    "feed-alarms": [(MATCHES_TYPES, f"{MATCHES_TYPES}    alarms: {{strays: 20}}\n")],
    "feed-removed": [(DUELS, ""), (WINS, "")],
    "feed-got-a-board": [(LAPS, LAPS + LAPS.replace("laps", "laps-2"))],
}
"""Edits that are let through."""

TITLES = {
    "feed-joined": "a board gets a `feed`",
    "feed-changed": "a board gets another `feed`",
    "feed-left": "a board loses its `feed`",
    "feed-renamed": "a feed renamed",
    "feed-region": "`region` of a feed, and so its `project`, `account_id` and environment",
    "feed-key-of-ones-own": "`kms_key_arn` of a feed alone",
    "feed-type-removed": "a type removed from `types`",
    "feed-type-added": "a type added to `types`",
    "feed-type-added-and-counted": "a type added to `types`, with a rule of a board",
    "feed-team-moved": "`team` of a feed",
    "feed-key-with-the-former": "`kms_key_arn` of a feed, with the former key in `kms_previous_keys`",
    "feed-protection-dropped": "`protect: false` of a feed",
    "feed-sized": "`activities_per_second`",
    "feed-alarms": "`alarms` of a feed",
    "feed-removed": "a feed removed, with its boards",
    "feed-got-a-board": "one more board on a feed",
}
"""What docs/changing.md calls each edit of a feed."""
