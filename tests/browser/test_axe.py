"""Nothing that axe-core knows keeps people out of the page, in any state, in both themes, on a phone and on a desk.

`make setup` brings axe-core, at the version of .requirements/axe.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.browser.axe import look
from tests.browser.board_server import ScriptedApi, ScriptedWindow, entry, fresh_api, ranking
from tests.browser.open_page import Open, OpenPage

EIGHT = [{"name": f"column_{n}", "title": f"Column {n}", "order": "descending", "decimals": 0} for n in range(8)]
SHOWN = "#rows tr, #podium li"
PAST = "2026-W40"
"""A window of the past."""


def many(players: int = 24) -> ScriptedApi:
    """A board with names in many scripts, one window of the past, and a player whose score is about to change."""
    week = ranking(players)
    for place, name in enumerate(("نور الهدى", "דניאל", "Κασσάνδρα", None, "x" * 64)):
        week[place] = {**week[place], "name": name}
    past = ScriptedWindow(PAST, "week", ranking(9), datetime.now(UTC) - timedelta(days=40))
    pending = {"p20": {"score": 5000, "columns": {"score": 5000}}}
    return fresh_api(windows={"week": week, "all_time": week}, archives=[past], pending=pending)


def wide() -> ScriptedApi:
    """A board with eight columns."""
    more = {f"column_{n}": 123_456 for n in range(1, 8)}
    week = [entry(n, f"p{n}", 1_000_000 - n, f"Player {n}", **more) for n in range(1, 9)]
    return fresh_api(windows={"week": week, "all_time": []})


def broken() -> ScriptedApi:
    """A board that has never answered."""
    return fresh_api(down=True, reason="the board's rules were changed, and its data was made with the old ones")


def wait_for(selector: str) -> Callable[[OpenPage], object]:
    """Wait until something is on the page."""
    return lambda opened: opened.page.locator(selector).first.wait_for()


def go_down(opened: OpenPage) -> None:
    """Let the API fail after it has answered."""
    opened.wait_for_state("live")
    opened.api.down = True
    opened.wait_for_state("down")


def split() -> ScriptedApi:
    """A board of which half the players have a country."""
    return fresh_api(30, countries={f"p{n}": "BR" for n in range(1, 16)})


def search_names(opened: OpenPage) -> None:
    """Search for a name that several players have."""
    opened.wait_for_state("live")
    opened.page.locator("#player").fill("Player")
    opened.page.locator("#player").press("Enter")
    opened.page.locator("#matches button").first.wait_for()


STATES: dict[str, tuple[Callable[[], ScriptedApi], str, Callable[[OpenPage], object], dict[str, Any]]] = {
    "loading": (lambda: fresh_api(delay=60.0), "", wait_for("#state[data-state=loading]"), {}),
    "empty": (lambda: fresh_api(windows={"week": [], "all_time": []}), "", wait_for("#empty:visible"), {}),
    "full": (many, "#offset=0", wait_for(SHOWN), {}),
    "podium": (lambda: fresh_api(3), "", wait_for("#podium li"), {}),
    "archive": (many, f"#window={PAST}", wait_for(SHOWN), {}),
    "pinned": (many, "#offset=0&player=p20", wait_for("#found-pending:not(:empty)"), {}),
    "around": (many, "#player=p20", wait_for(".entry.followed"), {}),
    "missing": (many, "#player=nobody", wait_for("#search-message:not(:empty)"), {}),
    "stale": (lambda: fresh_api(as_of=datetime.now(UTC) - timedelta(hours=1)), "", wait_for("[data-state=stale]"), {}),
    "broken": (broken, "", wait_for("#empty:visible"), {}),
    "down": (many, "", go_down, {}),
    "wide": (wide, "", wait_for(SHOWN), {"columns": EIGHT}),
    "tv": (many, "#tv", wait_for(SHOWN), {}),
    "embed": (many, "#embed", wait_for(SHOWN), {}),
    "segment": (
        split,
        "#segment=country:BR&player=p4",
        wait_for("#found-segments:not(:empty)"),
        {"segments": ["country"]},
    ),
    "matches": (many, "", search_names, {"search": "name or id"}),
}


@pytest.mark.parametrize("name", STATES)
def test_axe_finds_nothing(open_page: Open, axe: str, name: str) -> None:
    make_api, at, wait, settings = STATES[name]
    # axe comes from outside, which the page's policy forbids.
    opened = open_page(make_api(), at, context={"bypass_csp": True, "reduced_motion": "reduce"}, **settings)
    wait(opened)
    assert look(opened.page, axe) == []


def test_axe_would_find_something(open_page: Open, axe: str) -> None:
    opened = open_page(many(), context={"bypass_csp": True})
    opened.page.locator(SHOWN).first.wait_for()
    opened.page.evaluate("document.getElementById('window').removeAttribute('aria-label')")
    opened.page.add_style_tag(content="#state { color: #999 !important; background: #aaa }")
    found = " ".join(look(opened.page, axe))
    assert "select-name" in found
    assert "color-contrast" in found
