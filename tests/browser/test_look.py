"""How the page looks, as far as a program can check: width, contrast, themes, no jumps, keyboard, and its policy."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.board_server import entry, fresh_api
from tests.browser.open_page import Open, OpenPage

CONTRASTS = """() => {
  const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const known = new Map();
  const rgba = (colour) => {
    if (!known.has(colour)) known.set(colour, painted(colour));
    return known.get(colour);
  };
  const painted = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = ([r, g, b]) => {
    const [x, y, z] = [r, g, b].map(v => v / 255).map(v => v <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
    return .2126 * x + .7152 * y + .0722 * z;
  };
  const backgrounds = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      const wash = style.backgroundImage.startsWith('linear-gradient') ? style.getPropertyValue('--wash') : null;
      const plain = rgba(style.backgroundColor);
      if (plain[3] === 255) return [plain];
      if (wash) return [rgba(wash), ...backgrounds(at.parentElement)];
    }
    throw new Error('no background');
  };
  const found = [];
  for (const element of document.body.querySelectorAll('*')) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || element.tagName === 'OPTION' || element.closest('.unseen') || !element.checkVisibility()) continue;
    const text = luminance(rgba(getComputedStyle(element).color));
    for (const background of backgrounds(element)) {
      const [high, low] = [text, luminance(background)].sort((a, b) => b - a);
      found.push([element.className || element.id || element.tagName, (high + .05) / (low + .05)]);
    }
  }
  return found;
}"""

LEVELS = ("00", "80", "ff")
ACCENTS = [f"#{r}{g}{b}" for r in LEVELS for g in LEVELS for b in LEVELS]
"""Accents from all over the range of colours."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_can_be_read_with_every_accent(open_page: Open, scheme: str) -> None:
    opened = open_page(fresh_api(12), at="#player=p2", context={"color_scheme": scheme}, accent="#123456")
    opened.wait_for_state("live")
    expect(opened.page.locator("#found")).to_be_visible()
    opened.page.wait_for_timeout(300)
    assert opened.page.evaluate("getComputedStyle(document.body).borderTopColor") == "rgb(18, 52, 86)"
    assert len(contrasts(opened)) > 40
    for accent in ACCENTS:
        opened.page.evaluate("accent => document.documentElement.style.setProperty('--accent', accent)", accent)
        assert [(accent, *found) for found in contrasts(opened) if found[1] < 4.5] == []
    opened.api.ahead = timedelta(hours=3)
    opened.wait_for_state("stale")
    assert [found for found in contrasts(opened) if found[1] < 4.5] == []
    opened.api.down = True
    opened.wait_for_state("down")
    assert [found for found in contrasts(opened) if found[1] < 4.5] == []


def contrasts(opened: OpenPage) -> list[tuple[str, float]]:
    """Every text on the page, by class or id, with its contrast to each of its backgrounds."""
    found: list[tuple[str, float]] = opened.page.evaluate(CONTRASTS)
    return found


LONG = "W" * 64
WIDE: list[dict[str, Any]] = [
    entry(1, "a" * 128, 999_999_999_999_999, LONG),
    entry(2, "b" * 128, 999_999_999_999_998, None),
    *(entry(n, f"{n}-" + "c" * 120, 1, LONG) for n in range(3, 60)),
]


@pytest.mark.parametrize("width", [320, 390, 768, 960, 1440, 3840])
def test_nothing_is_wider_than_the_screen(open_page: Open, width: int) -> None:
    api = fresh_api(windows={"week": WIDE, "all_time": []})
    opened = open_page(
        api,
        at="#player=" + "a" * 128,
        context={"viewport": {"width": width, "height": 844}},
        title="Unbreakable" * 12,
        game="n" * 64,
        windows=[{"every": every, "label": f"The {every}"} for every in ("week", "month", "day", "all_time")],
    )
    opened.wait_for_state("live")
    expect(opened.page.locator("#found")).to_be_visible()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    # A name that is cut off can be read whole in its tooltip.
    first = opened.page.locator(".entry .name").first
    expect(first).to_have_attribute("title", LONG)
    assert first.evaluate("e => e.getBoundingClientRect().width") >= 48
    overflows = "cells => cells.filter(c => c.scrollWidth > c.clientWidth + 1).length"
    assert opened.page.locator(".entry .score").evaluate_all(overflows) == 0


APART = """() => {
  const boxes = (selector, parent) =>
    [...(parent ?? document).querySelectorAll(selector)].map((each) => each.getBoundingClientRect())
      .filter(({ width, height }) => width > 0 && height > 0);
  const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
  const overlap = (all) => all.some((one, at) => all.slice(at + 1).some((other) => meet(one, other)));
  const entries = [...document.querySelectorAll(".entry")];
  return [
    overlap(boxes(".entry")),
    entries.filter((each) => overlap(boxes(".place, .name, .id, .score, .fact", each))).length,
    overlap(boxes(".masthead, .choice, .search, #podium, #rows, #pager")),
    document.documentElement.scrollWidth > innerWidth,
  ];
}"""
"""Whether entries overlap one another, how many have parts that do, whether parts of the page do, or are too wide."""


@pytest.mark.parametrize(
    ("width", "scale"), [(320, 1), (640, 2), (1280, 1), (3840, 1)], ids=["320", "200%", "1280", "4K"]
)
def test_nothing_overlaps_also_while_rows_move(open_page: Open, width: int, scale: int) -> None:
    """A zoom of 200% leaves a screen of 1280 pixels 640 of them, each of four dots."""
    names = ("نور الهدى", "דניאל", "The Quartermaster of the Ninth Fleet", "Κασσάνδρα", None, "\u202eevil")
    week = [entry(n, f"player-{n}", 10_000 - n, names[n % len(names)]) for n in range(1, 61)]
    opened = open_page(
        fresh_api(windows={"week": week, "all_time": []}),
        context={"viewport": {"width": width, "height": 900}, "device_scale_factor": scale},
    )
    opened.wait_for_state("live")
    assert opened.page.evaluate(APART) == [False, 0, False, False]
    turned = [entry(n, each["player_id"], 20_000 - n, each["name"]) for n, each in enumerate(reversed(week), start=1)]
    opened.api.rebuild(week=turned)
    expect(opened.page.locator(".entry").first).to_have_attribute("data-player", "player-60")
    assert opened.page.evaluate(APART) == [False, 0, False, False]


def test_nothing_moves_for_those_who_ask_for_less_motion(open_page: Open) -> None:
    for motion, moves in (("reduce", False), ("no-preference", True)):
        opened = open_page(
            fresh_api(12),
            context={"reduced_motion": motion},
            prepare=lambda page: page.add_init_script(
                "window.moves = 0; const animate = Element.prototype.animate;"
                "Element.prototype.animate = function (...all) { moves += 1; return animate.apply(this, all); }"
            ),
        )
        opened.wait_for_state("live")
        week = opened.api.windows["week"]
        opened.api.rebuild(week=[{**week[0], "score": 77_000}, *week[1:]])
        expect(opened.page.locator(".entry").first).to_contain_text("77,000")
        assert (opened.page.evaluate("moves") > 0) is moves
        if not moves:
            assert opened.page.evaluate("document.getAnimations().length") == 0


@pytest.mark.parametrize("width", [390, 1440])
def test_nothing_jumps_when_the_state_of_the_data_changes(open_page: Open, width: int) -> None:
    opened = open_page(context={"viewport": {"width": width, "height": 844}})
    table = "document.querySelector('#podium').getBoundingClientRect().top"
    opened.wait_for_state("live")
    tops = [opened.page.evaluate(table)]
    opened.api.ahead = timedelta(hours=47)  # time passes, and no rebuild
    opened.wait_for_state("stale")
    tops.append(opened.page.evaluate(table))
    opened.api.down = True
    opened.wait_for_state("down")
    tops.append(opened.page.evaluate(table))
    bar = opened.page.locator("#state").evaluate("e => [e.scrollHeight, e.clientHeight]")
    assert bar[0] <= bar[1]
    opened.api.down = False
    opened.choose("All time")
    expect(opened.page.locator(".entry")).to_have_count(3)
    tops.append(opened.page.evaluate(table))
    assert len(set(tops)) == 1


def test_the_theme_is_the_readers_and_a_choice_is_remembered(open_page: Open) -> None:
    opened = open_page(context={"color_scheme": "dark"})
    page = opened.page
    root = page.locator("html")
    expect(root).to_have_attribute("data-theme", "dark")
    page.emulate_media(color_scheme="light")
    expect(root).to_have_attribute("data-theme", "light")
    page.get_by_role("button", name="Switch to the dark theme").click()
    expect(root).to_have_attribute("data-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-theme", "dark")
    expect(page.get_by_role("button", name="Switch to the light theme")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 17, 20)"


@pytest.mark.parametrize("width", [390, 1280])
def test_the_first_three_stand_on_a_podium(open_page: Open, width: int) -> None:
    opened = open_page(context={"viewport": {"width": width, "height": 844}})
    opened.wait_for_state("live")
    cards = opened.page.get_by_role("list", name="The first three").get_by_role("listitem")
    expect(cards).to_have_text([re.compile(rf"{n}Player {n}p{n}{1000 - n}") for n in (1, 2, 3)])
    boxes = cards.evaluate_all("cards => cards.map(c => c.getBoundingClientRect().toJSON())")
    first, second, third = boxes
    assert second["right"] < first["left"] < first["right"] < third["left"]
    assert first["top"] < min(second["top"], third["top"])
    assert len({round(box["bottom"]) for box in boxes}) == 1
    expect(opened.page.locator("#rows .place").first).to_have_text("4")
    opened.page.get_by_role("button", name="Next").click()
    expect(opened.page.locator("#range")).to_have_text("51–100 of 120")
    expect(opened.page.locator("#podium")).to_be_hidden()
    assert len(opened.rows()) == 50


def test_three_players_need_no_table(open_page: Open) -> None:
    opened = open_page(at="#window=all_time")
    opened.wait_for_state("live")
    expect(opened.page.locator("#podium .entry")).to_have_count(3)
    expect(opened.page.get_by_role("table")).to_be_hidden()
    opened.choose("This week")
    expect(opened.page.get_by_role("table")).to_be_visible()


@pytest.mark.parametrize("at", ["", "#player=p77"])
def test_on_a_phone_a_third_of_the_screen_at_most_is_head(open_page: Open, at: str) -> None:
    opened = open_page(at=at, context={"viewport": {"width": 390, "height": 844}})
    opened.wait_for_state("live")
    tops = opened.page.locator("#podium, #frame").evaluate_all(
        "all => all.map(e => e.getBoundingClientRect()).filter(b => b.height).map(b => b.top)"
    )
    assert min(tops) <= 844 / 3


def test_a_long_reason_lies_over_the_ranking_and_can_be_read_whole(open_page: Open) -> None:
    opened = open_page(context={"viewport": {"width": 320, "height": 844}})
    opened.wait_for_state("live")
    top = opened.page.locator("#podium").bounding_box()
    opened.api.down, opened.api.reason = True, "the snapshot can’t be read now; " * 8
    opened.wait_for_state("down")
    bar = opened.page.locator("#state").evaluate(
        "e => [e.scrollHeight > e.clientHeight, e.scrollWidth > e.clientWidth]"
    )
    assert bar == [False, False]
    assert opened.page.locator("#podium").bounding_box() == top
    expect(opened.page.get_by_role("button", name="Retry")).to_be_in_viewport()


def test_the_page_forbids_everything_it_does_not_need(open_page: Open) -> None:
    opened = open_page()
    opened.wait_for_state("live")
    refused = opened.page.evaluate("""async () => {
      const blocked = [];
      document.addEventListener('securitypolicyviolation', event => blocked.push(event.effectiveDirective));
      const tries = [
        () => {
          document.head.append(Object.assign(document.createElement('style'), {textContent: 'p { color: red }'}));
        },
        () => { const i = new Image(); i.src = 'https://example.com/x.png'; },
        () => fetch('https://example.com/').catch(() => null),
        () => document.body.setAttribute('onclick', 'alert(1)'),
        () => { document.body.innerHTML = '<b>markup</b>'; },
      ];
      for (const attempt of tries) { try { await attempt(); } catch { /* refused at once */ } }
      // The browser tells of each a moment later.
      for (let left = 300; left > 0 && blocked.length < tries.length; left--) {
        await new Promise(done => setTimeout(done, 50));
      }
      return blocked.sort();
    }""")
    opened.faults.clear()  # the console reports each refusal, which is wanted here
    assert refused == ["connect-src", "img-src", *["require-trusted-types-for"] * 2, "style-src-elem"]
    expect(opened.page.locator(".entry")).to_have_count(50)


def test_everything_can_be_reached_and_seen_by_keyboard(open_page: Open) -> None:
    opened = open_page()
    opened.wait_for_state("live")
    reached = []
    for _ in range(10):
        opened.page.keyboard.press("Tab")
        focused = opened.page.locator(":focus")
        reached.append(
            focused.evaluate(
                "e => [e.tagName === 'SELECT' ? e.id : e.textContent.trim() || e.id, getComputedStyle(e).outlineStyle]"
            )
        )
    names = ("◐", "window", "player", "Find", "First", "Previous", "Next", "Last", "rank", "Go")
    assert reached == [[name, "solid"] for name in names]
