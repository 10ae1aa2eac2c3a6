"""The page in a frame: shown by the sites that the YAML names and by no other, without what a page of its own has."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

import pytest
from botocore.exceptions import ClientError
from playwright.sync_api import Browser, Frame, Page, expect

from generator.board.board import Board
from generator.local.deploy.deployment import Page as PageFiles
from generator.local.deploy.deployment import read_frame_ancestors
from generator.local.services.cloudfront import CloudFront, Site
from generator.local.services.http_server import HttpResponse
from tests.browser.board_server import ScriptedApi, fresh_api
from tests.browser.open_page import Open
from tests.support.bundles import bundle_of
from tests.support.projects import board_yaml, boards_of, project_yaml

HEADERS = {"x-frame-options": {"value": "SAMEORIGIN"}, "referrer-policy": {"value": "strict-origin-when-cross-origin"}}
PAGE = "dashboard/"
REFUSED = re.compile("^chrome-error:")
"""The address of a frame that the page in it has refused."""


def board_in(*sites: str) -> Board:
    """A board whose page these sites may show."""
    (board,) = boards_of(project_yaml(board_yaml(dashboard=f"{{embed_in: {json.dumps(sites)}}}")))
    return board


class Bucket:
    """A boto3 client for S3, whose one bucket has a bundle's files."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = files

    def get_object(self, Bucket: str, Key: str) -> Any:  # noqa: N803
        """As boto3 does."""
        if Key not in self.files:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "no"}}, "GetObject")
        kinds = {"html": "text/html; charset=utf-8", "css": "text/css", "js": "text/javascript"}
        return {"ContentType": kinds[Key.rsplit(".")[-1]], "ETag": '"1"', "Body": BytesIO(self.files[Key])}


class Answers:
    """A cache before an API, which a test has scripted."""

    def __init__(self, api: ScriptedApi) -> None:
        self.api = api

    def fetch(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> HttpResponse:
        """What the API answers."""
        body = self.api.answer(path.removeprefix("/"), dict(parse_qsl(query)))
        kind = {"content-type": "application/json"}
        return HttpResponse(HTTPStatus.OK, kind, json.dumps(body).encode())


class Parent(BaseHTTPRequestHandler):
    """A site with a page that shows another one in a frame: the address in its query string."""

    def do_GET(self) -> None:
        """Its page."""
        source = self.path.partition("?")[2]
        body = f'<!doctype html><title>Game</title><iframe src="{source}#embed" width="320" height="400"></iframe>'
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def sites() -> Iterator[tuple[str, str]]:
    """Two sites that show pages in frames."""
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Parent) for _ in range(2)]
    for server in servers:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    first, second = (f"http://127.0.0.1:{server.server_address[1]}" for server in servers)
    yield first, second
    for server in servers:
        server.shutdown()
        server.server_close()


Serve = Callable[[Board], str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A function that serves a board as local mode does. Returns the address of its page."""
    running: list[CloudFront] = []

    def start(board: Board) -> str:
        files = bundle_of(board)
        code = files.get("terraform/frames.js")
        page = PageFiles(PAGE, "index.html", read_frame_ancestors(code.decode()) if code else None)
        cloudfront = CloudFront()
        running.append(cloudfront)
        deployment: Any = type("Deployment", (), {"page": page, "bucket": "bucket"})
        answers: Any = Answers(fresh_api(12))
        cloudfront.add_site(Site(board.team, board.name, deployment, answers))
        cloudfront.serve(Bucket(files))
        return f"{cloudfront.url}/{board.team}/{board.name}/"

    yield start
    for each in running:
        each.stop()


def frame_of(page: Page, site: str, address: str) -> Frame:
    """The frame in which a site shows an address, once it is loaded or refused."""
    page.goto(f"{site}/?{address}")
    page.wait_for_function("document.querySelector('iframe').contentWindow.length === 0")
    frame = page.frames[1]
    frame.wait_for_load_state()
    return frame


def test_only_the_named_sites_show_the_page(browser: Browser, sites: tuple[str, str], serve: Serve) -> None:
    named, other = sites
    address = serve(board_in("https://game.example.com", named))
    page = browser.new_page()
    frame = frame_of(page, named, address)
    expect(frame.locator("#rows tr")).to_have_count(12)
    frame_of(page, other, address).wait_for_url(REFUSED)
    # A board that names nobody is as it was: no site but its own.
    address = serve(board_in())
    frame_of(page, named, address).wait_for_url(REFUSED)
    page.close()


def test_cloudfronts_function_changes_the_headers(browser: Browser) -> None:
    """In a browser's JavaScript, of which the runtime of CloudFront's functions has a part."""
    code = bundle_of(board_in("https://game.example.com", "http://localhost:5173"))["terraform/frames.js"].decode()
    page = browser.new_page()
    event = {"response": {"statusCode": 200, "headers": HEADERS}}
    response = page.evaluate(f"event => {{ {code}; return handler(event); }}", event)
    page.close()
    policy = "frame-ancestors 'self' https://game.example.com http://localhost:5173"
    headers = {"referrer-policy": HEADERS["referrer-policy"], "content-security-policy": {"value": policy}}
    assert response == {"statusCode": 200, "headers": headers}
    assert read_frame_ancestors(code) == policy


def test_a_frame_has_the_ranking_and_its_window_alone(open_page: Open) -> None:
    frame = {"viewport": {"width": 320, "height": 400}}
    opened = open_page(fresh_api(120), at="#embed", context=frame)
    opened.wait_for_state("live")
    page = opened.page
    assert [row[0] for row in opened.rows()[:4]] == ["1", "2", "3", "4"]
    expect(page.locator("#podium")).to_be_hidden()
    for name in ("#theme", "#player", "#rank"):
        expect(page.locator(name)).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    first = page.locator("#rows tr").first.bounding_box()
    assert first is not None
    assert first["y"] + 2 * first["height"] < 400, "two rows are in sight"
    expect(page.get_by_role("heading", level=1)).to_have_text("Weekly kills")
    whole = page.get_by_role("link", name="Open the whole ranking")
    assert whole.evaluate("a => [a.href, a.target, a.rel]") == [opened.url, "_blank", "noopener"]


def test_a_choice_in_a_frame_stays_in_it(open_page: Open) -> None:
    opened = open_page(fresh_api(120), at="#embed=dark&clear", context={"color_scheme": "light"})
    opened.wait_for_state("live")
    root = opened.page.locator(":root")
    expect(root).to_have_attribute("data-theme", "dark")
    assert opened.page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    before = opened.page.evaluate("history.length")
    opened.choose("All time")
    expect(opened.page.locator("#rows tr")).to_have_count(3)
    assert opened.page.url == f"{opened.url}#embed=dark&clear&window=all_time"
    assert opened.page.evaluate("history.length") == before, "the Back button is the site's around it"
    opened.page.evaluate("location.hash = '#window=week'")
    expect(root).not_to_have_attribute("data-embed", "dark")
    expect(root).to_have_attribute("data-theme", "light")
    expect(opened.page.locator("#player")).to_be_visible()


def test_a_page_of_its_own_has_no_link_to_itself(open_page: Open) -> None:
    opened = open_page(fresh_api(12))
    opened.wait_for_state("live")
    expect(opened.page.get_by_text("Open the whole ranking")).to_be_hidden()
