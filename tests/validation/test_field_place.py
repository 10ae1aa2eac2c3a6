"""A place in a file and its field: what stands there, what the model says of it, and whether rules may look at it."""

from __future__ import annotations

from decimal import Decimal

import pytest
from pydantic import BaseModel

from generator.source.tree import read_tree
from generator.spec.board import BoardSpec
from generator.spec.project import Project
from generator.validation.field_place import FieldPlace, FieldTree, Steps
from generator.validation.model_check import check_model

BOARD = """
name: runs
team: nebula
titel: Runs
scoring:
  rank_by: [{name: score}, {name: time_ms, order: ascending}]
  rules: [{activity: run, score: 1.5, time_ms: {field: ms}, poins: 2}]
window: {every: week, at: "04:00", days: 3}
top: many
"""


def top_of(text: str, model: type[BaseModel] = BoardSpec, wrong: frozenset[Steps] = frozenset()) -> FieldPlace:
    root = read_tree("a.yaml", text.encode()).root
    assert root
    return FieldTree(model, root, wrong).top


def test_what_stands_there() -> None:
    board = top_of(BOARD)
    rule = board["scoring"]["rules"][0]
    assert rule["score"].number == Decimal("1.5")
    assert (rule["score"].text, rule["score"].whole) == (None, None)
    assert board["name"].text == "runs"
    assert (board["scoring"].value, board["traffic"].value) == (None, None)
    assert [place.path for place in board["scoring"]["rank_by"].items()] == ["scoring.rank_by[0]", "scoring.rank_by[1]"]


def test_one_mapping_counts_as_the_only_item_of_its_list() -> None:
    [window] = top_of(BOARD)["window"].items()
    assert window.path == "window"
    assert window["every"].text == "week"
    assert window["at"].path == "window.at"


def test_nothing_stands_there() -> None:
    peak = top_of(BOARD)["traffic"]["activities_per_second"]["peak"]
    assert (peak.exists, peak.value, peak.sound, peak.effective) == (False, None, True, 50)
    assert peak.path == "traffic.activities_per_second.peak"
    assert (
        peak.diagnostic("code", "is missing").headline == "a.yaml:2:1: traffic.activities_per_second.peak: is missing."
    )
    assert top_of(BOARD)["traffic"].items() == []


@pytest.mark.parametrize(
    ("steps", "sound"),
    [
        ((), False),
        (("scoring",), False),
        (("scoring", "rules"), False),
        (("scoring", "rules", 0, "score"), False),
        (("scoring", "rank_by"), True),
        (("scoring", "ties"), True),
        (("name",), True),
    ],
)
def test_sound_is_neither_wrong_itself_nor_above_nor_below(steps: Steps, sound: bool) -> None:
    place = top_of(BOARD, wrong=frozenset({("scoring", "rules", 0)}))
    for step in steps:
        place = place[step]
    assert place.sound == sound
    assert sound or place.value is None


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (("top",), "top"),
        (("window", 0, "week", "at"), "window.at"),
        (("scoring", "rules", 0, "columns", "time_ms", "field", "field"), "scoring.rules[0].time_ms.field"),
        (("scoring", "rules", 0, "columns", "score", "constant"), "scoring.rules[0].score"),
        (("scoring", "rules", 0, "when", "mode", "[key]"), "scoring.rules[0].when.mode"),
    ],
)
def test_where_pydantic_means(location: Steps, path: str) -> None:
    assert top_of(BOARD).tree.at(location).path == path


def test_what_the_model_says() -> None:
    board = top_of(BOARD)
    rule, window = board["scoring"]["rules"][0], board["window"][0]
    assert window.kind == "week"
    assert window.keys == ("every", "starts", "at", "lasts", "timezone", "keep", "grace")
    assert rule.keys == ("activity", "points", "per", "when", "score", "time_ms")
    assert (rule["score"].kind, rule["time_ms"].kind) == ("constant", "field")
    assert rule["time_ms"].keys == ("field",)
    assert board["scoring"]["ties"].effective == "first"
    assert board["nothing"]["like"]["this"].type.annotation is None


def test_the_key_that_was_meant() -> None:
    board = top_of(BOARD)
    assert board["titel"].meant_key == "title"
    assert board["scoring"]["rules"][0]["poins"].meant_key == "points"
    assert board["window"][0]["days"].meant_key is None
    assert board["points"].meant_key is None
    assert top_of("evry: week").tree.at(("window", 0)).keys == ("every",)
    assert top_of("tems: {}", Project)["tems"].meant_key == "teams"
    assert top_of("title: x", Project)["title"].meant_key is None


def test_a_type_is_the_same_in_every_tree() -> None:
    one, other = top_of(BOARD)["scoring"]["rules"], top_of("name: x")["scoring"]["rules"]
    assert one.declared is other.declared
    assert one[0]["points"].declared is other[5]["points"].declared


def test_a_misspelt_kind_leaves_the_rest_of_its_window_to_be_checked() -> None:
    root = read_tree("a.yaml", BOARD.replace("every", "evry").encode()).root
    assert root
    check = check_model(BoardSpec, root)
    said = {each.path: each.message for each in check.diagnostics}
    assert said["window.evry"] == "unknown key"
    assert said["window.days"] == "unknown key"
    assert check.tree.top["window"][0]["every"].text == "week"
    assert check.is_wrong("top")
