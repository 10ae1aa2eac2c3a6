"""What producers and players write stays text in logs, in what operators see, and on the page."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from generator.cli.operations import rejected
from generator.operations.rejections import Rejection
from runtime import clock, logs, processor
from tests.hostile.texts import HOSTILE
from tests.runtime.boards import NOW, board
from tests.runtime.world import World
from tests.support.cli import run
from tests.support.paths import REPOSITORY

SCRIPTS = sorted((REPOSITORY / "blueprints" / "standard" / "dashboard").glob("*.js"))
SINKS = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|setHTML|parseFromString|createContextualFragment|srcdoc|document\.write"
    r"|\beval\b|\bFunction\(|\bset(Timeout|Interval)\(\s*[\"'`]|\.(href|src|action|formAction|cssText)\s*="
    r"|\bimport\(|\bopen\(|location\s*=|location\.(assign|replace)|setAttribute\((?!\"aria-)|\.on[a-z]+\s*="
)
"""Ways in which a script of the page could turn a text into markup, code, an address or a style."""
GUARDED = {"attached.js": ("anchor.href = address.href;",)}
"""Sinks that are meant, by script: only an https address reaches this one, as tests/browser/test_attached.py shows."""


def listed() -> Iterator[Rejection]:
    for number, text in enumerate(HOSTILE):
        image = {"type": {"S": text}}
        yield Rejection(("", ""), "unknown_type", text, text, text, NOW, image, None, str(number))


@pytest.fixture
def rejections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rejected, "list_rejections", lambda *_: listed())
    monkeypatch.setattr(rejected, "find_running", lambda *_: SimpleNamespace(marks=None, now=clock.now))


@pytest.mark.usefixtures("rejections")
def test_a_terminal_shows_what_was_rejected_as_text() -> None:
    done = run("rejected", "weekly-kills", cwd=REPOSITORY)
    assert done.code == 0, done.stderr
    assert done.stdout.replace("\n", "").isprintable()
    assert len(done.stdout.splitlines()) == 2 * len(HOSTILE)


@pytest.mark.usefixtures("rejections")
def test_a_program_reads_what_was_rejected_and_a_terminal_is_safe() -> None:
    done = run("rejected", "weekly-kills", "--json", cwd=REPOSITORY)
    assert done.code == 0, done.stderr
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]", done.stdout)
    shown = json.loads(done.stdout)["rejected"]
    for key in ("type", "player_id", "activity_id", "detail"):
        assert tuple(each[key] for each in shown) == HOSTILE


def test_a_log_has_one_line_for_each_message(monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(logs.logger.registered_handler, "stream", log)
    world = World(board())
    bodies = [*HOSTILE, *(json.dumps({"dynamodb": {"Keys": text}}) for text in HOSTILE)]
    for text in HOSTILE:
        image = {"player_id": {"S": text}, "activity_id": {"S": text}, "type": {"S": text}, "name": {"S": text}}
        change = {"Keys": image, "ApproximateCreationDateTime": text, "NewImage": image}
        bodies.append(json.dumps({"dynamodb": change}))
    messages = [{"messageId": str(number), "body": body} for number, body in enumerate(bodies)]
    batch = processor.process(messages, world.config, world.window_store, world.aggregates, world.heartbeats, NOW)
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {line["message"] for line in lines} == {"a message is no activity"}
    assert {line["message_id"] for line in lines} == batch.failed
    assert len(lines) == len(batch.failed) > len(HOSTILE)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_no_script_has_a_sink(script: Path) -> None:
    code = script.read_text(encoding="utf-8")
    for line in GUARDED.get(script.name, ()):
        assert code.count(line) == 1
        code = code.replace(line, "")
    assert not SINKS.findall(code)


def test_the_search_for_sinks_finds_them() -> None:
    for line in ("a.innerHTML = b", 'a.setAttribute("style", b)', "location = a", "a.onclick = b", "link.href = a"):
        assert SINKS.search(line), line
