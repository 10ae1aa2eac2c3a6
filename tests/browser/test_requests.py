"""How many requests a page makes, and how many bytes come with them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser.board_server import fresh_api
from tests.browser.open_page import Open
from tests.browser.page_clock import stop_clock

Record = Callable[[str, object], None]


@pytest.mark.parametrize(
    ("reader", "at"),
    [
        ("a reader", ""),
        ("a reader whose player is pinned", "#offset=0&player=p77"),
        ("a reader of the entries around a player", "#player=p77"),
    ],
)
def test_a_refresh_is_one_request(open_page: Open, record_property: Record, reader: str, at: str) -> None:
    """At first the page, two styles, two scripts, the ranking and the list of windows; then the ranking alone."""
    done: list[Request] = []

    def prepare(page: Page) -> None:
        stop_clock(page)
        page.on("requestfinished", lambda request: done.append(request))

    opened = open_page(fresh_api(120), at, refresh_seconds=20, prepare=prepare)
    opened.wait_for_state("live")
    if at:
        expect(opened.page.locator("#found-rank")).to_have_text("Rank 77 of 120")
        expect(opened.page.locator("#found-percentile")).to_have_text("Ahead of 36.1% of the others")
        expect(opened.page.locator("#found-gap")).to_have_text("1 to rank 76")
    opened.page.wait_for_load_state("networkidle")
    while not any("/v1/windows" in each.url for each in done):  # the last, which the page asks for after the answer
        opened.page.wait_for_event("requestfinished")
    first = list(done)
    opened.api.rebuild(week=[each | {"score": each["score"] + 1} for each in opened.api.windows["week"]])
    with opened.page.expect_event("requestfinished"):
        opened.page.clock.run_for(23_000)
    opened.page.wait_for_load_state("networkidle")
    again = done[len(first) :]

    def weigh(requests: list[Request]) -> int:
        return sum(each.sizes()["responseBodySize"] for each in requests)

    record_property(
        "summary",
        f"page, {reader}: first load {len(first)} requests, {weigh(first):,} bytes; refresh {len(again)} request, "
        f"{weigh(again):,} bytes (uncompressed)",
    )
    assert len(first) == 7
    assert len(again) == 1
