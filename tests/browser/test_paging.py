"""Paging to every rank: step by step, by jumps, with ties, and always within one snapshot."""

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.board_server import Ranking, entry, fresh_api, ranking
from tests.browser.open_page import Open, OpenPage


def tied_ranking(ties: str, players: int = 400, of_a_kind: int = 7) -> Ranking:
    """A ranking in which `of_a_kind` players always share a score."""
    entries: Ranking = []
    for n in range(players):
        group = n // of_a_kind
        rank = {"first": n, "shared": group * of_a_kind, "dense": group}[ties] + 1
        entries.append(entry(rank, f"p{n + 1}", 1000 - group, f"Player {n + 1}"))
    return entries


def jump(opened: OpenPage, rank: str) -> None:
    """Enter a rank in the field "Go to rank"."""
    field = opened.page.get_by_label("Go to rank")
    field.fill(rank)
    field.press("Enter")


def shown_ranks(opened: OpenPage) -> list[int]:
    """The rank of every row."""
    return [int(row[0]) for row in opened.rows()]


@pytest.mark.parametrize("ties", ["shared", "dense"])
def test_tied_ranks_are_shown_as_the_api_gives_them(open_page: Open, ties: str) -> None:
    opened = open_page(fresh_api(windows={"week": tied_ranking(ties), "all_time": []}))
    opened.wait_for_state("live")
    assert shown_ranks(opened) == [each["rank"] for each in tied_ranking(ties)[:50]]
    # A podium has three places: where more share the first ranks, each of them has a medal in the table.
    expect(opened.page.locator("#podium")).to_be_hidden()
    medals = "cells => cells.filter(c => getComputedStyle(c).borderRadius === '50%').length"
    winners = [each for each in tied_ranking(ties) if each["rank"] <= 3]
    assert opened.page.locator(".entry .place").evaluate_all(medals) == len(winners)


@pytest.mark.parametrize("ties", ["first", "shared", "dense"])
def test_a_jump_leads_to_any_rank(open_page: Open, ties: str) -> None:
    entries = tied_ranking(ties)
    opened = open_page(fresh_api(windows={"week": entries, "all_time": []}), refresh_seconds=60)
    opened.wait_for_state("live")
    best = {each["rank"] for each in entries}
    for rank in (1, 51, 58, 30, 400, 137):
        jump(opened, str(rank))
        found = min((each for each in best if each >= rank), default=max(best))
        row = opened.page.locator(f".entry[data-rank='{found}']").first
        expect(row).to_be_in_viewport()
    assert set(opened.api.statuses()) <= {200, 304}
    assert len(opened.api.statuses()) < 60


def test_a_jump_beyond_the_last_rank_leads_to_the_last_page(open_page: Open) -> None:
    opened = open_page()
    opened.wait_for_state("live")
    jump(opened, "999999999")
    expect(opened.page.locator("#range")).to_have_text("101–120 of 120")
    before = len(opened.api.requests)
    for wrong in ("", "0", "-3"):
        jump(opened, wrong)
        assert opened.page.locator("#rank").evaluate("e => e.validity.valid") is False
    assert opened.page.url.endswith("#offset=100")
    assert not any("offset=0" in path or "limit=1&" in path for path in opened.api.requests[before:])


def test_a_jump_while_the_api_is_down_says_so_and_stays_on_the_page(open_page: Open) -> None:
    opened = open_page()
    opened.wait_for_state("live")
    opened.api.down = True
    jump(opened, "77")
    opened.wait_for_state("down")
    assert shown_ranks(opened)[0] == 1


def test_a_small_board_has_nowhere_to_jump(open_page: Open) -> None:
    opened = open_page(fresh_api(50))
    opened.wait_for_state("live")
    expect(opened.page.locator("#jump")).to_be_hidden()
    expect(opened.page.locator("#pager")).to_be_hidden()


def reversed_ranking(players: int) -> list[dict[str, Any]]:
    """The players of `ranking`, the last one first."""
    return [entry(n, f"p{players + 1 - n}", 2000 - n, f"Player {players + 1 - n}") for n in range(1, players + 1)]


def test_turning_pages_stays_in_one_snapshot(open_page: Open) -> None:
    opened = open_page(refresh_seconds=60)
    opened.wait_for_state("live")
    pages = [[row[1] for row in opened.rows()]]
    opened.api.rebuild(week=reversed_ranking(120))  # everybody has another rank
    for text in ("51–100 of 120", "101–120 of 120"):
        opened.page.get_by_role("button", name="Next").click()
        expect(opened.page.locator("#range")).to_have_text(text)
        pages.append([row[1] for row in opened.rows()])
    assert [name for page in pages for name in page] == [each["name"] for each in ranking(120)]
    assert all(set(one).isdisjoint(other) for one, other in pairwise(pages))
    # When the page asks for new data, it shows the newest snapshot.
    opened.page.evaluate("dispatchEvent(new Event('online'))")
    expect(opened.page.locator(".entry .name").first).to_have_text("Player 20")


def test_a_snapshot_that_is_gone_is_replaced_by_the_newest(open_page: Open) -> None:
    opened = open_page(refresh_seconds=60)
    opened.wait_for_state("live")
    opened.api.rebuild(week=reversed_ranking(120))
    opened.api.replaced.clear()
    opened.page.get_by_role("button", name="Next").click()
    expect(opened.page.locator("#range")).to_have_text("51–100 of 120")
    expect(opened.page.locator(".entry .name").first).to_have_text("Player 70")
    assert opened.api.statuses()[-2:] == [410, 200]
    opened.wait_for_state("live")
