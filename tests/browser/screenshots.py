"""Takes pictures of the page to look at: `python -m tests.browser.screenshots FOLDER`.

Each state of the page is pictured 390 and 1280 pixels wide, light and dark, with names in many scripts.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from tests.browser.board_server import ScriptedApi, ScriptedWindow, entry
from tests.browser.chromium import QUIET
from tests.browser.page_server import BoardServer
from tests.browser.pages import column, render_page
from tests.support.programs import find

NAMES = (
    "Marrow Vance", "Κασσάνδρα", "نور الهدى", "The Quartermaster of the Ninth Fleet, Retired Without a Ceremony",
    "Зимний Волк", "ember_fox", None, "דניאל", "Ÿvette-Océane", "O'Shaughnessy", "Łucja", "xX_Hawk_Xx", "Anh Thư",
    "Tadeáš Š.", "sable", "İpek", "Þórdís", "rook-to-e4",
)  # fmt: skip


ATTACHED = [
    {"field": "photo", "title": "Photo", "link": True},
    {"field": "lure", "title": "Lure", "link": False},
]
LURES = ("Fly", "Night crawler", "Spoon", "Ōkami")


EIGHT = ("fish", "biggest", "weight", "casts", "hours", "species", "bait_used", "streak")
"""The names of many columns."""


NOTICE = (
    "Ranks stand still since 2026-11-27T10:00:00.000Z, as the board's rules were changed (its scores are "
    '"sum of points descending with 0 decimals", its rules say "sum of kills descending with 0 decimals").'
)
"""What the API says while functions refuse to write."""


def make_ranking(players: int) -> list[dict[str, Any]]:
    """A ranking with uneven gaps, like a real one."""
    entries = []
    score = 48210
    for n in range(1, players + 1):
        entries.append(entry(n, f"player-{(n * 7919) % 100000:05d}", score, NAMES[(n - 1) % len(NAMES)]))
        score -= 37 + (n * 6151) % 700 * (6 if n < 4 else 1) // (1 + n // 20)
    return entries


def shoot(browser: Browser, folder: Path, name: str, api: ScriptedApi, at: str = "", **settings: Any) -> None:
    """Take the pictures of one state."""
    server = BoardServer(render_page(**settings), api)
    for width, height in ((390, 844), (1280, 800)):
        for scheme in ("light", "dark"):
            page = browser.new_context(
                viewport={"width": width, "height": height}, color_scheme=scheme, locale="en-GB", timezone_id="UTC"
            ).new_page()
            api.down = name == "broken"
            page.goto(server.url + at)
            page.locator("#rows tr, #podium li, #empty:visible").first.wait_for()
            if name == "down":
                api.down = True
                page.locator("#state[data-state=down]").wait_for()
            page.wait_for_timeout(700)
            page.screenshot(path=folder / f"{name}-{width}-{scheme}.png", full_page=name == "whole")
            page.context.close()
    server.close()


def main() -> None:
    """Take the pictures of every state."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC)
    resets = now + timedelta(days=2, hours=4, minutes=13)
    week = make_ranking(312)
    windows = {"week": week, "all_time": week}
    archives = [
        ScriptedWindow(f"{now.year}-W{46 - n}", "week", make_ranking(240 + n), now - timedelta(days=4 + 7 * n))
        for n in range(3)
    ]
    pending = {week[44]["player_id"]: {"score": week[44]["score"] + 320, "columns": {}}}
    found = f"#player={week[44]['player_id']}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find("chromium"), args=list(QUIET))
        shoot(browser, folder, "ranked", ScriptedApi(windows, now, resets))
        shoot(browser, folder, "whole", ScriptedApi(windows, now, resets))
        shoot(browser, folder, "podium", ScriptedApi({"week": week[:3], "all_time": week}, now, resets))
        shoot(browser, folder, "wall", ScriptedApi(windows, now, resets), "#tv")
        pinned = found.replace("#", "#offset=0&")
        shoot(browser, folder, "pinned", ScriptedApi(windows, now, resets, archives, pending), pinned)
        shoot(browser, folder, "neighbours", ScriptedApi(windows, now, resets, archives, pending), found)
        shoot(browser, folder, "archive", ScriptedApi(windows, now, resets, archives), f"#window={archives[0].id}")
        columns = [
            column("score", title="Catches", unit="fish"),
            column("time_ms", "ascending", title="Time", format="duration", unit="ms"),
            column("biggest", decimals=2, title="Biggest fish", unit="kg"),
        ]
        runs = [each | {"columns": {"time_ms": 91234 + 7 * each["rank"], "biggest": 99.4}} for each in week]
        shoot(
            browser,
            folder,
            "columns",
            ScriptedApi({"week": runs, "all_time": runs}, now, resets, archives),
            columns=columns,
        )
        photos = [
            each
            | {
                "attached": {
                    "photo": f"https://example.com/{each['rank']}.jpg",
                    "lure": LURES[each["rank"] % len(LURES)],
                }
            }
            for each in week
        ]
        catches = ScriptedApi({"week": photos, "all_time": photos}, now, resets)
        shoot(browser, folder, "attached", catches, pinned, attached=ATTACHED)
        eight = list(map(column, EIGHT))
        stats = [each | {"columns": dict.fromkeys(EIGHT[1:], 12_345 - 31 * each["rank"])} for each in week]
        shoot(browser, folder, "eight", ScriptedApi({"week": stats, "all_time": stats}, now, resets), columns=eight)
        seasons = [{"every": "season", "label": "This season"}, {"every": "all_time", "label": "All time"}]
        past = [ScriptedWindow("autumn-2026", "season", week, now - timedelta(days=9))]
        shoot(browser, folder, "between-seasons", ScriptedApi({"all_time": week}, now, resets, past), windows=seasons)
        shoot(browser, folder, "empty", ScriptedApi(windows, None, resets))
        shoot(browser, folder, "stale", ScriptedApi(windows, now - timedelta(minutes=22), resets), accent="#ffd400")
        standing = {"notice": NOTICE}
        shoot(browser, folder, "standing-still", ScriptedApi(windows, now, resets, notice=standing))
        reason = "the board's rules were changed, and its data was made with the old ones"
        shoot(browser, folder, "broken", ScriptedApi(windows, now, resets, reason=reason))
        shoot(browser, folder, "down", ScriptedApi(windows, now, resets), accent="#0b6b3a")
        browser.close()


if __name__ == "__main__":
    main()
