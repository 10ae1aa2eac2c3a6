"""Finding one player by id."""

from playwright.sync_api import expect

from tests.browser.board_server import entry, fresh_api, ranking
from tests.browser.open_page import Open, OpenPage


def search(opened: OpenPage, text: str) -> None:
    """Search for a player by id."""
    opened.wait_for_state("live")
    opened.page.get_by_label("Find a player by id").fill(text)
    opened.page.get_by_role("button", name="Find").click()


def test_a_player_is_found_with_rank_score_and_percentile(open_page: Open) -> None:
    opened = open_page(fresh_api(101))
    search(opened, " p26 ")
    card = opened.page.locator("#found")
    expect(card).to_be_visible()
    expect(card.locator("#found-rank")).to_have_text("Rank 26 of 101")
    expect(card.locator("#found-name")).to_have_text("Player 26")
    expect(card.locator("#found-id")).to_have_text("p26")
    expect(card.locator("#found-score")).to_have_text("Score 974")
    expect(card.locator("#found-percentile")).to_have_text("Ahead of 75% of the others")
    expect(opened.page.locator(".entry.followed .name")).to_have_text("Player 26")
    expect(opened.page.get_by_role("status")).to_contain_text("Rank 26 of 101")
    opened.page.get_by_role("button", name="Clear").click()
    expect(card).to_be_hidden()
    expect(opened.page.locator(".entry.followed")).to_have_count(0)


def test_a_found_player_stays_up_to_date_and_follows_the_window(open_page: Open) -> None:
    opened = open_page()
    search(opened, "p2")
    expect(opened.page.locator("#found-score")).to_have_text("Score 998")
    opened.api.windows["week"][1]["score"] = 998.0 + 1
    expect(opened.page.locator("#found-score")).to_have_text("Score 999")
    opened.choose("All time")
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 2 of 3")


def test_the_only_player_is_said_to_be_the_only_one(open_page: Open) -> None:
    opened = open_page(fresh_api(1))
    search(opened, "p1")
    expect(opened.page.locator("#found-percentile")).to_have_text("The only player so far")


def test_a_player_with_no_entry_is_named_as_such(open_page: Open) -> None:
    opened = open_page()
    search(opened, "nobody")
    expect(opened.page.locator("#search-message")).to_have_text("nobody has not scored in this window yet")
    expect(opened.page.locator("#found")).to_be_hidden()
    expect(opened.page.get_by_role("status")).to_have_text("nobody has not scored in this window yet")


def test_what_cannot_be_an_id_is_refused_without_asking(open_page: Open) -> None:
    opened = open_page()
    message = opened.page.locator("#search-message")
    for text in ("a b", "../health", "-dash", "ü", "<b>", "a/b", "a%2Fb", "a?x=1", "x" * 129):
        search(opened, "   ")
        expect(message).to_have_text("Enter a player’s id.")
        search(opened, text)
        expect(message).to_contain_text("That is not a player id.")
    assert not any("players" in path for path in opened.api.requests)


def test_a_search_that_finds_nobody_leaves_the_page_of_the_ranking_and_its_link(open_page: Open) -> None:
    opened = open_page(at="#offset=50")
    opened.wait_for_state("live")
    rows = opened.rows()
    # Every state of the table from now on, not only the last.
    opened.page.evaluate(
        "window.seen = []; new MutationObserver(() => seen.push(document.querySelectorAll('.entry').length))"
        ".observe(document.getElementById('rows'), {childList: true})"
    )
    search(opened, "nobody")
    expect(opened.page.locator("#search-message")).to_contain_text("has not scored in this window yet")
    expect(opened.page.locator("#range")).to_have_text("51–100 of 120")
    assert opened.rows() == rows
    assert set(opened.page.evaluate("seen")) <= {50}
    assert opened.page.url.endswith("#offset=50&player=nobody")


def test_a_search_that_finds_nobody_is_no_error_and_goes_on_with_each_refresh(open_page: Open) -> None:
    opened = open_page(refresh_seconds=30, prepare=lambda page: page.clock.install())
    # The page of the ranking that was open stays, and tells whether the player is in.
    with opened.page.expect_response("**/v1/leaderboard?*player=nobody"):
        search(opened, "nobody")
    expect(opened.page.locator("#search-message")).to_contain_text("has not scored in this window yet")
    before = len(opened.api.answers)
    for _ in range(5):
        opened.api.rebuild()
        with opened.page.expect_response("**/v1/leaderboard?*player=nobody"):
            opened.page.clock.run_for(33_000)
    # No request but the one for the ranking, and the list of windows, which is asked for once a minute.
    assert [path for path, _ in opened.api.answers[before:] if path != "v1/windows"] == ["v1/leaderboard"] * 5
    assert {status for _, status in opened.api.answers} <= {200, 304}


def test_an_id_stands_in_the_query(open_page: Open) -> None:
    week = ranking(120)
    week[76] = entry(77, "steam:1~a@x", 923, "Odd")
    opened = open_page(fresh_api(windows={"week": week, "all_time": []}))
    opened.api.pending["steam:1~a@x"] = {"score": 1320, "columns": {"score": 1320}}
    search(opened, "steam:1~a@x")
    page = opened.page
    expect(page.locator("#found-rank")).to_have_text("Rank 77 of 120")
    expect(page.locator("#found-percentile")).to_have_text("Ahead of 36.1% of the others")
    expect(page.locator("#found-pending")).to_have_text("1,320 now, counted at the next update")
    expect(page.locator("#range")).to_have_text("Around Odd")
    assert [row[0] for row in opened.rows()] == [str(n) for n in range(72, 83)]
    asked = [path for path in opened.api.requests if "steam" in path]
    assert asked
    assert set(asked[:1]) == {"/some/path/v1/players?ids=steam%3A1%7Ea%40x&window=week&span=5"}
    opened.choose("All time")
    expect(page.locator("#search-message")).to_have_text("steam:1~a@x has not scored yet")
    expect(page.locator("#found")).to_be_hidden()


def test_a_search_while_the_api_is_down_says_so(open_page: Open) -> None:
    opened = open_page()
    opened.wait_for_state("live")
    opened.api.down = True
    field = opened.page.get_by_label("Find a player by id")
    field.fill("p1")
    field.press("Enter")
    expect(opened.page.locator("#search-message")).to_have_text("The search can’t be answered: scripted")
    opened.api.down = False
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 1 of 120")
    expect(opened.page.locator("#found-percentile")).to_have_text("Ahead of everyone else")
    expect(opened.page.locator("#search-message")).to_have_text("")


def test_the_players_around_the_one_found_are_shown_in_place(open_page: Open) -> None:
    opened = open_page()
    search(opened, "p77")
    page = opened.page
    expect(page.locator("#range")).to_have_text("Around Player 77")
    assert [row[0] for row in opened.rows()] == [str(n) for n in range(72, 83)]
    followed = page.locator(".entry[aria-current=true]")
    expect(followed.locator(".name")).to_have_text("Player 77")
    expect(followed).to_be_in_viewport()
    assert page.url.endswith("#player=p77")
    page.get_by_role("button", name="Show the whole ranking").click()
    expect(page.locator("#range")).to_have_text("1–50 of 120")
    # The player stays found, and the address leads back to this view.
    expect(page.locator("#found-rank")).to_have_text("Rank 77 of 120")
    assert page.url.endswith("/some/path/")
    page.get_by_role("button", name="Next").click()
    expect(page.locator(".entry.followed .name")).to_have_text("Player 77")
    page.go_back()
    page.go_back()
    expect(page.locator("#range")).to_have_text("Around Player 77")
    page.get_by_role("button", name="Clear").click()
    expect(page.locator("#range")).to_have_text("1–50 of 120")


def test_the_card_and_the_ranking_come_from_one_snapshot(open_page: Open) -> None:
    opened = open_page()
    search(opened, "p3")
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 3 of 120")
    shown = opened.rows()[2]
    others = [each | {"rank": each["rank"] + 1} for each in ranking(120) if each["player_id"] != "p3"]
    opened.api.rebuild(week=[entry(1, "p3", 5000, "Player 3"), *others])
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 1 of 120")
    assert shown == ["3", "Player 3", "997"]
    assert opened.rows()[0] == ["1", "Player 3", "5,000"]


def test_a_pending_score_is_shown_beside_the_score(open_page: Open) -> None:
    opened = open_page()
    search(opened, "p2")
    pending = opened.page.locator("#found-pending")
    expect(opened.page.locator("#found-score")).to_have_text("Score 998")
    expect(pending).to_be_hidden()
    opened.api.pending["p2"] = {"score": 1320, "columns": {"score": 1320}}
    expect(pending).to_have_text("1,320 now, counted at the next update")
    opened.api.pending.clear()
    expect(pending).to_be_hidden()


def test_a_player_who_appears_later_is_found_then(open_page: Open) -> None:
    opened = open_page()
    search(opened, "late")
    expect(opened.page.locator("#search-message")).to_contain_text("has not scored in this window yet")
    opened.api.rebuild(week=[*ranking(120), entry(121, "late", 1, "Late")])
    expect(opened.page.locator("#found-rank")).to_have_text("Rank 121 of 121")
    expect(opened.page.locator("#search-message")).to_have_text("")


def test_a_player_whose_card_is_open_leaves_the_ranking(open_page: Open) -> None:
    opened = open_page()
    search(opened, "p120")
    expect(opened.page.locator("#range")).to_have_text("Around Player 120")
    opened.api.rebuild(week=ranking(119))
    expect(opened.page.locator("#search-message")).to_contain_text("has not scored in this window yet")
    expect(opened.page.locator("#found")).to_be_hidden()
    expect(opened.page.locator("#range")).to_have_text("1–50 of 119")
    opened.wait_for_state("live")
