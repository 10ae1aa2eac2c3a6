"""What classes promise: nothing in place changes what stored scores mean, and no edit goes unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import pipeline
from generator.board.board import Board
from generator.board.deployment import describe_deployment
from generator.board.feed import Feed
from generator.changes.comparing import compare_bundle
from generator.changes.edits import Edit, Kind
from generator.changes.facts import Facts, facts_of, read_facts
from generator.changes.parts.feeding import compare_feeding
from generator.changes.projects import compare_projects
from generator.rendering.archives import CODE, CONFIG, zip_files
from runtime.config import BoardConfig, Column, Limits, Points, Rule, Season, Segment, WindowKind, to_board_json
from runtime.domain.identity import describe_identity
from tests.runtime.boards import BOARD, NOW
from tests.runtime.random_boards import any_rules, config_of
from tests.support.bundles import generated
from tests.support.effort import examples
from tests.support.paths import GOLDEN

seeds = st.integers(0, 10_000)


def compare(old: BoardConfig, new: BoardConfig) -> tuple[Edit, ...]:
    """The edits between two boards of which only board.json is known."""
    return compare_bundle(Facts(old), Facts(new), NOW)


@given(seeds, seeds)
@examples(100)
def test_what_stored_scores_mean_changes_by_refused_edits_alone(one: int, other: int) -> None:
    old, new = (replace(config_of(any_rules(Random(seed))), name="b", title="B") for seed in (one, other))
    edits = compare(old, new)
    same = describe_identity(old)["board"] == describe_identity(new)["board"]
    refused = [edit for edit in edits if edit.kind is Kind.REFUSED and "season" not in edit.what]
    assert bool(refused) != same
    assert compare(old, old) == ()
    assert [edit.kind for edit in edits] == sorted((edit.kind for edit in edits), key=list(reversed(Kind)).index)


COLUMN, WINDOW = BOARD.columns[0], BOARD.windows[0]
RULE = BOARD.rules[0]
SEASONS = WindowKind("season", seasons=(Season("one", date(2020, 1, 1), date(2020, 2, 1)),))
SEGMENT = Segment("country", "country", "Country")

CHANGED: dict[str, Mapping[str, Any]] = {
    "title": {"title": "Other"},
    "aggregate": {"aggregate": "last"},
    "ties": {"ties": "dense"},
    "columns": {"columns": (replace(COLUMN, name="other"),)},
    "rules": {"rules": (*BOARD.rules, replace(RULE, activity="other"))},
    "ignore": {"ignore": ("other",)},
    "windows": {"windows": (*BOARD.windows, WindowKind("hour"))},
    "top": {"top": 7},
    "limits": {"limits": Limits(min_points=-7)},
    "attach": {"attach": ("other",)},
    "search_names": {"search_names": not BOARD.search_names},
    "segments": {"segments": (SEGMENT,)},
    "milestones": {"milestones": (7_000,)},
}
"""A change of each field of board.json that a person decides."""

SIZED = {
    *("name", "shards", "max_age_seconds", "stale_seconds", "drain_seconds"),
    *("on_feed", "processor_seconds", "clock_seconds", "lease_seconds", "assembly"),
}
"""The fields that follow from others, which are told; `deployment.json` has their sizes. A name is the bundle's."""


def test_every_field_of_board_json_is_told() -> None:
    assert {field.name for field in fields(BoardConfig)} == CHANGED.keys() | SIZED
    for name, change in CHANGED.items():
        assert compare(BOARD, replace(BOARD, **change)), name


@pytest.mark.parametrize(
    ("old", "new"),
    [
        *((COLUMN, replace(COLUMN, **each)) for each in (
            {"order": "ascending"}, {"decimals": 5}, {"title": "x"}, {"format": "duration"}, {"unit": "kg"},
        )),
        *((RULE, replace(RULE, points=(each,))) for each in (
            Points(Decimal(7)), Points(Decimal(7), "x"), Points(Decimal(0), "x", Decimal(3)),
        )),
        (RULE, replace(RULE, when=(("mode", ("duel", True, Decimal(1))),))),
        *((BOARD.limits, Limits(**{each: 77})) for each in ("min_points", "max_points", "activities_per_minute")),
        *((SEGMENT, replace(SEGMENT, **each)) for each in ({"field": "x"}, {"title": "x"}, {"values": ("BR",)})),
        *((SEASONS, replace(SEASONS, **each)) for each in (
            {"timezone": "Europe/Berlin"}, {"at_minutes": 7}, {"grace_seconds": 7}, {"keep": 7}, {"keep": 9},
            {"seasons": (Season("one", date(2020, 1, 1), date(2020, 3, 1)),)},
        )),
        (WindowKind("week"), WindowKind("week", starts=3)),
        (WindowKind("week"), WindowKind("week", lasts_seconds=60)),
        (WindowKind("rolling", days=7), WindowKind("rolling", days=8)),
    ],
)  # fmt: skip
def test_every_part_of_board_json_is_told(old: object, new: object) -> None:
    name = {Column: "columns", Rule: "rules", Limits: "limits", Segment: "segments", WindowKind: "windows"}[type(old)]
    parts: list[dict[str, Any]] = [{name: each if name == "limits" else (each,)} for each in (old, new)]
    before, after = (replace(BOARD, **part) for part in parts)
    assert len(compare(before, after)) == 1


TOLD = {
    *("project", "region", "account_id", "kms_key_arn", "kms_previous_keys", "team", "state", "owner", "notify"),
    *("page", "tags", "protect", "alarms"),
}
"""The keys of deployment.json of which a change is an edit, of a board and of a feed."""

TOLD_OF_A_BOARD = {
    *("feed", "feed_key_arn", "simulator", "rebuild", "access", "principals", "domain", "certificate_arn"),
    *("cors_origins", "web_acl_arn", "traffic", "dashboard", "logo", "sizes"),
}
TOLD_OF_A_FEED = {"activities_per_second"}

NAMES = {"format", "kind", "board", "environment", "prefix"}
"""Those that a bundle's own name is made of: where one changes, it is another bundle."""

ELSEWHERE = {"attached", "types"}
"""Which fields are attached, board.json says; how they are shown, test_words tells. Who counts the types of a feed, its
boards say: test_edits tells."""


def make_other(value: object) -> object:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    return {**value, "x": 1} if isinstance(value, dict) else ["x"] if isinstance(value, list) else "x"


SHARED = pipeline.validate({"leaderboards.yaml": (GOLDEN / "shared-feed/leaderboards.yaml").read_bytes()})


@pytest.mark.parametrize(
    ("bundle", "own"), [(SHARED.boards[0], TOLD_OF_A_BOARD), (SHARED.feeds[0], TOLD_OF_A_FEED)], ids=["board", "feed"]
)
def test_every_key_of_deployment_json_is_told(bundle: Board | Feed, own: set[str]) -> None:
    facts = facts_of(bundle)
    other = {"sizes": {**facts.deployment.get("sizes", {}), "batch": 7}, "tags": {"a": "b"}}
    assert facts.deployment.keys() - ELSEWHERE == TOLD | own | NAMES
    for key in TOLD | own:
        old = facts.deployment[key]
        edits = compare_bundle(
            facts, replace(facts, deployment={**facts.deployment, key: other.get(key, make_other(old))}), NOW
        )
        assert edits, key
        if key in ("project", "region", "kms_key_arn", "feed"):
            assert edits[0].kind is Kind.REFUSED, key


def test_a_bundle_that_another_place_knows_has_no_secret_field() -> None:
    """Whoever gives a board or a feed a new field decides here whether it is told when it changes."""
    elsewhere = {
        "backend": "state", "config": "board.json", "folder": "team", "name": "board", "names": "prefix",
        "public": "access", "schedule": "rebuild", "sizing": "sizes",
    }  # fmt: skip
    of_a_feed = {**elsewhere, "feed": "board", "rates": "activities_per_second", "pipe": "activities_per_second"}
    for bundle, known in ((SHARED.boards[0], elsewhere), (SHARED.feeds[0], of_a_feed)):
        assert {field.name for field in fields(bundle)} <= describe_deployment(bundle).keys() | known.keys()


def test_facts_come_back_from_the_files_of_a_bundle() -> None:
    for example in ("every-feature", "shared-feed"):
        result = generated(GOLDEN / example)
        for bundle in result.bundles:
            inside = {path.removeprefix(f"{bundle.folder}/"): content for path, content in result.files.items()}
            assert read_facts(lambda path, files=inside: files.get(path)) == facts_of(bundle)  # type: ignore[misc]


def test_a_season_is_judged_by_the_time_that_is_given() -> None:
    kind = WindowKind("season", seasons=(Season("one", date(2026, 1, 1), date(2026, 2, 1)),))
    old, new = replace(BOARD, windows=(kind,)), replace(BOARD, windows=(replace(kind, seasons=()),))
    day = 86_400_000
    start = 1_767_225_600_000  # 2026-01-01T00:00Z
    kinds = [compare_bundle(Facts(old), Facts(new), start + each * day)[0].kind for each in (-1, 0, 30, 31)]
    assert kinds == [Kind.IN_PLACE, Kind.REFUSED, Kind.REFUSED, Kind.IN_PLACE]


def test_board_json_may_be_text_or_zipped() -> None:
    text = to_board_json(BOARD).encode()
    for files, expected in (
        ({CONFIG: text}, Facts(BOARD)),
        ({CODE: zip_files({"board.json": text})}, Facts(BOARD)),
        ({CODE: b"PK"}, None),
        ({}, None),
    ):
        assert read_facts(lambda path, files=files: files.get(path)) == expected  # type: ignore[misc]


@pytest.mark.parametrize(
    ("old", "new", "ends"),
    [
        (None, "matches", "its own table ends"),
        ("matches", "duels", "its scores stay, and what waits in its queue still counts"),
        ("matches", None, "its queue feed-dead-letters ends"),
    ],
)
def test_what_ends_where_a_board_counts_something_else(old: str | None, new: str | None, ends: str) -> None:
    before = describe_deployment(SHARED.boards[0])
    (edit,) = compare_feeding({**before, "feed": old}, {**before, "feed": new})
    assert edit.kind is Kind.REFUSED
    assert [text in edit.then for text in ("own table ends", "feed-dead-letters ends")] == [not old, not new]
    assert ends in edit.then


def test_what_becomes_of_a_feed() -> None:
    feeds = SHARED.feeds
    alone, without = replace(SHARED, boards=()), replace(SHARED, boards=(), feeds=())
    moved = replace(alone, feeds=tuple(replace(feed, owner="other@example.com") for feed in feeds))
    for old, new, change in (
        (alone, alone, None),
        (without, alone, "new"),
        (alone, without, "removed"),
        (alone, moved, "changed"),
    ):
        found = compare_projects(old, new, NOW, all_changed=False)
        assert [(each.change, each.kind) for each in found] == [(change, "feed")] * (len(feeds) if change else 0)
    assert [each.change for each in compare_projects(alone, alone, NOW, all_changed=True)] == ["changed"] * len(feeds)
