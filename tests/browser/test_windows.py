"""Past windows, the time between two seasons, and links to windows."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.board_server import ScriptedApi, ScriptedWindow, entry, fresh_api, ranking
from tests.browser.open_page import Open, OpenPage

NOW = datetime(2026, 11, 26, 10, tzinfo=UTC)
"""What the server's clock shows as a test begins. The page goes by that clock, and leaves out its year: by this
machine's clock, a test that runs as a year ends would not know which."""
AGO = NOW - timedelta(days=4)
YEAR = NOW.year
WEEKS = [
    ScriptedWindow(f"{YEAR}-W46", "week", ranking(70, top=500), AGO, sealed=False),
    ScriptedWindow(f"{YEAR}-W45", "week", ranking(60, top=400), AGO - timedelta(days=7)),
    ScriptedWindow(f"{YEAR - 1}-W52", "week", [], AGO - timedelta(days=300)),
]
SEASONS = [{"every": "season", "label": "This season"}, {"every": "all_time", "label": "All time"}]


def dated_api(**settings: Any) -> ScriptedApi:
    """A board whose server's clock shows NOW."""
    return fresh_api(ahead=NOW - datetime.now(UTC), **settings)


def with_archives(**settings: Any) -> ScriptedApi:
    """A board with the past weeks WEEKS."""
    return dated_api(**({"archives": WEEKS} | settings))


def options(opened: OpenPage) -> list[str]:
    """The windows that can be chosen."""
    return opened.page.locator("#window option").all_inner_texts()


def test_past_windows_can_be_chosen_beside_the_current_one(open_page: Open) -> None:
    opened = open_page(with_archives())
    opened.wait_for_state("live")
    expect(opened.page.locator("#window option")).to_have_count(5)
    assert options(opened) == [
        "This week", "Week 46 (not final yet)", "Week 45 (final)", f"Week 52, {YEAR - 1} (final)", "All time",
    ]  # fmt: skip
    expect(opened.page.locator("#window optgroup[label=Weeks] option")).to_have_count(4)
    opened.choose("All time")
    expect(opened.page.locator("#caption")).to_have_text("Weekly kills, All time")


def test_a_past_window_is_final_and_has_no_countdown(open_page: Open) -> None:
    opened = open_page(with_archives())
    opened.wait_for_state("live")
    opened.choose("Week 45 (final)")
    expect(opened.page.locator("#countdown")).to_have_text("Final")
    expect(opened.page.locator("#reset-label")).to_have_text("Ended")
    assert opened.wait_for_state("live") == "Final results · 60 players"
    assert opened.rows()[0] == ["1", "Player 1", "399"]
    expect(opened.page.locator("#caption")).to_have_text(f"Weekly kills, Week 45, {YEAR}")
    assert opened.page.url.endswith(f"#window={YEAR}-W45")
    opened.page.get_by_role("button", name="Next").click()
    expect(opened.page.locator("#range")).to_have_text("51–60 of 60")
    opened.choose("This week")
    expect(opened.page.locator("#countdown")).to_contain_text("2d03h")
    expect(opened.page.locator("#window")).to_have_value("week")


def test_a_final_window_is_fetched_once_and_never_out_of_date(open_page: Open) -> None:
    old = NOW - timedelta(hours=5)
    opened = open_page(with_archives(as_of=old), at=f"#window={YEAR}-W45")
    assert opened.wait_for_state("live") == "Final results · 60 players"
    opened.page.wait_for_timeout(1200)
    assert opened.api.statuses() == [200]


def test_a_window_that_has_ended_is_not_final_before_it_is_sealed(open_page: Open) -> None:
    opened = open_page(with_archives(), at=f"#window={YEAR}-W46")
    opened.wait_for_state("live")
    expect(opened.page.locator("#countdown")).to_have_text("Not final yet")
    opened.api.archives = [
        ScriptedWindow(f"{YEAR}-W46", "week", ranking(70, top=600), AGO, sealed=True),
        *WEEKS[1:],
    ]
    expect(opened.page.locator("#countdown")).to_have_text("Final")
    expect(opened.page.locator("#window option").nth(1)).to_have_text("Week 46 (final)")


def test_a_past_window_without_players_says_so(open_page: Open) -> None:
    opened = open_page(with_archives(), at=f"#window={YEAR - 1}-W52")
    expect(opened.page.get_by_text("No one was ranked").first).to_be_visible()
    opened.wait_for_state("live")


def test_a_current_window_can_be_linked_by_its_id_and_stays_when_it_ends(open_page: Open) -> None:
    api = with_archives(ids={"week": f"{YEAR}-W47", "all_time": "all-time"})
    opened = open_page(api, at=f"#window={YEAR}-W47")
    opened.wait_for_state("live")
    expect(opened.page.locator("#countdown")).to_contain_text("2d03h")
    ended = ScriptedWindow(f"{YEAR}-W47", "week", ranking(120), AGO)
    # In this order: a request in between must not find no such window.
    api.archives = [ended, *WEEKS]
    api.ids["week"] = f"{YEAR}-W48"
    expect(opened.page.locator("#countdown")).to_have_text("Final")
    expect(opened.page.locator("#window option:checked")).to_have_text("Week 47 (final)")


@pytest.mark.parametrize(
    ("kind", "window", "name"),
    [
        ("hour", "2026-11-22T04", "22 Nov, 05:00 CET"),
        ("day", "2026-11-21", "Sat,? 21 Nov"),
        ("week", "week-2026-11-15", "Week of 15 Nov"),
        ("month", "2026-10", "October 2026"),
        ("season", "autumn-2026", "Autumn 2026"),
    ],
)
def test_every_kind_of_window_has_a_name(open_page: Open, kind: str, window: str, name: str) -> None:
    api = dated_api(windows={kind: ranking(3)}, archives=[ScriptedWindow(window, kind, ranking(2), AGO)])
    opened = open_page(api, windows=[{"every": kind, "label": "Now"}])
    expect(opened.page.locator("#window option").nth(1)).to_have_text(re.compile(rf"^{name} \(final\)$"))
    opened.choose(opened.page.locator("#window option").nth(1).inner_text())
    expect(opened.page.locator(".entry")).to_have_count(2)


def test_between_two_seasons_the_page_says_so_without_an_error(open_page: Open) -> None:
    old = ScriptedWindow("autumn-2026", "season", ranking(8, top=50), AGO)
    api = dated_api(windows={"all_time": ranking(3)}, archives=[old])
    opened = open_page(api, at="#player=p2", windows=SEASONS)
    assert opened.wait_for_state("live") == "No season is on"
    expect(opened.page.locator("#empty-title")).to_have_text("No season is on")
    expect(opened.page.locator("#empty-text")).to_contain_text("Earlier seasons can be chosen")
    expect(opened.page.locator("#countdown")).to_have_text("No season")
    expect(opened.page.locator("#search-message")).to_contain_text("No season is on")
    expect(opened.page.locator("#retry")).to_be_hidden()
    assert options(opened) == ["This season (none now)", "Autumn 2026 (final)", "All time"]
    opened.choose("Autumn 2026 (final)")
    expect(opened.page.locator(".entry")).to_have_count(8)
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 2 of 8")
    opened.choose("This season (none now)")
    expect(opened.page.locator("#empty-title")).to_have_text("No season is on")
    # To ask for a season that is not on is an error. Later the list of windows says so.
    for _ in range(3):
        with opened.page.expect_response("**/v1/windows"):
            pass
    assert api.statuses() == [404, 200]
    # The next one begins.
    api.windows = {"season": ranking(4), "all_time": ranking(3)}
    expect(opened.page.locator(".entry")).to_have_count(4)
    assert opened.wait_for_state("live").startswith("Updated")
    expect(opened.page.locator("#window option").first).to_have_text("This season")


def test_between_two_short_windows_the_page_counts_down_to_the_next(open_page: Open) -> None:
    """A weekend: it ended on Monday, and the next one starts on Friday."""
    ahead = timedelta(days=40)  # a rehearsal's clock is ahead of the reader's
    starts = datetime.now(UTC) + ahead + timedelta(days=3, hours=5)
    old = ScriptedWindow("week-2026-11-13", "week", ranking(8, top=50), AGO)
    coming = ScriptedWindow("week-2026-11-27", "week", [], starts + timedelta(days=7))
    api = fresh_api(windows={"all_time": ranking(3)}, archives=[old], upcoming=[coming], ahead=ahead)
    weekends = [{"every": "week", "label": "This weekend"}, {"every": "all_time", "label": "All time"}]
    opened = open_page(api, windows=weekends)
    assert opened.wait_for_state("live") == "Closed right now"
    expect(opened.page.locator("#empty-text")).to_contain_text("Earlier ones can be chosen")
    expect(opened.page.locator("#reset-label")).to_have_text("Starts in")
    expect(opened.page.locator("#countdown")).to_contain_text(re.compile(r"3\s*d\s*04\s*h\s*59\s*m"))
    names = ["This weekend (closed now)", "Week", "All time"]
    assert [option.split(" of ")[0] for option in options(opened)] == names
    api.windows, api.upcoming = {"week": ranking(4), "all_time": ranking(3)}, []
    expect(opened.page.locator(".entry")).to_have_count(4)
    expect(opened.page.locator("#window option").first).to_have_text("This weekend")


def test_a_window_that_is_followed_by_none_ends_and_does_not_reset(open_page: Open) -> None:
    now = datetime.now(UTC)
    api = fresh_api(windows={"week": ranking(4)}, resets=now + timedelta(days=1), starts=now + timedelta(days=6))
    opened = open_page(api, windows=[{"every": "week", "label": "This weekend"}])
    expect(opened.page.locator("#reset-label")).to_have_text("Ends in")
    api.starts = api.resets
    expect(opened.page.locator("#reset-label")).to_have_text("Resets in")


def test_the_entries_around_a_player_have_the_same_end(open_page: Open) -> None:
    """Their answer does not say what follows the window; the list of windows does."""
    now = datetime.now(UTC)
    coming = ScriptedWindow("week-2026-12-04", "week", [], now + timedelta(days=8))
    api = fresh_api(windows={"week": ranking(4)}, resets=now + timedelta(hours=20), upcoming=[coming])
    opened = open_page(api, "#player=p2", windows=[{"every": "week", "label": "This weekend"}])
    opened.wait_for_state("live")
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 2 of 4")
    expect(opened.page.locator("#reset-label")).to_have_text("Ends in")


def test_a_404_of_something_before_the_api_is_not_taken_for_a_season_gap(open_page: Open) -> None:
    opened = open_page(
        fresh_api(windows={"season": ranking(4), "all_time": ranking(3)}),
        prepare=lambda page: page.route(
            "**/v1/**", lambda route: route.fulfill(status=404, content_type="text/html", body="<h1>404</h1>")
        ),
        windows=SEASONS,
    )
    opened.wait_for_state("down")


@pytest.mark.parametrize(
    "link",
    [
        f"#window={YEAR}-W01", "#window=2026-99-99", "#window=week:previous",
        "#window=%00%ff&offset=1e99", "#window=Week",
        "#offset=99999999999999999999", "#offset=999999950", "#offset=-50", "#offset=50.5x",
        "#player=%2e%2e", "#===&&&%",
        "#window=season", "#window=month&offset=NaN", "#" + "x" * 5000,
    ],
)  # fmt: skip
def test_a_link_that_is_invalid_leads_to_the_first_window(open_page: Open, link: str) -> None:
    opened = open_page(with_archives(), at=link)
    seen = opened.page.locator("#state")
    expect(opened.page.locator(".entry").first).to_be_visible()
    expect(seen).to_have_attribute("data-state", "live")
    expect(opened.page.locator("#countdown")).to_contain_text("2d03h")
    last = link == "#offset=999999950"
    assert opened.rows()[0][0] == ("101" if last else "1")
    assert opened.page.url.partition("#")[2] == ("offset=100" if last else "")


def test_a_past_window_that_is_no_longer_kept_is_replaced_by_the_current_one(open_page: Open) -> None:
    opened = open_page(with_archives(), at=f"#window={YEAR}-W46&offset=50&player=p51")
    opened.wait_for_state("live")
    assert opened.rows()[0][0] == "51"
    opened.api.archives = WEEKS[1:]
    expect(opened.page.locator("#countdown")).to_contain_text("2d03h")
    assert opened.page.url.endswith("#offset=0&player=p51")
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 51 of 120")


def test_back_and_forward_lead_through_the_views(open_page: Open) -> None:
    opened = open_page(with_archives())
    opened.wait_for_state("live")
    page = opened.page
    page.get_by_role("button", name="Next").click()
    expect(page.locator("#range")).to_have_text("51–100 of 120")
    expect(page.locator("#window option")).to_have_count(5)
    opened.choose("Week 45 (final)")
    expect(page.locator("#range")).to_have_text("1–50 of 60")
    page.get_by_label("Find a player by id").fill("p30")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#range")).to_have_text("Around Player 30")
    expect(page.locator("#found-rank")).to_have_text("Rank 30 of 60")
    link = page.url
    page.go_back()
    expect(page.locator("#range")).to_have_text("1–50 of 60")
    expect(page.locator("#found-rank")).to_have_text("Rank 30 of 60")  # who was found stays pinned
    expect(page.get_by_label("Find a player by id")).to_have_value("")
    page.go_back()
    expect(page.locator("#range")).to_have_text("51–100 of 120")
    page.go_back()
    expect(page.locator("#range")).to_have_text("1–50 of 120")
    for _ in range(3):
        page.go_forward()
    expect(page.locator("#range")).to_have_text("Around Player 30")
    expect(page.locator("#found-rank")).to_have_text("Rank 30 of 60")
    # What the page does by itself adds no step to the browser's history.
    assert page.url == link
    assert link.endswith(f"#window={YEAR}-W45&player=p30")


def test_seasons_may_have_any_valid_name(open_page: Open) -> None:
    names = ("constructor", "null", "x-")
    archives = [ScriptedWindow(name, "season", [entry(1, "p", 7)], AGO) for name in names]
    opened = open_page(dated_api(windows={"season": [], "all_time": []}, archives=archives), windows=SEASONS)
    expect(opened.page.locator("#window option")).to_have_count(5)
    for name in names:
        opened.page.get_by_label("Window", exact=True).select_option(value=name)
        expect(opened.page.locator(".entry")).to_have_count(1)
        expect(opened.page.locator("#countdown")).to_have_text("Final")


@pytest.mark.parametrize("link", ["rolling", "rolling-7d"])
def test_a_rolling_window_moves_on_and_never_resets_or_ends(open_page: Open, link: str) -> None:
    windows = [{"every": "day", "label": "Today"}, {"every": "rolling", "label": "Last 7 days"}]
    api = fresh_api(windows={"day": ranking(3), "rolling": ranking(9)})
    opened = open_page(api, at=f"#window={link}", windows=windows)
    opened.wait_for_state("live")
    expect(opened.page.locator("#reset-label")).to_have_text("Moves on in")
    # Its day is over, and the next snapshot has not come yet.
    api.resets = datetime.now(UTC) - timedelta(seconds=1)
    expect(opened.page.locator("#reset-label")).to_have_text("Moving on now")
    assert len(opened.rows()) == 9


def test_the_dates_of_a_window_have_the_year_if_it_is_not_this_one(open_page: Open) -> None:
    ended = datetime(YEAR - 1, 6, 8, 10, tzinfo=UTC)
    opened = open_page(with_archives(archives=[ScriptedWindow(f"{YEAR - 1}-W23", "week", ranking(3), ended)]))
    opened.wait_for_state("live")
    span = opened.page.locator("#span")
    opened.choose(f"Week 23, {YEAR - 1} (final)")
    expect(span).to_have_text(f"1 Jun {YEAR - 1}, 12:00 – 8 Jun {YEAR - 1}, 12:00 CEST")
