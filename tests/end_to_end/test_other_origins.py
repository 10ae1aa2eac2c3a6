"""A page of another origin in a browser reads the API of a board that allows it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Browser

from tests.end_to_end.deployed import deploy_boards
from tests.end_to_end.game import YAML
from tests.support.projects import boards_of

READ = """async ([address, tag]) => {
  const headers = tag === null ? {} : { "If-None-Match": tag };
  const response = await fetch(address, { headers });
  return [response.status, response.headers.get("ETag")];
}"""
"""Reads an address with a header that a browser asks for first, in a preflight."""


class _Game(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Log no requests."""


@pytest.fixture
def game_page() -> Iterator[str]:
    """The address of an empty page on a port of its own, which makes it another origin."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Game)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_a_page_of_an_allowed_origin_asks_with_if_none_match(browser: Browser, game_page: str) -> None:
    kills, wins = boards_of(YAML)
    # YAML takes https only. The page of this test has no certificate.
    with deploy_boards((kills, replace(wins, cors_origins=(game_page,)))) as stack:
        stack.wait_until_answering()
        page = browser.new_context().new_page()
        page.goto(game_page)
        address = f"{stack.boards['wins'].api_url}/v1/leaderboard?limit=1"
        status, tag = page.evaluate(READ, [address, None])
        assert status == 200
        assert tag.startswith('W/"')
        assert page.evaluate(READ, [address, tag]) == [304, tag]
        # A board that names no origin is read by its own page only.
        foreign = f"{stack.boards['kills'].api_url}/v1/leaderboard"
        failed = page.evaluate(f"args => ({READ})(args).catch(error => error.name)", [foreign, None])
        assert failed == "TypeError"
        page.context.close()
