"""Every example of docs/boards.md does what it says: its YAML, its activities, its ranks."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, get_args

import pytest
import yaml

from generator.local.deploy.event_pattern import compile_pattern
from runtime.config import AggregateKind, Column, ColumnFormat, Every, Ties
from runtime.domain.identity import describe_identity
from runtime.domain.rejection import REASONS
from runtime.domain.texts.numbers import DISTANCES, DURATIONS, has_reading, write_number
from runtime.dynamodb import outbox
from tests.runtime.boards import item
from tests.runtime.world import World
from tests.support.docs_boards import EXAMPLES, FEED, TEXT, Example, instant, table
from tests.support.projects import boards_of


def fields(text: str) -> dict[str, Any]:
    """`damage: 33, mode: duel`"""
    values = yaml.safe_load(f"{{{text}}}")
    return {name: Decimal(str(value)) if isinstance(value, float) else value for name, value in values.items()}


def read_as(columns: Sequence[Column], values: dict[str, float]) -> dict[str, str]:
    """What the page says of an entry's numbers, where their columns say how people read them."""
    texts = [f"{column.title} {read(column, Decimal(f'{values[column.name]:.15g}'))}" for column in columns]
    return {"read as": ", ".join(texts)} if any(map(has_reading, columns)) else {}


def read(column: Column, value: Decimal) -> str:
    return write_number(column, int(value.scaleb(column.decimals)))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.title)
def test_ranks(example: Example) -> None:
    world = World(example.config())
    assert len(example.activities) == 5
    for number, row in enumerate(example.activities):
        at = instant(row["time"])
        made = item(row["player"], at, number, type=row["activity"], **fields(row.get("fields", "")))
        batch = world.put(made, written=at)
        assert not batch.failed
        outbox.send(world.table, world.event_bus, "arcade-example")
        counts = [name.lower() for name in ("Counted", "Ignored", "Duplicate") if batch.counts[name]]
        (became,) = [*batch.reasons, *counts]
        if world.aws.events.sent:
            ((kind, detail),) = world.aws.events.sent
            assert kind == "leaderboard.milestone_reached"
            assert detail["player_id"] == row["player"]
            became = f"reaches {detail['milestone']}"
            world.aws.events.sent.clear()
        assert became == row.get("what happens", "counted"), row
    assert example.reads
    for what, time, expected in example.reads:
        window, _, segment = what.partition("` in `")
        world.rebuild(time)
        got = [
            {"rank": str(entry["rank"]), "player": entry["player_id"]}
            | {name: f"{value:.15g}" for name, value in entry["columns"].items()}
            | {
                name: ", ".join(f"{field}: {text}" for field, text in entry[name].items())
                for name in entry.keys() & {"attached"}
            }
            | read_as(example.config().columns, entry["columns"])
            for entry in world.page(now=time, window=window, **({"segment": segment} if segment else {}))["entries"]
        ]
        assert got == expected, what


def test_boards_on_one_feed() -> None:
    boards = {board.name: board for board in boards_of(FEED.yaml())}
    worlds = {name: World(board.config) for name, board in boards.items()}
    takes = {name: compile_pattern(board.filter) for name, board in boards.items()}
    feed = boards["kills"].feed
    assert feed
    is_stray = compile_pattern(feed.strays)
    for number, row in enumerate(FEED.activities):
        at = instant(row["time"])
        made = item(row["player"], at, number, type=row["activity"], **fields(row["fields"]))
        keys, image = {"player_id": {"S": row["player"]}}, {"type": {"S": row["activity"]}}
        event = {"source": feed.names.prefix, "detail": {"dynamodb": {"Keys": keys, "NewImage": image}}}
        assert is_stray(event) == (row["activity"] == "lapp")
        for name, world in worlds.items():
            became = "-"
            if takes[name](event):
                batch = world.put(made, written=at)
                (became,) = [*batch.reasons, *(kind.lower() for kind in ("Counted", "Ignored") if batch.counts[kind])]
            assert became == row[name], (row, name)
    assert [name for name, _, _ in FEED.reads] == list(boards)
    for name, time, expected in FEED.reads:
        worlds[name].rebuild(time)
        entries = worlds[name].page(now=time, window="all_time")["entries"]
        got = [(str(each["rank"]), each["player_id"], f"{each['score']:.15g}") for each in entries]
        assert got == [tuple(row.values()) for row in expected], name


def test_numbers_are_read_as_the_table_says() -> None:
    section = TEXT[TEXT.index("### Formats and units") : TEXT.index("### A score as people read it")]
    rows = table(section)
    for row in rows:
        form: Any = row["format"]
        column = Column("score", "descending", decimals=int(row["decimals"]), format=form, unit=row["unit"])
        assert read(column, Decimal(row["number"])) == row["read as"], row
    assert {row["format"] for row in rows} == set(get_args(ColumnFormat))
    assert {row["unit"] for row in rows if row["format"] == "duration"} == set(DURATIONS)
    assert all(f"`{unit}`" in section for unit in (*DURATIONS, *DISTANCES))


def test_every_kind_of_board_has_an_example() -> None:
    boards = [example.config() for example in EXAMPLES]
    assert {board.aggregate for board in boards} == set(get_args(AggregateKind))
    assert {board.ties for board in boards} == set(get_args(Ties))
    assert {window.every for board in boards for window in board.windows} == set(get_args(Every))
    assert {board.aggregate for board in boards if len(board.columns) > 1} >= {"sum", "best"}
    own = {column.aggregate for board in boards for column in board.columns if column.aggregate != board.aggregate}
    assert own == {"count", "average", "best", "last"}
    assert any(len({column.decimals for column in board.columns}) > 1 for board in boards)
    assert any(board.milestones for board in boards)
    assert {board.aggregate for board in boards if board.attach} >= {"sum", "best"}
    assert {board.aggregate for board in boards if board.segments} >= {"sum", "best"}
    assert any(window.lasts_seconds for board in boards for window in board.windows)
    limits = [board.limits for board in boards]
    for name in vars(limits[0]):
        assert any(getattr(limit, name) is not None for limit in limits), name


def test_the_document_has_every_reason_for_a_rejection() -> None:
    section = TEXT[TEXT.index("## Rejected activities") :]
    assert tuple(row["reason"] for row in table(section[: section.index("With several windows")])) == REASONS


BASE = """
scoring: {decimals: 1, rules: [{activity: win, points: 1}]}
window: [{every: week}, {every: rolling, days: 7}]
"""


@pytest.mark.parametrize(
    ("old", "new", "may"),
    [
        ("decimals: 1", "decimals: 1, aggregate: best", False),
        ("decimals: 1", "decimals: 1, order: ascending", False),
        ("decimals: 1", "decimals: 1, rank_by: [{name: points_won}]", False),
        ("decimals: 1", "decimals: 2", False),
        ("decimals: 1", "decimals: 1, rank_by: [{name: score, aggregate: best}]", False),
        ("decimals: 1", "decimals: 1, rank_by: [{name: score, decimals: 2}]", False),
        ("decimals: 1", "decimals: 2, rank_by: [{name: score, aggregate: sum, decimals: 1}]", True),
        ("week", "week, timezone: Europe/Berlin", True),
        ("week", "week, starts: sunday", True),
        ("week", 'week, at: "04:00"', True),
        ("week", "week, lasts: 2d", True),
        ("days: 7", "days: 14", True),
        ("decimals: 1, ", "", False),
        ("points: 1", "points: 2", True),
        ("decimals: 1", "decimals: 1, limits: {points: {max: 5}}", True),
        ("decimals: 1", "decimals: 1, ties: dense", True),
        ("7}]", "7}]\nmilestones: [5]", True),
        ("decimals: 1", "decimals: 1, attach: [photo]", True),
        ("decimals: 1", "decimals: 1, title: Wins, format: duration, unit: min", True),
        ("decimals: 1", "decimals: 1, rank_by: [{name: score, title: Wins, unit: wins}]", True),
        ("week", "week, grace: 1h, keep: 2", True),
        ("{every: week}", "{every: week}, {every: day}", True),
    ],
)
def test_what_can_change(old: str, new: str, may: bool) -> None:
    """A board with data refuses exactly the changes that the last section lists."""
    changed = BASE.replace(old, new)
    if "points_won" in new:
        changed = changed.replace("points: 1", "points_won: 1")
    before, after = (describe_identity(Example("", text, [], []).config()) for text in (BASE, changed))
    assert changed != BASE
    assert all(after.get(name) == meaning for name, meaning in before.items()) == may


def test_a_season_may_be_added() -> None:
    section = TEXT[TEXT.index("### Season") :]
    block = section[section.index("scoring:") : section.index("```\n\n|")]
    more = block + "    - {name: summer-2026, starts: 2026-06-01, ends: 2026-09-01}\n"
    before, after = (describe_identity(Example("", text, [], []).config()) for text in (block, more))
    assert before == after
