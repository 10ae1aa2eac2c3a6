"""The ranking as people read it: rows, windows, pages and refreshing."""

import re
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.browser.board_server import ScriptedApi, entry, fresh_api, ranking
from tests.browser.open_page import Open
from tests.browser.page_clock import stop_clock
from tests.browser.pages import column


def test_ranks_names_and_scores_are_those_of_the_api(open_page: Open) -> None:
    opened = open_page()
    opened.wait_for_state("live")
    rows = opened.rows()
    assert len(rows) == 50
    assert rows[:3] == [["1", "Player 1", "999"], ["2", "Player 2", "998"], ["3", "Player 3", "997"]]
    assert rows[49] == ["50", "Player 50", "950"]
    expect(opened.page.locator("h1")).to_have_text("Weekly kills")
    expect(opened.page).to_have_title("Weekly kills · Starfall")
    assert opened.page.get_by_role("table").get_by_role("columnheader").all_inner_texts() == ["Rank", "Player", "Score"]
    assert opened.page.get_by_role("rowheader").count() == 47


def test_every_call_stays_below_the_folder_of_the_page(open_page: Open) -> None:
    opened = open_page()
    opened.wait_for_state("live")
    assert opened.api.requests
    assert [path for path in opened.api.requests if not path.startswith("/some/path/")] == []


def test_the_page_works_when_its_address_names_the_file(open_page: Open) -> None:
    opened = open_page(at="index.html")
    opened.wait_for_state("live")
    assert opened.rows()[0] == ["1", "Player 1", "999"]


def test_a_player_without_a_name_is_shown_by_id(open_page: Open) -> None:
    api = fresh_api(windows={"week": [entry(1, "nameless:1", 5)], "all_time": []})
    opened = open_page(api)
    opened.wait_for_state("live")
    assert opened.rows() == [["1", "nameless:1", "5"]]
    expect(opened.page.locator(".entry .id")).to_have_text("")


def test_scores_have_the_decimals_of_their_column(open_page: Open) -> None:
    columns = [column("score", decimals=2)]
    entries = [entry(1, "a", 9999999999999.99), entry(2, "b", 12.5), entry(3, "c", -3)]
    opened = open_page(fresh_api(windows={"week": entries, "all_time": []}), columns=columns)
    opened.wait_for_state("live")
    assert [row[2] for row in opened.rows()] == ["9,999,999,999,999.99", "12.50", "-3.00"]


def test_the_windows_can_be_chosen(open_page: Open) -> None:
    opened = open_page()
    opened.wait_for_state("live")
    expect(opened.page.get_by_label("Window", exact=True)).to_have_value("week")
    opened.choose("All time")
    expect(opened.page.locator(".entry")).to_have_count(3)
    assert opened.rows()[0] == ["1", "Player 1", "8,999"]
    expect(opened.page.locator("#caption")).to_have_text("Weekly kills, All time")
    assert opened.page.url.endswith("#window=all_time")
    opened.page.get_by_label("Window", exact=True).press("ArrowUp")
    expect(opened.page.locator(".entry")).to_have_count(50)


def test_a_board_of_one_window_has_no_choice(open_page: Open) -> None:
    opened = open_page(windows=[{"every": "week", "label": "Week"}])
    opened.wait_for_state("live")
    expect(opened.page.locator("#window")).to_be_hidden()
    assert len(opened.rows()) == 50


def test_a_link_leads_to_the_same_window_and_page(open_page: Open) -> None:
    opened = open_page(at="#offset=100&player=p3")
    opened.wait_for_state("live")
    assert opened.rows()[0] == ["101", "Player 101", "899"]
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 3 of 120")
    opened.page.evaluate("location.hash = '#window=nonsense&offset=-4&player=../health'")
    expect(opened.page.locator(".entry .place").first).to_have_text("1")
    assert not any("health" in path or "nonsense" in path for path in opened.api.requests)


def test_pages_of_fifty_lead_to_every_rank(open_page: Open) -> None:
    opened = open_page()
    opened.wait_for_state("live")
    page = opened.page
    expect(page.locator("#range")).to_have_text("1–50 of 120")
    expect(page.get_by_role("button", name="Previous")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#range")).to_have_text("51–100 of 120")
    assert opened.rows()[0] == ["51", "Player 51", "949"]
    page.get_by_role("button", name="Last").click()
    expect(page.locator("#range")).to_have_text("101–120 of 120")
    assert opened.rows()[-1] == ["120", "Player 120", "880"]
    expect(page.get_by_role("button", name="Next")).to_have_attribute("aria-disabled", "true")
    page.get_by_role("button", name="First").click()
    expect(page.locator("#range")).to_have_text("1–50 of 120")


def test_a_page_that_is_gone_is_replaced_by_the_last_one(open_page: Open) -> None:
    opened = open_page(at="#offset=100")
    expect(opened.page.locator("#range")).to_have_text("101–120 of 120")
    opened.api.windows["week"] = ranking(60)
    expect(opened.page.locator("#range")).to_have_text("51–60 of 60")
    opened.api.windows["week"] = []
    expect(opened.page.get_by_text("No one is ranked yet").first).to_be_visible()


def test_changes_appear_without_a_reload_and_rows_keep_their_player(open_page: Open) -> None:
    opened = open_page(fresh_api(5))
    opened.wait_for_state("live")
    page = opened.page
    page.locator(".entry[data-player=p4]").evaluate("row => { window.mine = row }")
    others = ranking(4)
    opened.api.windows["week"] = [entry(1, "p5", 2000, "Player 5"), *(e | {"rank": e["rank"] + 1} for e in others)]
    expect(page.locator(".entry").first.locator(".name")).to_have_text("Player 5")
    assert [row[0] for row in opened.rows()] == ["1", "2", "3", "4", "5"]
    assert page.evaluate("window.mine === document.querySelectorAll('.entry')[4]")


def watch_animations(page: Page) -> None:
    """Count the animations of the page in `window.moved`, and those that move something in `window.slid`."""
    page.add_init_script(
        "window.moved = 0; window.slid = 0; const real = Element.prototype.animate;"
        "Element.prototype.animate = function (...given) {"
        " window.moved += 1; if (given[0].transform) window.slid += 1; return real.apply(this, given); };"
    )


def test_rows_move_only_for_those_who_want_motion(open_page: Open) -> None:
    opened = open_page(fresh_api(5), prepare=watch_animations)
    opened.wait_for_state("live")
    assert opened.page.evaluate("window.moved") == 0
    # Everybody has another rank and another score. Rows that passed one another could not be read.
    opened.api.rebuild(week=[entry(6 - n, f"p{n}", 1994 + n, f"Player {n}") for n in (5, 4, 3, 2, 1)])
    expect(opened.page.locator(".entry .score").first).to_have_text("1,999")
    moved = opened.page.evaluate("window.moved")
    assert moved > 0
    assert opened.page.evaluate("window.slid") == 0
    opened.page.emulate_media(reduced_motion="reduce")
    opened.api.rebuild(week=ranking(5))
    expect(opened.page.locator(".entry .score").first).to_have_text("999")
    assert opened.page.evaluate("window.moved") == moved


def test_an_unchanged_ranking_is_not_sent_again_but_stays_fresh(open_page: Open) -> None:
    api = fresh_api(5, as_of=datetime.now(UTC) - timedelta(seconds=550))
    opened = open_page(api)
    opened.wait_for_state("live")
    api.as_of = datetime.now(UTC)  # a rebuild that changed nothing, as only the As-Of header says
    fresh = re.compile("^Updated (just now|.* seconds? ago) · 5 players$")
    expect(opened.page.locator("#state-text")).to_have_text(fresh)
    assert set(api.statuses()[1:]) == {304}


def test_a_hidden_page_asks_nothing(open_page: Open) -> None:
    opened = open_page(refresh_seconds=10, prepare=stop_clock)
    opened.wait_for_state("live")
    page, api = opened.page, opened.api
    hide = "Object.defineProperty(document, 'hidden', {value: %s, configurable: true});"
    tell = "document.dispatchEvent(new Event('visibilitychange'))"
    with page.expect_response("**/v1/leaderboard*"):
        # While an answer is under way: its arrival must not start the next request.
        page.evaluate("dispatchEvent(new Event('online'));" + hide % "true" + tell)
    page.clock.run_for(100_000)
    assert len(api.statuses()) == 2
    with page.expect_response("**/v1/leaderboard*"):
        page.evaluate(hide % "false" + tell)
    assert len(api.statuses()) == 3


def test_a_late_answer_does_not_overwrite_a_newer_choice(open_page: Open) -> None:
    api: ScriptedApi = fresh_api()
    opened = open_page(api, refresh_seconds=60)
    opened.wait_for_state("live")
    api.delay = 0.3
    opened.choose("All time")
    opened.choose("This week")
    opened.page.wait_for_timeout(600)
    assert len(opened.rows()) == 50
    opened.choose("All time")
    expect(opened.page.locator(".entry")).to_have_count(3)
