"""Answers that come in another order than they were asked for, and what else happens while one is under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.board_server import ScriptedApi, ScriptedWindow, fresh_api, ranking
from tests.browser.held_answers import hold_answers, release_all, release_answer, wait_for_held
from tests.browser.open_page import Open
from tests.browser.page_clock import stop_clock

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
CALM = "Math.random = () => 0.5"
"""Every random wait of the page is as long as another."""


@dataclass
class StandingApi(ScriptedApi):
    """An API whose clock stands, as that of a page does."""

    def now(self) -> datetime:
        """The time on the server's clock."""
        return NOW


def holding(part: str, *more: Callable[[Page], object]) -> Callable[[Page], None]:
    """What prepares a page that is to hold answers."""

    def prepare(page: Page) -> None:
        for each in more:
            each(page)
        hold_answers(page, part)

    return prepare


def test_the_values_of_a_window_that_the_reader_has_left_come_too_late(open_page: Open) -> None:
    api = fresh_api(countries={f"p{n}": "BR" for n in range(1, 31)})
    opened = open_page(api, segments=["country"], prepare=holding("v1/segments?window=2026-W47"))
    wait_for_held(opened.page, 1)
    opened.choose("All time")
    value = opened.page.locator("#segment option").nth(1)
    expect(value).to_have_text("BR (3)")
    release_answer(opened.page, 0)
    assert value.inner_text() == "BR (3)"


def test_an_older_list_of_windows_comes_too_late(open_page: Open) -> None:
    past = [ScriptedWindow(f"2026-W4{week}", "week", ranking(3), NOW) for week in (6, 5)]
    opened = open_page(fresh_api(archives=past[1:]), prepare=holding("v1/windows"))
    wait_for_held(opened.page, 1)
    opened.api.archives = past
    wait_for_held(opened.page, 2)
    release_answer(opened.page, 1)
    options = opened.page.locator("#window option")
    assert options.count() == 4
    release_answer(opened.page, 0)
    assert options.count() == 4


@pytest.mark.parametrize("happens", ["another refresh is due", "there is a network again"])
def test_a_jump_comes_to_its_end_whatever_happens_meanwhile(open_page: Open, happens: str) -> None:
    opened = open_page(fresh_api(400), prepare=holding("&limit=1&", stop_clock), refresh_seconds=1)
    opened.wait_for_state("live")
    field = opened.page.get_by_label("Go to rank")
    field.fill("237")
    field.press("Enter")
    wait_for_held(opened.page, 1)
    if happens == "another refresh is due":
        opened.page.clock.run_for(3000)
    else:
        opened.page.evaluate("dispatchEvent(new Event('online'))")
    release_all(opened.page)
    expect(opened.page.locator(".entry[data-rank='237']")).to_be_in_viewport()
    # And the page goes on asking.
    opened.api.rebuild(week=ranking(399))
    opened.page.clock.run_for(3000)
    expect(opened.page.locator("#range")).to_have_text("201–250 of 399")


def test_a_window_ends_while_an_answer_is_under_way_and_the_next_is_asked_for_soon(open_page: Open) -> None:
    api = StandingApi({"week": ranking(5), "all_time": []}, NOW, NOW + timedelta(seconds=9.5))

    def prepare(page: Page) -> None:
        stop_clock(page, NOW)
        page.add_init_script(CALM)

    opened = open_page(api, refresh_seconds=7200, prepare=holding("v1/nothing", prepare))
    opened.wait_for_state("live")
    opened.page.evaluate("window.holds = 'v1/leaderboard'; dispatchEvent(new Event('online'))")
    wait_for_held(opened.page, 1)
    opened.page.clock.run_for(11_000)
    release_answer(opened.page, 0)
    opened.page.evaluate("window.holds = 'v1/nothing'")
    api.resets = NOW + timedelta(days=7, minutes=90)
    api.windows = {"week": [], "all_time": []}
    opened.page.clock.run_for(5000)
    expect(opened.page.locator("#countdown")).to_contain_text("7d")


def test_two_pages_of_a_board_store_the_ranks_that_both_have_seen(open_page: Open) -> None:
    opened = open_page(fresh_api(6))
    opened.wait_for_state("live")
    other = opened.page.context.new_page()
    other.goto(opened.url + "#window=all_time")
    expect(other.locator(".entry")).to_have_count(3)
    other.goto("about:blank")  # which hides the page
    opened.page.goto("about:blank")
    opened.page.goto(opened.url)
    stored = opened.page.evaluate("JSON.parse(localStorage.getItem('leaderboards.ranks./some/path/'))")
    assert [(window, len(ranks)) for window, ranks in stored] == [("all-time", 3), ("2026-W47", 6)]
