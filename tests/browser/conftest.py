"""Opens a board's page in Chromium and watches that it stays clean: no error, no foreign host, no policy violation."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

from tests.browser.board_server import Api, BoardServer, ranking
from tests.browser.pages import render_page


@dataclass
class OpenPage:
    """An open page with the API behind it, and what it did that it must not do."""

    page: Page
    api: Api
    url: str
    faults: list[str] = field(default_factory=list)

    def rows(self) -> list[list[str]]:
        """The ranking as it is read: [rank, name, score] of every row."""
        return [
            [cell.strip() for cell in row]
            for row in self.page.locator("#rows tr").evaluate_all(
                "rows => rows.map(r => [r.cells[0], r.querySelector('.name'), r.cells[2]].map(c => c.textContent))"
            )
        ]

    def state(self, name: str, timeout: float = 8000) -> str:
        """Waits until the page says `name` (live, stale, down) of its data; gives the words."""
        self.page.locator(f"#state[data-state={name}]").wait_for(timeout=timeout)
        return self.page.locator("#state-text").inner_text()


Open = Callable[..., OpenPage]


def fresh_api(players: int = 120, **settings: Any) -> Api:
    """A board whose snapshot was made just now, with a weekly ranking and a shorter one of all time."""
    now = datetime.now(UTC)
    windows = {"week": ranking(players), "all_time": ranking(3, top=9000)}
    resets = now + timedelta(days=2, hours=3, minutes=30)
    defaults: dict[str, Any] = {"windows": windows, "as_of": now, "resets": resets}
    return Api(**(defaults | settings))


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """A function that opens a page: `open_page(api, at="#...", context={...}, **settings of the board)`."""
    opened: list[tuple[OpenPage, BoardServer]] = []

    def open_(
        api: Api | None = None,
        at: str = "",
        context: dict[str, Any] | None = None,
        prepare: Callable[[Page], object] = lambda page: None,
        **settings: Any,
    ) -> OpenPage:
        server = BoardServer(render_page(**settings), api or fresh_api(), "/some/path/")
        options = {"locale": "en-GB", "timezone_id": "Europe/Berlin", "viewport": {"width": 1280, "height": 900}}
        page = browser.new_context(**(options | (context or {}))).new_page()
        result = OpenPage(page, server.api, server.url)
        opened.append((result, server))

        def on_console(message: ConsoleMessage) -> None:
            # The browser itself reports each failed call; those are the API's, not the page's.
            failed_call = "/v1/" in message.location["url"] and "Failed to load resource" in message.text
            if message.type in ("error", "warning") and not failed_call:
                result.faults.append(f"console: {message.text}")

        def on_request(request: Request) -> None:
            if not request.url.startswith((server.url, "data:")):
                result.faults.append(f"request outside the page's folder: {request.url}")

        def on_dialog(dialog: Dialog) -> None:
            result.faults.append(f"dialog: {dialog.message}")
            dialog.dismiss()

        page.on("console", on_console)
        page.on("request", on_request)
        page.on("pageerror", lambda error: result.faults.append(f"error: {error}"))
        page.on("dialog", on_dialog)
        prepare(page)
        page.goto(server.url + at)
        return result

    yield open_
    for result, server in opened:
        result.page.context.close()
        server.close()
    assert [fault for result, _ in opened for fault in result.faults] == []
