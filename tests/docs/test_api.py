"""docs/api.md: every answer is the one that the API gives, and every number is the code's.

tests/end_to_end/test_api_page.py sends the same requests to a board that runs, tests/clients runs its script.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from runtime import api, queries
from runtime.domain.instants import MINUTE
from runtime.queries import PARAMETERS
from runtime.s3.lifetimes import PINNED_SECONDS
from tests.runtime.boards import NOW
from tests.support.docs_api import PAGE, SNAPSHOT, answer, ask, exchanges, write
from tests.support.markdown import fenced, prose
from tests.support.projects import board_yaml, boards_of, project_yaml

TEXT = PAGE.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def _board(monkeypatch: pytest.MonkeyPatch) -> None:
    answer(monkeypatch)


@pytest.mark.parametrize(("address", "shown"), exchanges(), ids=lambda each: each.split("\n")[0])
def test_an_answer_is_as_shown(address: str, shown: str) -> None:
    assert write(json.loads(ask(address)["body"])) == shown


def test_the_notice_is_as_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    world = answer(monkeypatch)
    columns = tuple(replace(column, name="kills") for column in world.config.columns)
    monkeypatch.setattr(api, "_api", lambda: replace(world.api, board=replace(world.config, columns=columns)))
    (shown,) = [block for block in fenced(PAGE, "json") if "notice" in block]
    answered = json.loads(ask("/v1/leaderboard")["body"])
    assert write({name: answered[name] for name in json.loads(shown)}) == shown


def test_every_path_is_shown() -> None:
    shown = {re.sub(r"/players/[^/]+", "/players/{player_id}", address.partition("?")[0]) for address, _ in exchanges()}
    assert shown == set(PARAMETERS)


def test_the_headers() -> None:
    address, _ = exchanges()[0]
    (shown,) = [block for block in fenced(PAGE, "") if "ETag" in block]
    answered = ask(address)
    assert {line: answered["headers"][line.split(":")[0]] for line in shown.splitlines()} == {
        line: line.partition(": ")[2] for line in shown.splitlines()
    }
    again = ask(address, {"if-none-match": answered["headers"]["ETag"]})
    assert (again["statusCode"], again.get("body") or "") == (304, "")
    assert again["headers"]["As-Of"] == answered["headers"]["As-Of"]


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/v1/leaderboard?limit=0", 400),
        ("/v1/players/a%20b", 400),
        ("/v1/players/nobody", 404),
        ("/v1/leaderboard?window=2020-W01", 404),
        ("/v1/nothing", 404),
        (f"/v1/leaderboard?as_of={'2026-01-01T00:00:00Z'}", 410),
    ],
)
def test_a_status_has_its_row(address: str, status: int) -> None:
    answered = ask(address)
    assert answered["statusCode"] == status
    assert answered["headers"]["Content-Type"] == "application/problem+json"
    assert re.search(rf"^\| [\d, ]*{status}[\d, ]* \|", TEXT, re.M)


@pytest.mark.parametrize("window", re.findall(r"`([^`]+)`", TEXT[TEXT.index("| left out") :].split("\n\n")[0]))
def test_a_window_of_the_table_can_be_asked_for(window: str) -> None:
    """This board has weeks and all time: the others are well written, and not there."""
    if window not in ("keep", "id", "/v1/windows"):
        assert ask(f"/v1/leaderboard?window={window}")["statusCode"] in (200, 404)


def test_a_player_whose_id_is_encoded() -> None:
    assert "`/v1/players/steam%3A42%40eu`" in TEXT
    assert json.loads(ask("/v1/players/steam%3A42%40eu")["body"])["entry"]["player_id"] == "steam:42@eu"
    twice = ask("/v1/players/steam%253A42%2540eu")
    assert twice["statusCode"] == 400
    assert "encoded twice" in json.loads(twice["body"])["detail"]
    assert "encoded twice" not in json.loads(ask("/v1/players/100%zz")["body"])["detail"]


@pytest.mark.parametrize("row", re.findall(r"^\| `(rate\(.*\))` \| (\d+) s \| ([\d,]+) s \|$", TEXT, re.M))
def test_how_old_an_answer_may_be(row: tuple[str, str, str]) -> None:
    schedule, max_age, oldest = row
    (board,) = boards_of(project_yaml(board_yaml(rebuild=schedule)))
    assert board.config.max_age_seconds == int(max_age)
    gap = {"1 minute": 60, "5 minutes": 300, "1 hour": 3600}[schedule[5:-1]]
    assert int(oldest.replace(",", "")) == gap + int(max_age)


def test_its_numbers() -> None:
    words = " ".join(prose(PAGE).split())
    assert f"`limit` entries (1 to {queries.MAX_LIMIT}, 50 if left out)" in words
    assert f"`span` entries on each side (1 to {queries.MAX_SPAN}, 5 if left out)" in words
    assert f"Up to {queries.MAX_FRIENDS} ids" in words
    assert f"pinned for {PINNED_SECONDS * 1000 // MINUTE} minutes" in words
    assert SNAPSHOT < NOW
    assert ask("/v1/players/nobody")["headers"]["Cache-Control"] == "public, max-age=1"
    assert ask("/v1/health")["headers"]["Cache-Control"] == "no-store"


def test_cors_origins_are_written_so() -> None:
    (shown,) = fenced(PAGE, "yaml")
    (board,) = boards_of(project_yaml(board_yaml(api=shown.strip().removeprefix("api: "))))
    assert board.cors_origins == ("https://game.example.com",)
