"""Boards that rank by several columns."""

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.axe import NEXT_FRAMES
from tests.browser.board_server import Ranking, entry, fresh_api
from tests.browser.open_page import Open, OpenPage
from tests.browser.pages import column

COLUMNS: list[dict[str, Any]] = [
    column("score"),
    column("time_ms", "ascending"),
    column("deaths", "ascending"),
]


def runs(columns: list[dict[str, Any]], value: float = 123_456) -> Ranking:
    """A ranking in which every column has numbers as large as `value`."""
    rest = [column["name"] for column in columns[1:]]
    return [
        entry(n, f"player-{n:05}", value - n, f"Somebody {n}", **dict.fromkeys(rest, value - n)) for n in range(1, 30)
    ]


def open_columns(open_page: Open, count: int, width: int, value: float = 123_456) -> OpenPage:
    """Open a board with that many columns, in a window of that width, with one player found."""
    columns = [*COLUMNS, *(column(f"bonus_{n}") for n in range(4, count + 1))][:count]
    opened = open_page(
        fresh_api(windows={"week": runs(columns, value), "all_time": []}),
        at="#player=player-00004",
        context={"viewport": {"width": width, "height": 844}},
        columns=columns,
    )
    opened.wait_for_state("live")
    expect(opened.page.locator("#found")).to_be_visible()
    return opened


def test_every_column_of_the_board_is_shown(open_page: Open) -> None:
    opened = open_columns(open_page, 3, 1280)
    headings = opened.page.locator("thead th").all_inner_texts()
    assert headings == ["Rank", "Player", "Score", "Time ms", "Deaths"]
    first = opened.page.locator(".entry").first.locator(".score")
    assert first.all_inner_texts() == ["123,455", "123,455", "123,455"]
    expect(opened.page.locator("#found-score")).to_have_text("Score 123,452 · Time ms 123,452 · Deaths 123,452")
    opened.api.pending["player-00004"] = {"score": 5, "columns": {"score": 5, "time_ms": 6, "deaths": 7}}
    pending = "Score 5 · Time ms 6 · Deaths 7 now, counted at the next update"
    expect(opened.page.locator("#found-pending")).to_have_text(pending)


def test_the_first_column_stands_out(open_page: Open) -> None:
    opened = open_columns(open_page, 3, 1280)
    looks: list[list[Any]] = opened.page.locator(".entry:nth-child(5) .score").evaluate_all(
        "cells => cells.map(c => getComputedStyle(c)).map(s => [Number(s.fontWeight), s.color])"
    )
    assert looks[0][0] > looks[1][0] == looks[2][0]
    assert looks[0][1] != looks[1][1] == looks[2][1]


@pytest.mark.parametrize("width", [360, 390, 1440])
@pytest.mark.parametrize("count", [2, 3])
def test_up_to_three_columns_fit_a_phone(open_page: Open, width: int, count: int) -> None:
    opened = open_columns(open_page, count, width)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    assert opened.page.locator("#frame").evaluate("e => e.scrollWidth - e.clientWidth") == 0
    overflows = "cells => cells.filter(c => c.scrollWidth > c.clientWidth + 1).length"
    assert opened.page.locator(".score").evaluate_all(overflows) == 0
    # No heading breaks within a word.
    lines = opened.page.locator("thead .score").evaluate_all(
        "cells => cells.map(c => { const r = new Range(); r.selectNodeContents(c); return r.getClientRects().length; })"
    )
    assert lines[0] == lines[-1] == 1 or count == 2
    assert opened.page.locator(".entry .name").nth(4).evaluate("e => e.getBoundingClientRect().width") >= 60


@pytest.mark.parametrize(("count", "value"), [(6, 123_456), (3, 999_999_999_999_999)])
def test_more_columns_scroll_inside_the_table(open_page: Open, count: int, value: float) -> None:
    opened = open_columns(open_page, count, 390, value)
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
    frame = opened.page.locator("#frame")
    assert frame.evaluate("e => e.scrollWidth - e.clientWidth") > 0
    frame.focus()
    opened.page.keyboard.press("End")
    frame.evaluate("e => e.scrollTo(10000, 0)")
    # Almost whole: a scroll position is rounded to pixels, the width of a column is not.
    expect(opened.page.locator(".entry").nth(4).locator(".score").last).to_be_in_viewport(ratio=0.99)
    # The name of the player stays visible.
    expect(opened.page.locator(".entry").nth(4).locator(".name")).to_be_in_viewport(ratio=0.9)


def test_columns_can_be_read_with_a_long_name_and_as_decimals(open_page: Open) -> None:
    columns = [
        column("total_distance_in_kilometres_ab", decimals=2),
        column("m" * 32, "ascending", decimals=3),
    ]
    entries = [entry(1, "p", 1.5, None) | {"columns": {columns[0]["name"]: 1.5, "m" * 32: 2.25}}]
    opened = open_page(
        fresh_api(windows={"week": entries, "all_time": []}),
        context={"viewport": {"width": 390, "height": 844}}, columns=columns,
    )  # fmt: skip
    opened.wait_for_state("live")
    assert opened.page.locator(".entry .score").all_inner_texts() == ["1.50", "2.250"]
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= 390
    boxes = "cells => cells.filter(c => c.scrollWidth > c.clientWidth + 1).length"
    assert opened.page.locator("thead .score").evaluate_all(boxes) == 0


def test_numbers_are_written_as_people_read_them(open_page: Open) -> None:
    """In headings, on the podium, in the table, in the card of the player who was found, and on the way up."""
    columns = [
        column("time_ms", "ascending", title="Time", format="duration", unit="ms"),
        column("biggest", decimals=2, title="Biggest fish", unit="kg"),
        column("place", "ascending", title="Best place", format="ordinal"),
    ]
    entries = [
        entry(n, f"p{n}", 92_416 + n, f"Player {n}", time_ms=92_416 + n, biggest=100.4 - n, place=n)
        for n in range(1, 9)
    ]
    api = fresh_api(windows={"week": entries, "all_time": []})
    api.pending["p6"] = {"score": 54_460, "columns": {"time_ms": 54_460, "biggest": 99.5, "place": 11}}
    opened = open_page(
        api, at="#offset=0&player=p6", context={"viewport": {"width": 390, "height": 844}}, columns=columns
    )
    opened.wait_for_state("live")
    page = opened.page
    assert page.locator("thead th").all_inner_texts() == ["Rank", "Player", "Time", "Biggest fish", "Best place"]
    assert page.locator(".podium .entry").first.locator(".line").all_inner_texts() == [
        "1:32.417", "Biggest fish 99.40 kg", "Best place 1st",
    ]  # fmt: skip
    row = page.locator("tbody .entry").first.locator(".score")
    assert row.all_inner_texts() == ["1:32.420", "96.40 kg", "4th"]
    expect(page.locator("#found-score")).to_have_text("Time 1:32.422 · Biggest fish 94.40 kg · Best place 6th")
    now = "Time 54.460 s · Biggest fish 99.50 kg · Best place 11th now, counted at the next update"
    expect(page.locator("#found-pending")).to_have_text(now)
    expect(page.locator("#found-gap")).to_have_text("Time: 0.001 s to rank 5")
    # Whole, on one line each, in the width of a phone.
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (
        page.locator(".score").evaluate_all(
            "cells => cells.filter(c => c.scrollWidth > c.clientWidth + 1 && c.localName !== 'span').length"
        )
        == 0
    )
    heights = page.locator("tbody .score").evaluate_all("cells => cells.map(c => c.getBoundingClientRect().height)")
    assert max(heights) == min(heights)


def test_how_far_a_place_is_from_another_is_no_place(open_page: Open) -> None:
    columns = [column("place", "ascending", format="ordinal")]
    entries = [entry(n, f"p{n}", 3 * n, f"Player {n}") for n in range(1, 3)]
    opened = open_page(fresh_api(windows={"week": entries, "all_time": []}), at="#player=p2", columns=columns)
    opened.wait_for_state("live")
    expect(opened.page.locator("#found-gap")).to_have_text("3 to rank 1")


def test_two_short_columns_fit_the_smallest_frame(open_page: Open) -> None:
    """Nothing to scroll sideways in 320 pixels: 20 fish, the biggest of 96.14 kg."""
    columns = [column("fish"), column("biggest", decimals=2, unit="kg")]
    week = [entry(n, f"p{n}", 20, f"Player {n}", biggest=96.14) for n in range(1, 5)]
    context = {"viewport": {"width": 320, "height": 400}}
    opened = open_page(fresh_api(windows={"week": week}), "#embed", context=context, columns=columns)
    opened.wait_for_state("live")
    expect(opened.page.locator(".entry").first.locator(".score").last).to_have_text("96.14 kg")
    expect(opened.page.locator("#more")).to_be_hidden()


def test_columns_that_become_wider_than_the_screen_can_be_scrolled(open_page: Open) -> None:
    """At once, whatever made them wider: here larger letters, of which no event tells the page."""
    page = open_columns(open_page, count=3, width=700).page
    for size, is_wider in (("300%", True), ("100%", False)):
        page.evaluate("size => document.documentElement.style.fontSize = size", size)
        page.evaluate(NEXT_FRAMES)
        assert page.locator("#more").is_visible() == is_wider
        assert page.locator("#frame[tabindex]").count() == is_wider


def test_a_wall_has_every_one_of_eight_columns(open_page: Open) -> None:
    names = ("score", "won", "accuracy", "best_lap", "walked", "earned", "level", "rounds")
    columns = [column(name) for name in names]
    week = [entry(n, f"p{n}", 99_000 - n, f"Player {n}", **dict.fromkeys(names[1:], 9_999)) for n in (1, 2)]
    context = {"viewport": {"width": 1280, "height": 720}}
    opened = open_page(fresh_api(windows={"week": week}), "#tv", context=context, columns=columns)
    opened.wait_for_state("live")
    expect(opened.page.locator("thead .score").last).to_be_in_viewport(ratio=1)
    assert opened.page.locator("#frame").evaluate("e => e.scrollWidth <= e.clientWidth")
