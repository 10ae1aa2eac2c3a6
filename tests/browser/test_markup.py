"""Texts with markup in them are shown as text: they make no element, no attribute, no request, and run nothing."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.board_server import Ranking, ScriptedApi, entry, fresh_api
from tests.browser.open_page import Open

HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(2)</script>",
    "</title></style></textarea><script>alert(3)</script>",
    "<img src=x onerror=alert(4)>",
    "'\"><svg onload=alert(5)>",
    "<svg><animate onbegin=alert(6) attributeName=x></svg>",
    '" onfocus="alert(7)" autofocus="',
    "' onmouseover='alert(8)",
    "` onmouseover=alert(9)",
    "<iframe srcdoc='<script>alert(10)</script>'>",
    "<a href=javascript:alert(11)>x</a>",
    "javascript:alert(12)",
    "<style>*{display:none}</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<meta http-equiv=refresh content=0>",
    "<base href=//evil.example/>",
    "<form action=//evil.example><input name=x>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(13)>",
    "<!--><img src=x onerror=alert(14)>",
    "<![CDATA[<img src=x onerror=alert(15)>]]>",
    "&lt;img src=x onerror=alert(16)&gt;",
    "&#60;script&#62;alert(17)&#60;/script&#62;",
    "\\u003cscript\\u003ealert(18)",
    "\uff1cscript\uff1ealert(19)",
    "{{ 7 * 7 }}${alert(20)}",
    "{% raw %}<%= 7 * 7 %>#{7 * 7}",
    "__proto__",
    "constructor",
    "\u202egnp.exe",  # reverses the text that follows, unless the page isolates it
    "\u2067\u202e\u2066a",
    "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c" * 4,
)


def skeleton(page: Page) -> Any:
    """Every element of the page with the names of its attributes, in order, without any text."""
    return page.evaluate(
        "() => [...document.querySelectorAll('*')].map(e => [e.nodeName, e.parentNode.nodeName, "
        "...e.getAttributeNames().filter(name => name !== 'style').sort()].join(' '))"
    )


def named(names: tuple[str, ...]) -> ScriptedApi:
    entries = [entry(n, f"p{n}", 100 - n, name) for n, name in enumerate(names, start=1)]
    return fresh_api(windows={"week": entries, "all_time": []})


def test_the_names_of_players_are_text(open_page: Open) -> None:
    plain = open_page(named(tuple(f"Player {number}" for number in range(len(HOSTILE)))))
    opened = open_page(named(HOSTILE))
    for each in (plain, opened):
        each.wait_for_state("live")
    assert [row[1] for row in opened.rows()] == list(HOSTILE)
    assert skeleton(opened.page) == skeleton(plain.page)
    # A name stays in its cell: neither its direction nor its marks reach the text beside it.
    cells = opened.page.locator(".entry").evaluate_all(
        "all => all.map(e => ['.name', '.score'].map(part => e.querySelector(part).getBoundingClientRect().toJSON()))"
    )
    assert all(name["right"] <= score["left"] + 1 for name, score in cells[3:])
    assert opened.page.locator(".entry bdi.name").first.evaluate("e => getComputedStyle(e).unicodeBidi") == "isolate"


def test_the_name_of_the_player_who_was_looked_for_is_text(open_page: Open) -> None:
    pages = [open_page(named((name, *HOSTILE[1:6])), at="#player=p1") for name in ("Player 1", HOSTILE[3])]
    for opened in pages:
        opened.wait_for_state("live")
        expect(opened.page.locator("#found")).to_be_visible()
    expect(pages[1].page.locator("#found-name")).to_have_text(HOSTILE[3])
    assert skeleton(pages[1].page) == skeleton(pages[0].page)


@pytest.mark.parametrize("text", [HOSTILE[2], HOSTILE[4] + HOSTILE[6] + HOSTILE[7], HOSTILE[20] + HOSTILE[24]])
def test_texts_of_the_board_are_text(open_page: Open, text: str) -> None:
    """The generator refuses some of these texts; the page would show them as text all the same."""

    def settings(said: str) -> dict[str, Any]:
        return {
            "title": said,
            "game": said,
            "description": said,
            "columns": [{"name": said, "title": said, "order": "descending", "decimals": 0}],
            "windows": [{"every": "week", "label": said}, {"every": "all_time", "label": said}],
        }

    def answers(said: str, player_id: str) -> ScriptedApi:
        entries: Ranking = [entry(1, player_id, 5, None) | {"columns": {said: 5}}]
        return fresh_api(windows={"week": entries, "all_time": []}, ids={"week": f"w {said}", "all_time": said})

    plain = open_page(answers("plain", "ann"), at="#player=b b", **settings("plain"))
    opened = open_page(answers(text, text), at=f"#player={text}", **settings(text))
    for each in (plain, opened):
        each.wait_for_state("live")
    assert [row[1:] for row in opened.rows()] == [[text.strip(), "5"]]
    for place in ("h1", ".game", "thead th:last-child", "#window option:checked"):
        assert text.strip() in (opened.page.locator(place).text_content() or ""), place
    assert opened.page.title().strip() == f"{text.strip()} · {text.strip()}"
    assert skeleton(opened.page) == skeleton(plain.page)
