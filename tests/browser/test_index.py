"""The page that lists all boards: who leads each, how many play, when it resets, and why one has no figures."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from generator.rendering.index_files import render_index
from tests.browser.axe import look
from tests.browser.held_answers import hold_answers, release_all, wait_for_held
from tests.browser.index_server import Answer, IndexServer, problem, ranking
from tests.browser.page_clock import stop_clock
from tests.support.projects import board_yaml, boards_of, head

HOSTILE = "<img src=x onerror=alert(1)>\u202e"
TITLE = "</title><script>alert(2)</script>"
RESETS = "2026-11-30T03:00:00.000Z"
IAM = "{access: iam, principals: ['arn:aws:iam::111111111111:role/game']}"
PAGE = {"locale": "de-DE", "timezone_id": "Europe/Berlin"}

COUNTING = """
window.running = window.most = 0;
const ask = window.fetch;
window.fetch = async (...asked) => {
  window.most = Math.max(window.most, ++window.running);
  return await ask(...asked).finally(() => window.running--);
};
"""
"""Counts the requests that the page makes at once. A server sees six at most: the browser lets the others wait."""

Open = Callable[..., Page]


def boards_yaml(*boards: str) -> str:
    """A project of two teams."""
    return head(teams=("nebula", "quasar")) + "boards:\n" + "".join(boards)


def list_boards(text: str, addresses: dict[str, str], added: dict[str, Any] | None = None) -> dict[str, bytes]:
    """The files of the page that lists the boards of a project. `added`: the content of addresses.json."""
    files = {name: data.encode() for name, data in render_index(TITLE, boards_of(text), addresses).items()}
    return files if added is None else files | {"addresses.json": json.dumps(added).encode()}


@pytest.fixture
def open_index(browser: Browser) -> Iterator[Open]:
    """A function that opens the page of a server, and closes both after the test."""
    opened: list[tuple[Page, IndexServer, list[str]]] = []

    def open_(
        server: IndexServer, at: str = "", prepare: Callable[[Page], object] = lambda page: None, **context: Any
    ) -> Page:
        page = browser.new_context(**(PAGE | context)).new_page()
        prepare(page)
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("dialog", lambda dialog: faults.append(dialog.message))
        opened.append((page, server, faults))
        page.goto(server.url + at)
        return page

    yield open_
    for page, server, _ in opened:
        page.context.close()
        server.close()
    assert [fault for _, _, faults in opened for fault in faults] == []


def cards(page: Page) -> list[list[str]]:
    """The texts of each card, once all boards have been asked."""
    expect(page.locator("#announcement")).to_contain_text("board")
    parts = "card.querySelectorAll('h2, .from, .leader > *, .facts, .why')"
    script = f"all => all.map(card => [...{parts}].map(part => part.textContent))"
    found: list[list[str]] = page.locator(".board").evaluate_all(script)
    return found


def test_each_board_says_who_leads_and_when_it_resets(open_index: Open) -> None:
    text = boards_yaml(
        board_yaml("kills", title=json.dumps("Kills <b>"), dashboard="{game: Starfall, theme: {accent: '#ffd400'}}"),
        board_yaml("laps", "quasar", scoring="{order: ascending, decimals: 2, rules: [{activity: lap, points: 1}]}"),
        board_yaml("hidden", "quasar", dashboard="{hide_player_ids: true}"),
        board_yaml("empty"),
    )
    names = ("kills", "laps", "hidden", "empty")
    server = IndexServer(
        list_boards(text, {name: f"nebula/{name}/" for name in names}),
        {
            "nebula/kills/": ranking(HOSTILE, 1234567, 12408, RESETS),
            "nebula/laps/": ranking(None, 61.5, 1, None),
            "nebula/hidden/": ranking(None, 7, 2, "2027-01-04T03:00:00.000Z"),
            "nebula/empty/": ranking("", 0, 0, RESETS),
        },
    )
    # The year is said where it is another one.
    page = open_index(server, prepare=lambda page: stop_clock(page, datetime(2026, 11, 29, tzinfo=UTC)))
    assert cards(page) == [
        ["Empty", "nebula", "Nobody has scored yet", "0 players · resets Mon 30 Nov, 04:00 CET"],
        ["Kills <b>", "nebula · Starfall", HOSTILE, "1,234,567", "12,408 players · resets Mon 30 Nov, 04:00 CET"],
        ["Hidden", "quasar", "Unnamed player", "7", "2 players · resets Mon, 4 Jan 2027, 04:00 CET"],
        ["Laps", "quasar", "p1", "61.50", "1 player · never resets"],
    ]
    assert sorted(server.asked) == sorted(f"/nebula/{name}/v1/leaderboard?limit=1" for name in names)
    link = page.get_by_role("link", name="Kills <b>")
    assert link.get_attribute("href") == f"{server.url}nebula/kills/"
    assert page.title() == TITLE
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)


def test_a_board_without_figures_says_why(open_index: Open) -> None:
    text = boards_yaml(
        board_yaml("down"), board_yaml("gap"), board_yaml("signed", api=IAM), board_yaml("unknown"),
        board_yaml("other"), board_yaml("script"), board_yaml("plain"), board_yaml("added"), board_yaml("moved"),
    )  # fmt: skip
    other = IndexServer({}, {"": ranking("n", 1, 1, None)})
    added = {"added": "nebula/added/", "other": other.url, "script": "javascript:alert(3)", "down": "nebula/down/"}
    server = IndexServer(
        list_boards(text, {"gap": "gap/", "plain": "http://plain.example.com/", "moved": "moved/"}, added),
        {
            "nebula/down/": (502, {}),
            "moved/": (200, {"status": "ok"}),
            "gap/": problem(404, f"there is no season now {HOSTILE}"),
            "nebula/added/": ranking("Ada", 3, 1, None),
        },
    )
    page = open_index(server)
    unknown = "Its address is not known here: addresses.json has none."
    assert {title: rest for title, *rest in cards(page)} == {
        "Added": ["nebula", "Ada", "3", "1 player · never resets"],
        "Down": ["nebula", "It answers 502."],
        "Gap": ["nebula", f"there is no season now {HOSTILE}"],
        "Moved": ["nebula", "What answers at its address is no leaderboard."],
        "Other": ["nebula", unknown],  # http elsewhere: no link leads there
        "Plain": ["nebula", unknown],
        "Script": ["nebula", unknown],
        "Signed": ["nebula", "Only programs that sign their requests may read it."],
        "Unknown": ["nebula", unknown],
    }
    expect(page.locator("#announcement")).to_have_text("9 boards. 8 of them say why they have no figures.")
    assert other.asked == []
    other.close()


def test_boards_of_one_team_in_the_wanted_order(open_index: Open) -> None:
    text = boards_yaml(
        *(board_yaml(name, team) for name, team in (("aa", "quasar"), ("bb", "nebula"), ("cc", "nebula")))
    )
    resets = ("2026-12-01T00:00:00.000Z", None, "2026-11-30T00:00:00.000Z")
    ends = dict(zip(("aa", "bb", "cc"), resets, strict=True))
    answers = {f"{name}/": ranking("n", 1, 5 + number, end) for number, (name, end) in enumerate(ends.items())}
    page = open_index(IndexServer(list_boards(text, {name: f"{name}/" for name in ends}), answers), "#order=players")
    titles = page.locator("h2")
    expect(titles).to_have_text(["Cc", "Bb", "Aa"])
    page.get_by_label("Order").select_option(label="Next reset first")
    expect(titles).to_have_text(["Cc", "Aa", "Bb"])
    page.get_by_label("Order").select_option(label="By title")
    expect(titles).to_have_text(["Aa", "Bb", "Cc"])
    page.get_by_label("Order").select_option(label="By team")
    expect(titles).to_have_text(["Bb", "Cc", "Aa"])
    page.get_by_label("Team").select_option(label="nebula")
    expect(titles).to_have_text(["Bb", "Cc"])
    expect(page.locator("#state")).to_have_text("2 boards of 3")
    assert page.url.endswith("/#team=nebula")
    page.evaluate("location.hash = '#team=no-such&order=x'")
    expect(titles).to_have_text(["Bb", "Cc", "Aa"])


def test_two_hundred_boards_are_asked_a_few_at_a_time_and_once_a_minute(open_index: Open) -> None:
    files = list_boards(boards_yaml(board_yaml()), {})
    (board,) = json.loads(files["boards.json"])["boards"]
    names = [f"board-{number:03}" for number in range(200)]
    listed = [board | {"board": name, "title": name, "page": f"{name}/"} for name in names]
    files["boards.json"] = json.dumps({"boards": listed}).encode()
    server = IndexServer(files, {f"{name}/": ranking("Ada", 5, 9, RESETS) for name in names}, delay=0.01)

    def prepare(page: Page) -> None:
        stop_clock(page)
        page.add_init_script(COUNTING)

    page = open_index(server, prepare=prepare)
    expect(page.locator("#announcement")).to_have_text("200 boards.", timeout=20_000)
    expect(page.locator(".board .leader")).to_have_count(200)
    assert len(server.asked) == len(set(server.asked)) == 200
    assert page.evaluate("window.most") == 6
    page.clock.run_for(50_000)
    assert len(server.asked) == 200
    with page.expect_response(lambda answer: "board-199" in answer.url, timeout=20_000):
        page.clock.run_for(20_000)
    page.clock.run_for(10_000)
    assert len(server.asked) <= 400
    assert len(set(server.asked[200:])) == len(server.asked[200:])


def test_a_round_of_questions_ends_before_the_next_begins(open_index: Open) -> None:
    names = [f"board-{number}" for number in range(8)]
    files = list_boards(boards_yaml(*map(board_yaml, names)), {name: f"{name}/" for name in names})
    server = IndexServer(files, {f"{name}/": ranking("Ada", 5, 9, RESETS) for name in names})

    def prepare(page: Page) -> None:
        stop_clock(page)
        # A round of many silent boards takes more than a minute; so does this one of few.
        page.add_init_script("AbortSignal.timeout = () => new AbortController().signal")
        hold_answers(page, "v1/leaderboard")

    page = open_index(server, prepare=prepare)
    wait_for_held(page, 6)
    page.clock.run_for(130_000)
    assert page.evaluate("window.held.length") == 6
    release_all(page)
    expect(page.locator("#announcement")).to_have_text("8 boards.")
    with page.expect_response("**/v1/leaderboard*"):
        page.clock.run_for(6000)


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (3840, "light")])
def test_it_fits_any_screen_in_both_themes(open_index: Open, width: int, scheme: str) -> None:
    text = boards_yaml(
        board_yaml("long", title=json.dumps("W" * 100), dashboard=f"{{game: {'M' * 100}}}"), board_yaml("rtl")
    )
    answers = {
        "long/": ranking("N" * 64, 123456789012345, 99_999_999, RESETS),
        "rtl/": ranking("نور الهدى", 5, 3, RESETS),
    }
    page = open_index(
        IndexServer(list_boards(text, {"long": "long/", "rtl": "rtl/"}), answers),
        viewport={"width": width, "height": 800},
        color_scheme=scheme,
    )
    assert len(cards(page)) == 2
    assert page.evaluate("document.documentElement.scrollWidth") == width
    expect(page.locator(":root")).to_have_attribute("data-theme", scheme)
    page.get_by_role("button", name="Switch to the").click()
    expect(page.locator(":root")).not_to_have_attribute("data-theme", scheme)


def test_axe_finds_nothing(open_index: Open, axe: str) -> None:
    """With a board that somebody leads, one that is empty and one that fails."""
    text = boards_yaml(board_yaml("kills"), board_yaml("empty", "quasar"), board_yaml("down"))
    boards: dict[str, Answer] = {
        "nebula/kills/": ranking("n", 1234, 9, RESETS),
        "nebula/empty/": ranking("", 0, 0, RESETS),
        "nebula/down/": (502, {}),
    }
    server = IndexServer(list_boards(text, {name: f"nebula/{name}/" for name in ("kills", "empty", "down")}), boards)
    page = open_index(server, bypass_csp=True)
    assert len(cards(page)) == 3
    assert look(page, axe) == []


def test_a_list_that_cannot_be_loaded_says_so(open_index: Open) -> None:
    files = list_boards(boards_yaml(board_yaml()), {})
    page = open_index(IndexServer(files | {"boards.json": b"<html>"}, {}))
    expect(page.locator("#state")).to_have_text("The list of boards could not be loaded. Load the page again.")
