"""Opens a board's page in Chromium, and fails the test if the page has an error or calls another place."""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request

from tests.browser.axe import axe
from tests.browser.board_server import ScriptedApi, fresh_api
from tests.browser.open_page import Open, OpenPage
from tests.browser.page_server import BoardServer
from tests.browser.pages import render_page

__all__ = ["axe", "open_page"]


def watch(opened: OpenPage) -> None:
    """Write down what a page does that it must not do."""

    def on_console(message: ConsoleMessage) -> None:
        # The browser itself reports each failed call; those are the API's fault, not the page's.
        failed_call = "/v1/" in message.location["url"] and "Failed to load resource" in message.text
        if message.type in ("error", "warning") and not failed_call:
            opened.faults.append(f"console: {message.text}")

    def on_request(request: Request) -> None:
        if not request.url.startswith((opened.url, "data:")):
            opened.faults.append(f"request outside the page's folder: {request.url}")

    def on_dialog(dialog: Dialog) -> None:
        opened.faults.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    opened.page.on("console", on_console)
    opened.page.on("request", on_request)
    opened.page.on("pageerror", lambda error: opened.faults.append(f"error: {error}"))
    opened.page.on("dialog", on_dialog)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """A function that opens a page: `open_page(api, at="#...", context={...}, **settings of the board)`.

    `files` stand beside those of the page. `prepare` is called with the page before it loads. A test that leaves a page
    with faults ends with an error.
    """
    opened: list[tuple[OpenPage, BoardServer]] = []

    def open_(
        api: ScriptedApi | None = None,
        at: str = "",
        context: dict[str, Any] | None = None,
        prepare: Callable[[Page], object] = lambda page: None,
        files: Mapping[str, bytes] = MappingProxyType({}),
        **settings: Any,
    ) -> OpenPage:
        server = BoardServer({**render_page(**settings), **files}, api or fresh_api(), "/some/path/")
        options = {"locale": "en-GB", "timezone_id": "Europe/Berlin", "viewport": {"width": 1280, "height": 900}}
        page = browser.new_context(**(options | (context or {}))).new_page()
        result = OpenPage(page, server.api, server.url)
        opened.append((result, server))
        watch(result)
        prepare(page)
        page.goto(server.url + at)
        return result

    yield open_
    for result, server in opened:
        result.page.context.close()
        server.close()
    assert [fault for result, _ in opened for fault in result.faults] == []
