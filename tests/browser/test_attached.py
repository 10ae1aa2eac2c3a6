"""What entries have attached: text, and links only where the board's author allows them."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.board_server import entry, fresh_api
from tests.browser.open_page import Open, OpenPage

FIELDS = [
    {"field": "photo", "title": "Photo", "link": True},
    {"field": "lure", "title": "Lure", "link": False},
    {"field": "constructor", "title": "Constructor", "link": False},
]
HOSTILE = (
    "javascript:alert(document.domain)",
    "JavaScript://example.com/%0aalert(1)",
    " https://example.com/led-by-a-space",
    "data:text/html,<script>alert(1)</script>",
    "http://example.com/not-encrypted",
    "https://example.com@evil.example/",
    "https://user:secret@example.com/",
    "https:example.com",
    "https:/example.com",
    "https:///example.com",
    "https://",
    "https://example.com\\@evil.example/",
    "//example.com/without-a-scheme",
    "/v1/leaderboard",
    "blob:https://example.com/1",
    "ftp://example.com/",
    "https://exa mple.com/",
    "https://[::1",
    '"><a href="https://evil.example">x</a>',
    "<img src=x onerror=alert(1)>",
    "\u202emoc.live//:sptth",
)


def open_with(open_page: Open, *attached: dict[str, str], width: int = 1280) -> OpenPage:
    """Open a board whose players have this attached, with as many players as there are."""
    week = [
        {**entry(n, f"p{n}", 1000 - n, f"Player {n}"), "attached": each} for n, each in enumerate(attached, start=1)
    ]
    context = {"viewport": {"width": width, "height": 844}}
    opened = open_page(fresh_api(windows={"week": week, "all_time": []}), context=context, attached=FIELDS)
    opened.wait_for_state("live")
    return opened


def attached(opened: OpenPage, player: int) -> Locator:
    """What the row of a player shows of it."""
    return opened.page.locator(f"[data-player=p{player}] .attached")


def test_a_link_leads_where_it_says(open_page: Open) -> None:
    opened = open_with(
        open_page,
        {"photo": "https://example.com/a.jpg?x=1#y", "lure": "fly & <b>worm</b>"},
        {"photo": "HTTPS://xn--80ak6aa92e.com/"},
        {"photo": "https://аррӏе.com/"},
        {},
    )
    link = attached(opened, 1).locator("a")
    expect(link).to_have_text("Photo")
    expect(link).to_have_attribute("href", "https://example.com/a.jpg?x=1#y")
    expect(link).to_have_attribute("rel", "noopener noreferrer nofollow")
    expect(link).to_have_attribute("target", "_blank")
    expect(link).to_have_attribute("title", "example.com")
    expect(attached(opened, 1).locator(".fact")).to_have_text("Lure fly & <b>worm</b>")
    # Letters that look like those of a known name: who points at the link sees what they are.
    for player in (2, 3):
        expect(attached(opened, player).locator("a")).to_have_attribute("title", "xn--80ak6aa92e.com")
    expect(attached(opened, 4)).to_be_hidden()


def test_nothing_hostile_becomes_a_link_or_markup(open_page: Open) -> None:
    opened = open_with(open_page, *({"photo": text, "lure": text, "constructor": text} for text in HOSTILE))
    rows = opened.page.locator(".entry .attached")
    expect(rows).to_have_count(len(HOSTILE))
    for number, text in enumerate(HOSTILE, start=1):
        shown = attached(opened, number).locator(".value").evaluate_all("all => all.map(each => each.textContent)")
        assert shown == [text] * 3
    assert opened.page.locator("#ranking a, .attached :is(img, script, b)").count() == 0


def test_only_the_author_makes_links(open_page: Open) -> None:
    opened = open_with(open_page, {"lure": "https://example.com/a.jpg", "unknown": "https://example.com/"})
    expect(attached(opened, 1)).to_have_text("Lure https://example.com/a.jpg")
    assert opened.page.locator("#ranking a").count() == 0


def test_a_refresh_keeps_the_focus_and_shows_what_is_new(open_page: Open) -> None:
    opened = open_with(open_page, {"photo": "https://example.com/a.jpg", "lure": "fly"})
    link = attached(opened, 1).locator("a")
    link.focus()
    changed = opened.api.windows["week"][0] | {"score": 2000, "columns": {"score": 2000}}
    opened.api.rebuild(week=[changed])
    expect(opened.page.locator("[data-player=p1]")).to_contain_text("2,000")
    expect(link).to_be_focused()
    opened.api.rebuild(week=[changed | {"attached": {"lure": "worm"}}])
    expect(attached(opened, 1)).to_have_text("Lure worm")


def test_the_podium_the_table_and_the_card_of_the_followed_player_show_them(open_page: Open) -> None:
    photo, lures = "https://example.com/a.jpg", ("fly", "worm", "spoon", "popper")
    week = [
        {**entry(n, f"p{n}", 1000 - n, f"Player {n}"), "attached": {"photo": photo, "lure": lure}}
        for n, lure in enumerate(lures, start=1)
    ]
    opened = open_page(fresh_api(windows={"week": week, "all_time": []}), "#offset=0&player=p4", attached=FIELDS)
    for player, place in ((1, "#podium"), (4, "#rows")):
        entry_of = opened.page.locator(f"{place} [data-player=p{player}]")
        expect(entry_of.locator(".attached")).to_have_text(f"PhotoLure {lures[player - 1]}")
        # On the podium the score stands out, whatever stands beside it.
        size = entry_of.locator(".score").evaluate("each => parseFloat(getComputedStyle(each).fontSize)")
        assert size >= 18
    card = opened.page.locator("#found-attached")
    expect(card).to_have_text("PhotoLure popper")
    expect(card.locator("a")).to_have_attribute("href", photo)
    changed = week[3] | {"attached": {"lure": "<b>fly"}}
    opened.api.rebuild(week=[*week[:3], changed])
    expect(card).to_have_text("Lure <b>fly")


@pytest.mark.parametrize("width", [320, 1280])
def test_long_texts_stay_in_their_place(open_page: Open, width: int) -> None:
    opened = open_with(open_page, {"lure": "x" * 900, "photo": "https://example.com/" + "y" * 60}, width=width)
    assert opened.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    value = attached(opened, 1).locator(".value")
    expect(value).to_have_attribute("title", "x" * 900)
    box, frame = value.bounding_box(), opened.page.locator("#ranking").bounding_box()
    assert box is not None
    assert frame is not None
    assert box["height"] < 40
    assert box["x"] + box["width"] <= frame["x"] + frame["width"]


def test_rows_have_as_much_room_above_as_below_and_cards_keep_their_steps(open_page: Open) -> None:
    opened = open_with(open_page, {}, {"photo": "http://example.com/" + "x" * 20, "lure": "fly"}, {}, {"lure": "fly"})
    above, below = opened.page.locator("#rows .entry").evaluate(
        """row => {
          const [outer, name, facts] = [row, row.querySelector(".name"), row.querySelector(".attached")].map(each =>
            each.getBoundingClientRect());
          return [name.top - outer.top, outer.bottom - facts.bottom];
        }"""
    )
    assert above >= 4
    assert abs(above - below) <= 2
    tops = opened.page.locator("#podium .entry").evaluate_all("all => all.map(e => e.getBoundingClientRect().top)")
    assert tops[0] + 8 < tops[1] < tops[2] - 8
