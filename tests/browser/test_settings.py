"""What the YAML says of the page: the game's name, whether ids are shown, and what a shared link says."""

from playwright.sync_api import expect

from tests.browser.board_server import entry, fresh_api
from tests.browser.open_page import Open
from tests.browser.pages import column


def test_the_game_stands_above_the_title_and_in_shared_links(open_page: Open) -> None:
    opened = open_page(game="Star & Fall", description="Weekly kills in Star & Fall")
    opened.wait_for_state("live")
    expect(opened.page.locator(".game")).to_have_text("Star & Fall")
    expect(opened.page).to_have_title("Weekly kills · Star & Fall")
    told = opened.page.locator("meta[property]").evaluate_all(
        "all => all.map(m => [m.getAttribute('property'), m.content])"
    )
    assert dict(told) == {
        "og:type": "website",
        "og:title": "Weekly kills",
        "og:description": "Weekly kills in Star & Fall",
        "og:site_name": "Star & Fall",
    }


def test_without_a_game_the_page_has_the_title_alone(open_page: Open) -> None:
    opened = open_page(game=None)
    opened.wait_for_state("live")
    expect(opened.page.locator(".game")).to_have_count(0)
    expect(opened.page).to_have_title("Weekly kills")
    expect(opened.page.locator("meta[property='og:site_name']")).to_have_count(0)


def test_ids_are_hidden_where_the_board_says_so(open_page: Open) -> None:
    entries = [entry(n, f"secret-{n}", 100 - n, f"Player {n}" if n % 2 else None) for n in range(1, 9)]
    opened = open_page(
        fresh_api(windows={"week": entries, "all_time": []}), at="#player=secret-5", hide_player_ids=True
    )
    expect(opened.page.locator("#found-name")).to_have_text("Player 5")
    opened.page.get_by_label("Find a player by id").fill("")
    assert [row[1] for row in opened.rows()][:2] == ["Player 1", "Unnamed player"]
    assert "secret" not in opened.page.locator("body").inner_text()
    assert opened.page.locator("[title*=secret]").count() == 0


def test_numbers_and_dates_are_in_the_language_of_the_words(open_page: Open) -> None:
    opened = open_page(
        fresh_api(windows={"week": [entry(1, "a", 1_234_567.5)], "all_time": []}),
        context={"locale": "de-DE", "timezone_id": "America/New_York"},
        columns=[column("score", decimals=1)],
    )
    opened.wait_for_state("live")
    assert opened.rows() == [["1", "a", "1,234,567.5"]]
    span = opened.page.locator("#span").inner_text()
    assert span.endswith(("GMT-5", "GMT-4"))
    assert not any(word in span for word in ("Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."))
