"""The scripted API answers as the real one does: the same keys, the same types, the same problems."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from runtime.config import Segment
from runtime.queries import ProblemError
from tests.browser import board_server
from tests.browser.board_server import ScriptedApi, ScriptedProblem, ScriptedWindow, ranking
from tests.browser.instants import rfc3339
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World

WEEK = 7 * 86_400_000


def shape(value: Any) -> Any:
    """The shape of a JSON value: types in place of values, and for a list the different shapes of its items."""
    if isinstance(value, dict):
        return {key: shape(each) for key, each in value.items()}
    if isinstance(value, list):
        return sorted({repr(shape(each)) for each in value})
    return "number" if isinstance(value, int | float) and not isinstance(value, bool) else type(value).__name__


@pytest.fixture
def scripted() -> ScriptedApi:
    """A scripted board with three players and a past week."""
    now = datetime.now(UTC)
    past = ScriptedWindow("2026-W46", "week", ranking(2), now - timedelta(days=1))
    coming = ScriptedWindow("2026-W48", "week", [], now + timedelta(days=8))
    windows = {"week": ranking(3), "all_time": ranking(3)}
    return ScriptedApi(windows, now, now + timedelta(days=1), [past], upcoming=[coming])


@pytest.fixture
def real() -> World:
    """The same board on the real code, with everything in memory."""
    world = World()
    world.play("p1", "p2", "p3", at=NOW - WEEK)
    world.rebuild(NOW - WEEK)
    world.play("p1", "p1", "p2", "p2", "p3")
    world.rebuild()
    return world


def test_answers_have_the_same_shape(scripted: ScriptedApi, real: World) -> None:
    page = {"window": "week", "offset": "0", "limit": "2"}
    around = {"window": "week", "span": "1"}
    nameless = {"name": None}
    for window in scripted.windows.values():
        window[:] = [each | nameless for each in window]
    assert shape(scripted.answer("v1/leaderboard", page)) == shape(real.api.leaderboard(page, NOW).body)
    assert shape(scripted.answer("v1/players/p2/neighbours", around)) == shape(
        real.api.neighbours("p2", around, NOW).body
    )
    assert shape(scripted.answer("v1/windows", {})) == shape(real.api.windows(NOW).body)
    query = {"window": "week"}
    assert shape(scripted.answer("v1/players/p2", query)) == shape(real.api.player("p2", query, NOW).body)
    scripted.pending["p2"] = {"score": 9, "columns": {"score": 9}}
    real.play("p2")
    assert shape(scripted.answer("v1/players/p2", query)) == shape(real.api.player("p2", query, NOW).body)


def test_answers_to_a_name_have_the_same_shape(scripted: ScriptedApi) -> None:
    real = World(board(decimals=0, search_names=True))
    named = [item(f"p{number}", NOW, number, name=f"Player {number}") for number in (1, 2, 3)]
    real.put(*named)
    real.rebuild()
    for name in ("player", "PLAYER 2", "nobody"):
        query = {"window": "week", "name": name}
        found, given = scripted.answer("v1/players", query), real.api.friends(query, NOW).body
        assert shape(found) == shape(given)
        assert found
        assert [each["name"] for each in found["entries"]] == [each["name"] for each in given["entries"]]


def test_answers_about_a_segment_have_the_same_shape(scripted: ScriptedApi) -> None:
    real = World(board(decimals=0, segments=(Segment("country", "country", "Country"),)))
    countries = {"p1": "BR", "p2": "BR"}
    real.put(*(item(f"p{n}", NOW, n, name=f"Player {n}", country=countries.get(f"p{n}")) for n in (1, 2, 3)))
    real.rebuild()
    scripted.countries = countries
    query = {"window": "week"}
    assert shape(scripted.answer("v1/segments", query)) == shape(real.api.segments(query, NOW).body)
    narrow = {**query, "segment": "country:BR"}
    for asked in (query, narrow):
        paged = {**asked, "offset": "0", "limit": "5", "player": "p2"}
        assert shape(scripted.answer("v1/leaderboard", paged)) == shape(real.api.leaderboard(paged, NOW).body)
        assert shape(scripted.answer("v1/players/p2", asked)) == shape(real.api.player("p2", asked, NOW).body)
    other = {**narrow, "offset": "0", "limit": "5", "player": "p3"}
    assert shape(scripted.answer("v1/leaderboard", other)) == shape(real.api.leaderboard(other, NOW).body)
    nobody = {**other, "segment": "country:XX"}
    with pytest.raises(ScriptedProblem) as ours:
        scripted.answer("v1/leaderboard", nobody)
    with pytest.raises(ProblemError) as theirs:
        real.api.leaderboard(nobody, NOW)
    assert (ours.value.status, str(ours.value)[:30]) == (theirs.value.status, str(theirs.value)[:30])


def test_an_answer_is_of_one_snapshot_though_another_comes_meanwhile(
    scripted: ScriptedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = rfc3339(scripted.as_of)

    def move(moment: datetime | None) -> str | None:
        scripted.as_of = datetime.now(UTC) + timedelta(minutes=1)
        return rfc3339(moment)

    monkeypatch.setattr(board_server, "rfc3339", move)
    answer = scripted.answer("v1/leaderboard", {"window": "week", "offset": "0", "limit": "50"})
    assert answer is not None
    assert (answer["as_of"], len(answer["entries"])) == (before, 3)


@pytest.mark.parametrize(
    ("path", "query", "status"),
    [
        ("leaderboard", {"window": "2020-W01", "offset": "0", "limit": "50"}, 404),
        ("leaderboard", {"window": "Week", "offset": "0", "limit": "50"}, 400),
        ("leaderboard", {"window": "week", "offset": "1000000001", "limit": "50"}, 400),
        ("leaderboard", {"window": "week", "offset": "0", "limit": "5", "as_of": "2020-01-01T00:00:00.000Z"}, 410),
        ("player", {"window": "week"}, 404),
        ("neighbours", {"window": "week", "span": "5"}, 404),
    ],
)
def test_problems_have_the_same_status(
    scripted: ScriptedApi, real: World, path: str, query: dict[str, str], status: int
) -> None:
    address = {"player": "v1/players/nobody", "neighbours": "v1/players/nobody/neighbours"}.get(path, f"v1/{path}")
    with pytest.raises(ScriptedProblem) as ours:
        scripted.answer(address, query)
    who = () if path == "leaderboard" else ("nobody",)
    with pytest.raises(ProblemError) as theirs:
        getattr(real.api, path)(*who, query, NOW)
    assert ours.value.status == theirs.value.status == status
