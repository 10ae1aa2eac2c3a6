"""The page on a screen on a wall: `#tv`."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.board_server import fresh_api, ranking
from tests.browser.open_page import Open, OpenPage
from tests.browser.page_clock import stop_clock

WHOLE = """() => {
  const { top, bottom } = document.getElementById("ranking").getBoundingClientRect();
  const bar = document.getElementById("state").getBoundingClientRect();
  return [...document.querySelectorAll(".entry")]
    .filter((each) => {
      const box = each.getBoundingClientRect();
      return box.height > 0 && box.top >= bar.bottom - 1 && box.bottom <= Math.min(bottom, innerHeight) + 1;
    })
    .map((each) => Number(each.querySelector(".place").textContent));
}"""
"""The ranks of the entries that are shown whole, below the bar that says how current they are."""


def open_wall(open_page: Open, width: int, height: int, at: str = "#tv", refresh_seconds: int = 3600) -> OpenPage:
    """Open the page on a screen of that size, with a clock that stands until the test lets it run."""
    opened = open_page(
        fresh_api(27),
        at,
        context={"viewport": {"width": width, "height": height}},
        prepare=stop_clock,
        refresh_seconds=refresh_seconds,
    )
    opened.wait_for_state("live")
    return opened


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (3840, 2160), (1080, 1920)])
def test_a_wall_shows_every_entry_whole_page_by_page(open_page: Open, width: int, height: int) -> None:
    opened = open_wall(open_page, width, height)
    page = opened.page
    first = page.evaluate(WHOLE)
    assert first[:3] == [1, 2, 3]
    seen = set(first)
    for _ in range(12):
        page.clock.run_for(13_000)
        shown = page.evaluate(WHOLE)
        if shown == first:
            break
        seen |= set(shown)
    assert shown == first, "behind the last page comes the first"
    assert seen == set(range(1, 28))
    assert page.evaluate("[scrollX, scrollY, document.documentElement.scrollWidth - innerWidth]") == [0, 0, 0]


def test_a_wall_has_nothing_to_press_and_large_letters(open_page: Open) -> None:
    page = open_wall(open_page, 1920, 1080).page
    assert page.locator(":is(button, input, a):visible").count() == 0
    expect(page.get_by_label("Window", exact=True)).to_have_css("pointer-events", "none")
    # 22 mm of the 620 mm that a screen of 50 inches is high.
    heights = page.locator("#rows .name, #podium .name, #podium .score").evaluate_all(
        "all => all.map(each => parseFloat(getComputedStyle(each).fontSize) / innerHeight)"
    )
    assert min(heights) > 0.033


def test_a_wall_stays_up_to_date_and_what_it_is(open_page: Open) -> None:
    opened = open_wall(open_page, 1280, 720, "#tv=dark&window=all_time", refresh_seconds=60)
    expect(opened.page.locator("html")).to_have_attribute("data-theme", "dark")
    opened.api.rebuild(all_time=ranking(5, top=77_000))
    score = opened.page.locator("[data-player=p1] .score")
    # Its pages are turned meanwhile. It asks within these seconds, and has no time to give up before the answer comes.
    opened.page.clock.run_for(66_000)
    expect(score).to_have_text("76,999")
    assert opened.page.url.endswith("#tv=dark&window=all_time")
