"""The page in a browser, on a board that runs."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page

from tests.end_to_end.game import Game, activity, get


def read_rows(page: Page) -> list[list[str]]:
    """Rank, name and score of every entry that is shown."""
    parts = "all => all.map(e => ['.place', '.name', '.score'].map(part => e.querySelector(part).textContent.trim()))"
    found: list[list[str]] = page.locator(".entry").evaluate_all(parts)
    return found


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_page_shows_a_change_of_ranks(browser: Browser, wins: Game) -> None:
    wins.put_all([activity(player, "win", name={"S": player.title()}) for player in ("ada", "bob", "bob", "bob")])
    wins.settle()
    page = browser.new_context(locale="en-GB").new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(str(wins.stack.boards["wins"].page_url))
    bob = page.locator(".entry", has_text="Bob")
    bob.wait_for(timeout=30_000)
    before = [name for _, name, _ in read_rows(page)]
    assert before.index("Bob") < before.index("Ada")
    wins.put_all([activity("ada", "win") for _ in range(9)])
    # Ten wins put Ada before Bob, through every step of the way and without a reload.
    page.wait_for_function(
        "() => { const names = [...document.querySelectorAll('.entry .name')].map(n => n.textContent.trim());"
        " return names.indexOf('Ada') < names.indexOf('Bob'); }",
        timeout=60_000,
    )
    page.context.close()
    assert faults == []


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_page_finds_a_player_whose_id_needs_encoding(browser: Browser, wins: Game) -> None:
    player = "steam:765@example.com"
    wins.put_all([activity(player, "win", name={"S": "Odd"})])
    wins.settle()
    for written in (player, "steam%3A765%40example.com", "steam%3a765@example.com"):
        assert get(f"{wins.api_url}/v1/players/{written}")[1]["entry"]["player_id"] == player
    assert get(f"{wins.api_url}/v1/players/steam%253A765@example.com")[0] == 400
    page = browser.new_context(locale="en-GB").new_page()
    page.goto(str(wins.stack.boards["wins"].page_url))
    page.get_by_label("Find a player by id").fill(player)
    page.get_by_role("button", name="Find").click()
    page.locator("#found-name", has_text="Odd").wait_for(timeout=30_000)
    page.locator("#range", has_text="Around Odd").wait_for(timeout=30_000)
    page.context.close()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_the_page_at_the_top_lists_the_boards_with_their_leaders(browser: Browser, wins: Game) -> None:
    wins.put_all([activity("zoe", "win", name={"S": "Zoe <b>"}) for _ in range(200)])
    wins.settle()
    page = browser.new_context(locale="en-GB").new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"{wins.stack.url}/#order=players")
    card = page.locator(".board", has=page.get_by_role("link", name=wins.stack.boards["wins"].board.config.title))
    card.locator(".leader", has_text="Zoe <b>").wait_for(timeout=30_000)
    assert page.locator(".board").count() == len(wins.stack.boards)
    assert page.locator(".why").count() == 0
    card.get_by_role("link").click()
    page.locator(".entry", has_text="Zoe <b>").wait_for(timeout=30_000)
    assert page.url == wins.stack.boards["wins"].page_url
    page.context.close()
    assert faults == []
