"""The list of segments: which players are ranked, a link that opens there, and a player's rank in both."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.board_server import ScriptedApi, fresh_api
from tests.browser.open_page import Open
from tests.browser.pages import SETTINGS

HOSTILE = "<b>x</b>\u202e"
COUNTRIES = {f"p{n}": country for n, country in enumerate(["BR", "DE", "BR", HOSTILE, "BR", "DE"] * 10, start=1)}
SPLIT = {"segments": ["country"]}


def split_api(**settings: Any) -> ScriptedApi:
    """A board with 120 players, 60 of whom have a country."""
    return fresh_api(countries=COUNTRIES, **settings)


def asked(api: ScriptedApi) -> int:
    """How often the list was asked for."""
    return sum("v1/segments" in request for request in api.requests)


def test_a_reader_chooses_a_value_and_sees_a_player_in_both(open_page: Open) -> None:
    opened = open_page(split_api(), **SPLIT)
    opened.wait_for_state("live")
    options = opened.page.locator("#segment option")
    expect(options).to_have_count(4)
    assert options.all_inner_texts() == ["Everyone", "BR (30)", "DE (20)", f"{HOSTILE} (10)"]
    expect(opened.page.locator("#segment optgroup")).to_have_attribute("label", "Country")
    opened.page.locator("#segment").select_option("country:BR")
    expect(opened.page.locator("#caption")).to_have_text("Weekly kills, This week, BR")
    # Until they come, those of everyone stay, pale.
    expect(opened.page.locator("#table")).to_have_attribute("aria-busy", "false")
    assert [row[:2] for row in opened.rows()[:3]] == [["1", "Player 1"], ["2", "Player 3"], ["3", "Player 5"]]
    assert opened.page.url.endswith("#segment=country%3ABR")
    expect(opened.page.locator("#state-text")).to_contain_text("30 players")

    opened.page.locator("#player").fill("p5")
    opened.page.locator("#search button").click()
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 3 of 30")
    expect(opened.page.locator("#found-segments")).to_have_text("BR 3 of 30. Overall 5 of 120. ")
    assert "segment=country%3ABR&player=p5" in opened.page.url
    opened.page.locator("#segment").select_option("")
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 5 of 120")
    expect(opened.page.locator("#found-segments")).to_have_text("BR 3 of 30. ")
    # Where the player is not, nobody is made up.
    opened.page.locator("#segment").select_option("country:DE")
    expect(opened.page.locator("#search-message")).to_have_text("p5 is not ranked here")
    expect(opened.page.locator("#found")).to_be_hidden()
    expect(opened.page.locator("#table")).to_have_attribute("aria-busy", "false")
    assert opened.rows()[0][:2] == ["1", "Player 2"]
    opened.page.go_back()
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 5 of 120")

    # A refresh asks for the ranking alone: for the list once in a window.
    for _ in range(3):
        with opened.page.expect_response("**/v1/players?*"):
            pass
    assert asked(opened.api) == 1
    opened.choose("All time")
    expect(opened.page.locator("#segment option").nth(1)).to_have_text("BR (2)")
    assert asked(opened.api) == 2


def test_a_list_that_could_not_be_loaded_is_asked_for_again(open_page: Open) -> None:
    opened = open_page(
        split_api(),
        prepare=lambda page: page.route("**/v1/segments*", lambda route: route.abort(), times=1),
        **SPLIT,
    )
    expect(opened.page.locator("#segment option")).to_have_count(4)
    assert asked(opened.api) == 1


def test_a_link_opens_at_the_value_as_text(open_page: Open) -> None:
    opened = open_page(split_api(), at="#segment=country:%3Cb%3Ex%3C/b%3E%E2%80%AE&player=p4", **SPLIT)
    expect(opened.page.locator("#segment")).to_have_value(f"country:{HOSTILE}")
    expect(opened.page.locator("#found-segments bdi").first).to_have_text(HOSTILE)
    expect(opened.page.locator("#found-segments")).to_have_text(f"{HOSTILE} 1 of 10. Overall 4 of 120. ")
    assert opened.rows()[0][:2] == ["1", "Player 4"]
    opened.page.get_by_role("button", name="Show the whole ranking").click()
    expect(opened.page.locator("#range")).to_have_text("1–10 of 10")


def test_nobody_in_a_value_shows_everyone(open_page: Open) -> None:
    opened = open_page(split_api(), at="#segment=country:XX", **SPLIT)
    opened.wait_for_state("live")
    expect(opened.page.locator("#search-message")).to_have_text("Nobody is ranked in XX now. This is everyone.")
    assert opened.rows()[0][:2] == ["1", "Player 1"]
    expect(opened.page.locator("#segment")).to_have_value("")
    assert "segment" not in opened.page.url
    assert opened.api.statuses()[:2] == [404, 200]


def test_a_board_without_segments_has_no_list_and_asks_for_none(open_page: Open) -> None:
    opened = open_page(fresh_api(), at="#segment=country:BR")
    opened.wait_for_state("live")
    expect(opened.page.locator("#segment")).to_be_hidden()
    assert not any("segment" in request for request in opened.api.requests)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 9, 23, 20, tzinfo=UTC), "Sat 19 Sept, 01:30 – Sat 26 Sept, 01:30 CEST"),
        (datetime(2026, 12, 31, 20, tzinfo=UTC), "27 Dec 2026, 00:30 – 3 Jan 2027, 00:30 CET"),
    ],
    ids=["september", "new-year"],
)
@pytest.mark.parametrize("windows", [1, 2])
@pytest.mark.parametrize("logo", [None, {"file": "logo.svg", "shared": None}])
def test_on_a_phone_the_list_leaves_two_thirds_to_the_ranking(
    open_page: Open, windows: int, logo: dict[str, str | None] | None, now: datetime, said: str
) -> None:
    """In a week whose dates take more room than most, and in one of two years."""
    context = {"viewport": {"width": 390, "height": 844}}
    files = {"logo.svg": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"/>'}
    kinds = SETTINGS["windows"][:windows]
    api = split_api(ahead=now - datetime.now(UTC))
    opened = open_page(api, context=context, windows=kinds, logo=logo, files=files, **SPLIT)
    opened.wait_for_state("live")
    expect(opened.page.locator("#segment")).to_be_visible()
    expect(opened.page.locator("#span")).to_contain_text(said)
    podium = opened.page.locator("#podium").bounding_box()
    assert podium is not None
    assert podium["y"] <= 844 / 3


def test_a_wall_names_a_value_and_not_everyone(open_page: Open) -> None:
    opened = open_page(split_api(), "#tv", **SPLIT)
    expect(opened.page.locator("#segment option")).to_have_count(4)
    expect(opened.page.locator("#segment")).to_be_hidden()
    opened.page.evaluate("location.hash = '#tv&segment=country:BR'")
    expect(opened.page.locator("#segment")).to_have_value("country:BR")
    expect(opened.page.locator("#segment")).to_be_visible()
