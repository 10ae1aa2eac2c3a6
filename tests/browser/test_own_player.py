"""The reader's own player: remembered on the device, pinned, with the way to the next place and a link to share."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.board_server import entry, fresh_api, ranking
from tests.browser.open_page import Open, OpenPage
from tests.browser.pages import column

NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError'); }})"


def find(opened: OpenPage, player: str) -> None:
    """Find a player, and wait for the card."""
    opened.wait_for_state("live")
    opened.page.get_by_label("Find a player by id").fill(player)
    opened.page.get_by_role("button", name="Find").click()
    expect(opened.page.locator("#found-rank")).to_contain_text("Rank")


def test_a_player_who_was_found_once_is_pinned_at_the_next_visit(open_page: Open) -> None:
    opened = open_page()
    find(opened, "p77")
    page = opened.page
    page.goto(opened.url)
    expect(page.locator("#found-rank")).to_have_text("Rank 77 of 120")
    expect(page.locator("#range")).to_have_text("1–50 of 120")
    # Whoever is sent the address of this page gets no word of the reader.
    assert page.url == opened.url
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#range")).to_have_text("Around Player 77")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#found")).to_be_hidden()
    page.goto(opened.url)
    opened.wait_for_state("live")
    expect(page.locator("#range")).to_have_text("1–50 of 120")
    expect(page.locator("#found")).to_be_hidden()


def test_a_link_to_a_player_does_not_make_it_the_readers(open_page: Open) -> None:
    opened = open_page(at="#player=p3")
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 3 of 120")
    opened.page.evaluate("location.hash = ''")
    expect(opened.page.locator("#range")).to_have_text("1–50 of 120")
    expect(opened.page.locator("#found")).to_be_hidden()


def test_on_a_phone_the_own_player_stays_in_sight(open_page: Open) -> None:
    opened = open_page(context={"viewport": {"width": 390, "height": 844}})
    find(opened, "p5")
    opened.page.get_by_role("button", name="Show the whole ranking").click()
    expect(opened.page.locator("#range")).to_have_text("1–50 of 120")
    for place in ("0", "document.body.scrollHeight"):
        opened.page.evaluate(f"scrollTo(0, {place})")
        expect(opened.page.locator("#found")).to_be_in_viewport(ratio=1)
    # Nothing of the page lies below it for good.
    pager = opened.page.locator("#jump").bounding_box()
    card = opened.page.locator("#found").bounding_box()
    assert pager
    assert card
    assert pager["y"] + pager["height"] <= card["y"]


def test_without_storage_the_page_remembers_for_the_visit(open_page: Open) -> None:
    opened = open_page(prepare=lambda page: page.add_init_script(NO_STORAGE))
    find(opened, "p77")
    opened.page.get_by_role("button", name="Show the whole ranking").click()
    expect(opened.page.locator("#range")).to_have_text("1–50 of 120")
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 77 of 120")


@pytest.mark.parametrize("text", ["{", "[1, 2]", "null", '[["week", [["p1", "x"]]]]', '{"a": 1}'])
def test_anything_may_stand_in_storage(open_page: Open, text: str) -> None:
    def fill(page: Page) -> None:
        page.add_init_script(
            f"localStorage.setItem('leaderboards.player', '<b>');"
            f"localStorage.setItem('leaderboards.ranks./some/path/', {text!r})"
        )

    opened = open_page(prepare=fill)
    opened.wait_for_state("live")
    assert len(opened.rows()) == 50
    expect(opened.page.locator("#found")).to_be_hidden()


def test_the_way_to_the_next_place_is_shown(open_page: Open) -> None:
    opened = open_page()
    gap = opened.page.locator("#found-gap")
    find(opened, "p77")
    expect(gap).to_have_text("1 to rank 76")
    find(opened, "p1")
    expect(gap).to_have_text("1 ahead of rank 2")
    opened.api.rebuild(week=[entry(1, "a", 50, "A"), entry(1, "b", 50, "B"), entry(3, "p1", 12, "Player 1")])
    expect(gap).to_have_text("38 to rank 1")


def test_who_is_level_in_one_column_is_told_the_way_in_the_next(open_page: Open) -> None:
    columns = list(map(column, ("score", "biggest")))
    entries = [entry(1, "a", 50, "A", biggest=9), entry(2, "b", 50, "B", biggest=7), entry(3, "c", 50, "C", biggest=7)]
    opened = open_page(fresh_api(windows={"week": entries, "all_time": []}), at="#player=b", columns=columns)
    expect(opened.page.locator("#found-gap")).to_have_text("Biggest: 2 to rank 1")
    opened.page.evaluate("location.hash = '#player=c'")
    expect(opened.page.locator("#found-gap")).to_have_text("Level with rank 2, which came first")


def test_a_link_that_is_shared_opens_at_the_player(open_page: Open) -> None:
    opened = open_page(
        at="#window=all_time",
        prepare=lambda page: page.add_init_script(
            "navigator.share = async (what) => { window.shared = what; }; document.title"
        ),
    )
    find(opened, "p2")
    opened.page.get_by_role("button", name="Show the whole ranking").or_(opened.page.locator("#range")).first.wait_for()
    opened.page.get_by_role("button", name="Share").click()
    shared = opened.page.evaluate("window.shared")
    assert shared == {"title": "Weekly kills · Starfall", "url": f"{opened.url}#window=all_time&player=p2"}


def test_where_nothing_can_be_shared_or_copied_the_link_is_shown(open_page: Open) -> None:
    opened = open_page(
        prepare=lambda page: page.add_init_script(
            "Object.defineProperty(navigator, 'share', {value: undefined});"
            "Object.defineProperty(navigator, 'clipboard', {value: undefined})"
        )
    )
    find(opened, "p2")
    opened.page.get_by_role("button", name="Share").click()
    message = opened.page.locator("#search-message")
    expect(message).to_have_text(f"This link opens at the player: {opened.url}#player=p2")
    # It stays while the card is kept fresh, so that there is time to copy it.
    week = opened.api.windows["week"]
    opened.api.rebuild(week=[week[0], {**week[1], "score": 999, "columns": {"score": 999}}, *week[2:]])
    expect(opened.page.locator("#found-score")).to_contain_text("999")
    expect(message).to_have_text(f"This link opens at the player: {opened.url}#player=p2")


def test_who_is_cleared_on_one_page_is_not_remembered_by_another(open_page: Open) -> None:
    opened = open_page()
    find(opened, "p2")
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 2 of 120")
    other = opened.page.context.new_page()
    other.goto(opened.url)
    other.get_by_role("button", name="Clear").click()
    opened.api.rebuild(week=ranking(119))
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 2 of 119")
    for page in (opened.page, other):
        page.goto("about:blank")
    opened.page.goto(opened.url)
    opened.wait_for_state("live")
    expect(opened.page.locator("#found")).to_be_hidden()


def test_who_has_moved_since_the_last_visit_is_marked(open_page: Open) -> None:
    opened = open_page(fresh_api(6))
    opened.wait_for_state("live")
    marks = opened.page.locator(".moved:visible")
    expect(marks).to_have_count(0)
    opened.page.goto("about:blank")  # which hides the page
    others = [each | {"rank": each["rank"] + 1} for each in ranking(5)]
    opened.api.rebuild(week=[entry(1, "p6", 2000, "Player 6"), *others])
    opened.page.goto(opened.url)
    opened.wait_for_state("live")
    expect(marks).to_have_count(6)
    expect(opened.page.locator(".entry[data-player=p6] .moved")).to_have_accessible_name("Up 5 since you last looked")
    expect(opened.page.locator(".entry[data-player=p5] .moved")).to_have_accessible_name("Down 1 since you last looked")
    # What is remembered does not grow for ever.
    opened.api.rebuild(week=ranking(900))
    for page in range(8):
        opened.page.evaluate(f"location.hash = '#offset={page * 100}'")
        expect(opened.page.locator(".entry .place").first).to_have_text(str(page * 100 + 1))
    opened.page.goto("about:blank")
    opened.page.goto(opened.url)
    stored = opened.page.evaluate("JSON.parse(localStorage.getItem('leaderboards.ranks./some/path/'))")
    assert [len(ranks) for _, ranks in stored] == [200]
