"""The operations dashboard in the browser: it shows what is measured and follows it, and all people can read it."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

import pytest
from playwright.sync_api import Browser, Page, expect

from generator.alarms.alarm import Metric, State
from generator.errors import OperationError
from generator.local.services import console
from generator.local.services.console import Console
from generator.operations.dashboards.body import read_widgets
from generator.operations.dashboards.finding import LocalDashboard
from generator.operations.dashboards.page import page_headers, render_page
from generator.rendering.watching.dashboard import render_dashboard
from tests.browser.axe import look
from tests.operations.measured_in_memory import BEGIN, InMemory
from tests.support.projects import board_yaml, boards_of, project_yaml

HOSTILE = "</h1><script>alert(1)</script> <img src=x onerror=alert(2)> [a](javascript:alert(3)) \u202e`x`"
REFRESH_SECONDS = 1
PATIENCE = 30_000
"""Milliseconds that the page may take to show what is new, on a machine that has much else to do."""


@dataclass
class Shown:
    """A board whose dashboard is open, and what was measured of it."""

    page: Page
    measured: InMemory
    prefix: str
    gone: list[str] = field(default_factory=list)
    """Why the run does not answer any more; empty while it does."""

    def put(self, minute: int, namespace: str, name: str, part: str, value: float) -> None:
        """Write a value of a part of the board."""
        dimension = {"AWS/SQS": "QueueName", "AWS/Lambda": "FunctionName", "Leaderboards": "service"}[namespace]
        self.measured.put(minute, Metric.of(namespace, name, {dimension: f"{self.prefix}{part}"}), value)

    def figure(self, title: str) -> str:
        """The figure with that title."""
        figure = self.page.locator(".figure", has=self.page.get_by_role("heading", name=title))
        return figure.locator(".number").inner_text()


Open = Callable[..., Shown]


@pytest.fixture
def show(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Open]:
    """A function that opens the dashboard of a board with a hostile title. What it must not do fails the test."""
    monkeypatch.setattr(console, "FRESH_SECONDS", 0)
    ends: list[Callable[[], object]] = []
    faults: list[str] = []

    def open_(bypass_csp: bool = False) -> Shown:
        (board,) = boards_of(project_yaml(board_yaml()))
        board = replace(board, config=replace(board.config, title=HOSTILE))
        body = render_dashboard(board)
        [arns] = [each["properties"]["alarms"] for each in json.loads(body)["widgets"] if each["type"] == "alarm"]
        states: dict[str, State | None] = {arn.rpartition(":")[2]: "OK" for arn in arns}
        measured = InMemory(states | {f"{board.names.prefix}-rejected": "ALARM"})
        dashboard = LocalDashboard(
            board.name, board.names.prefix, read_widgets(body), measured, lambda: (BEGIN + 3599) * 1000
        )
        shown = Shown(browser.new_context(bypass_csp=bypass_csp).new_page(), measured, board.names.prefix)

        def draw() -> str:
            if shown.gone:
                raise OperationError(shown.gone[0])
            return render_page(dashboard.draw(3600), REFRESH_SECONDS)

        served = Console(draw, page_headers())
        threading.Thread(target=served.serve, daemon=True).start()
        ends.extend([shown.page.context.close, served.stop])
        shown.page.on("pageerror", lambda error: faults.append(str(error)))
        shown.page.on("dialog", lambda dialog: faults.append(dialog.message))
        shown.page.on("console", lambda said: faults.append(said.text) if "502" not in said.text else None)
        shown.page.goto(served.url)
        return shown

    yield open_
    for end in ends:
        end()
    assert faults == []


def test_it_shows_what_is_measured_and_follows_it(show: Open) -> None:
    shown = show()
    page = shown.page
    expect(page.get_by_role("heading", level=1)).to_have_text(HOSTILE.replace("\u202e", "\ufffd"))
    assert shown.figure("Waiting") == "no value"
    alarm = page.locator("details").first
    expect(alarm).to_contain_text("rejected in alarm since 08:00")
    alarm.locator("summary").click()
    page.locator("h1").click()  # what a person is in stays as it is
    shown.put(58, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "-activities", 1234)
    shown.measured.states = {**shown.measured.states, f"{shown.prefix}-throttles": "ALARM"}
    expect(page.locator(".figure .number", has_text="1,234")).to_be_visible(timeout=PATIENCE)
    expect(page.locator(".alarms li.on")).to_have_count(2, timeout=PATIENCE)
    expect(page.locator("details[open]")).to_contain_text("rejected means")
    expect(page.get_by_role("img", name="On their way, seconds. The newest values:")).to_be_visible(timeout=PATIENCE)
    shown.gone.append("the run has ended")
    expect(page.get_by_role("status")).to_contain_text("does not answer (the run has ended).", timeout=PATIENCE)
    shown.gone.clear()
    expect(page.get_by_role("status")).not_to_contain_text("answer", timeout=PATIENCE)


def test_who_pauses_it_sees_nothing_new(show: Open) -> None:
    shown = show()
    shown.page.get_by_role("button", name="Pause").click()
    shown.put(58, "AWS/SQS", "ApproximateNumberOfMessagesVisible", "-activities", 7)
    shown.page.wait_for_timeout(2500 * REFRESH_SECONDS)
    assert shown.figure("Waiting") == "no value"
    shown.page.get_by_role("button", name="Pause").click()
    expect(shown.page.locator(".figure .number", has_text="7")).to_be_visible(timeout=PATIENCE)


def test_axe_finds_nothing(show: Open, axe: str) -> None:
    shown = show(bypass_csp=True)
    shown.put(58, "Leaderboards", "SnapshotAgeSeconds", "", 900)
    shown.put(50, "AWS/Lambda", "Duration", "-rebuilder", 90)
    shown.page.reload()
    shown.page.get_by_role("button", name="Pause").click()
    for each in shown.page.locator("summary").all():
        each.click()
    assert look(shown.page, axe, has_button=False) == []


def ask(url: str, host: str, method: str = "GET") -> tuple[int, str]:
    """The status and the text that a request gets."""
    request = urllib.request.Request(url, headers={"Host": host}, method=method)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_no_website_reads_it_and_nothing_else_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "FRESH_SECONDS", 3600)
    asked: list[str] = []

    def draw() -> str:
        asked.append("")
        return f"page {len(asked)}"

    served = Console(draw, page_headers())
    host = served.url.split("/")[2]
    thread = threading.Thread(target=served.serve, daemon=True)
    thread.start()
    assert ask(served.url, host) == ask(served.url, host.replace("127.0.0.1", "localhost")) == (200, "page 1")
    assert ask(served.url, "evil.example")[0] == 421
    assert ask(f"{served.url}etc/passwd", host)[0] == 404
    assert ask(served.url, host, "POST")[0] == 405
    served.stop()
    thread.join(120)
    assert not thread.is_alive()
