"""Finding a player by name, on boards that search names."""

from typing import Any

from playwright.sync_api import expect

from tests.browser.board_server import entry, fresh_api, ranking
from tests.browser.open_page import Open, OpenPage

HOSTILE = "Nova <img src=x onerror=alert(1)> \u202eevil"


def names_api(**settings: Any) -> Any:
    """A board on which some players' names begin alike, one of them in a hostile way."""
    week = [*ranking(20), entry(21, "n1", 90, "Nova"), entry(22, "n2", 80, "nova 2"), entry(23, "n3", 70, HOSTILE)]
    week += [entry(24, "shy", 60), entry(25, "nova-id", 50, "Somebody"), entry(26, "z", 40, "Zoë X")]
    return fresh_api(windows={"week": week, "all_time": []}, **settings)


def search(opened: OpenPage, text: str, by: str = "name or id") -> None:
    """Search for a player by the keyboard alone, once the page is live."""
    opened.wait_for_state("live")
    type_search(opened, text, by)


def type_search(opened: OpenPage, text: str, by: str = "name or id") -> None:
    """Search for a player, whatever state the page is in."""
    field = opened.page.get_by_label(f"Find a player by {by}")
    expect(field).to_have_attribute("placeholder", f"Find a player by {by}")
    field.fill(text)
    field.press("Enter")


def list_searches(opened: OpenPage) -> list[str]:
    """The requests for players that did not come from a card, without the path."""
    return [path.partition("players?")[2] for path in opened.api.requests if "name=" in path]


def test_one_of_several_players_is_chosen_by_the_keyboard(open_page: Open) -> None:
    opened = open_page(names_api(), search="name or id")
    page = opened.page
    message, matches = page.locator("#search-message"), page.get_by_role("group", name="Which player?")
    search(opened, " nova ")
    expect(message).to_have_text("Which player?")
    expect(page.get_by_role("status")).to_have_text("Which player?")
    found = [["21", "Nova", "n1", "90"], ["22", "nova 2", "n2", "80"], ["23", HOSTILE, "n3", "70"]]
    expect(matches.get_by_role("button")).to_have_count(3)
    assert (
        matches.get_by_role("button").evaluate_all("all => all.map(b => [...b.children].map(c => c.textContent))")
        == found
    )
    assert page.locator("#matches img").count() == 0
    # One request for what may be an id, and one for the name.
    assert list_searches(opened) == ["name=nova&window=week"]
    for _ in range(3):
        page.keyboard.press("Tab")
    expect(matches.get_by_role("button").nth(1)).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#found-name")).to_have_text("nova 2")
    expect(page.locator("#found-rank")).to_have_text("Rank 22 of 26")
    expect(page.locator("#matches")).to_be_hidden()
    expect(message).to_have_text("")
    assert page.url.endswith("#player=n2")
    # It is the reader's own from now on, as one that was found by id.
    page.goto(opened.url)
    expect(page.locator("#found-name")).to_have_text("nova 2")


def test_the_only_player_of_a_name_is_found_at_once_and_an_id_wins(open_page: Open) -> None:
    opened = open_page(names_api(), search="name or id")
    page = opened.page
    for text, name in (("zoë", "Zoë X"), ("nova-id", "Somebody"), ("shy", "shy"), ("Nova 2", "nova 2")):
        search(opened, text)
        expect(page.locator("#found-name")).to_have_text(name)
        expect(page.locator("#matches")).to_be_hidden()
    assert list_searches(opened) == ["name=zo%C3%AB&window=week", "name=Nova+2&window=week"]


def test_many_players_of_a_name_are_said_to_be_more(open_page: Open) -> None:
    opened = open_page(names_api(), search="name or id")
    search(opened, "player")
    expect(opened.page.locator("#search-message")).to_have_text("The first 10 so named. Type more for others.")
    expect(opened.page.locator("#matches button")).to_have_count(10)
    # Another search, a window, and clearing close the list.
    search(opened, "Zoë Y")
    expect(opened.page.locator("#search-message")).to_have_text("Zoë Y has not scored in this window yet")
    expect(opened.page.get_by_role("status")).to_have_text("Zoë Y has not scored in this window yet")
    expect(opened.page.locator("#matches")).to_be_hidden()
    search(opened, "player")
    expect(opened.page.locator("#matches button")).to_have_count(10)
    opened.choose("All time")
    expect(opened.page.locator("#matches")).to_be_hidden()


def test_who_may_have_an_id_and_is_not_there_is_found_later(open_page: Open) -> None:
    opened = open_page(names_api(), search="name or id")
    search(opened, "late")
    expect(opened.page.locator("#search-message")).to_have_text("late has not scored in this window yet")
    opened.api.rebuild(week=[*ranking(3), entry(4, "late", 1, "Late")])
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 4 of 4")


def test_where_ids_are_hidden_players_are_found_by_name_alone(open_page: Open) -> None:
    opened = open_page(names_api(), search="name", hide_player_ids=True)
    search(opened, "  ", "name")
    expect(opened.page.locator("#search-message")).to_have_text("Enter a player’s name.")
    search(opened, "nova", "name")
    expect(opened.page.locator("#matches button")).to_have_count(3)
    assert "n1" not in opened.page.locator("#matches").inner_html()
    search(opened, "n1", "name")
    expect(opened.page.locator("#search-message")).to_have_text("n1 has not scored in this window yet")
    expect(opened.page.locator("#found")).to_be_hidden()
    assert not any("ids=" in path for path in opened.api.requests)


def test_a_search_that_the_api_can_not_answer_says_why(open_page: Open) -> None:
    opened = open_page(names_api(), search="name or id")
    opened.wait_for_state("live")
    opened.api.down = True
    # Without a wait for the state, which changes with the next refresh.
    type_search(opened, "Zoë")
    expect(opened.page.locator("#search-message")).to_have_text("The search can’t be answered: scripted")
    opened.api.down = False
    opened.wait_for_state("live")
    search(opened, "Zoë")
    expect(opened.page.locator("#found-name")).to_have_text("Zoë X")


def test_an_answer_that_comes_after_the_next_search_changes_nothing(open_page: Open) -> None:
    opened = open_page(names_api(), search="name or id")
    opened.wait_for_state("live")
    opened.api.delay = 0.4
    field = opened.page.get_by_label("Find a player by name or id")
    field.fill("Player")
    field.press("Enter")
    field.fill("Zoë")
    field.press("Enter")
    expect(opened.page.locator("#found-name")).to_have_text("Zoë X")
    opened.page.wait_for_timeout(900)
    expect(opened.page.locator("#matches")).to_be_hidden()
    expect(opened.page.locator("#found-name")).to_have_text("Zoë X")
