"""What local mode changes in a board's bundle, and which boards it waits for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any
from unittest.mock import MagicMock

import pytest

from generator.errors import LocalError
from generator.local import answering, run
from generator.local import stack as stack_module
from generator.local.local_board import LocalBoard
from generator.local.local_bundle import PROCESSOR_SECONDS, generate_local_bundle
from generator.local.reporter import Reporter
from generator.local.services.cloudfront import CloudFront
from generator.local.services.http_server import HttpResponse
from generator.local.stack import Stack
from tests.support.projects import board_yaml, boards_of, project_yaml


def test_what_a_killed_processor_had_comes_back_in_a_time_that_a_person_waits() -> None:
    [board] = boards_of(project_yaml(board_yaml()))
    files = generate_local_bundle(board)
    [visibility] = re.findall(r"visibility_timeout_seconds *= (\d+)", files["terraform/queues.tf"].decode())
    # As in AWS: six timeouts and the wait for a batch.
    assert int(visibility) == 6 * PROCESSOR_SECONDS + 1 == 91


class FakeCloudFront:
    """A CloudFront whose boards answer with these statuses, one after the other; the last one stays."""

    def __init__(self, statuses: dict[str, list[int]]) -> None:
        self.url = "http://127.0.0.1:1"
        self.statuses = statuses
        self.asked: list[str] = []

    def respond(self, method: str, path: str, query: str) -> HttpResponse:
        """As the real one does."""
        name = path.split("/")[2]
        self.asked.append(name)
        status = self.statuses[name].pop(0) if len(self.statuses[name]) > 1 else self.statuses[name][0]
        return HttpResponse(status, {}, b"why\n")


def make_stack(monkeypatch: pytest.MonkeyPatch, **statuses: list[int]) -> tuple[Stack, FakeCloudFront]:
    """A stack of boards that answer with these statuses."""
    monkeypatch.setattr(answering, "ANSWER_PAUSE", 0)
    made, cloudfront = Stack(), FakeCloudFront(statuses)
    made.control.stop()  # it listens from the beginning, and nobody stops this stack
    nothing: Any = None
    monkeypatch.setattr(made, "_cloudfront", cloudfront)
    for name in statuses:
        made.boards[name] = LocalBoard(nothing, nothing, nothing, f"{cloudfront.url}/nebula/{name}", None)
    return made, cloudfront


def test_a_board_that_refuses_the_question_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    # Between two seasons a board has no ranking: 404.
    made, cloudfront = make_stack(monkeypatch, between=[404], slow=[502, 502, 200])
    made.wait_until_answering()
    assert made.silent == {}
    assert sorted(cloudfront.asked) == ["between", "slow", "slow", "slow"]


def test_a_board_that_fails_is_named_and_does_not_hold_up_the_others(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made, cloudfront = make_stack(monkeypatch, broken=[502], fine=[200])
    run._wait_for_answers(made, Reporter())
    assert made.silent == {"broken": "502, why"}
    assert cloudfront.asked.count("fine") == 1
    assert capsys.readouterr().err.splitlines()[1] == "warning: the API of broken does not answer: 502, why"


def test_a_project_whose_boards_all_fail_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    made, _ = make_stack(monkeypatch, a=[502], b=[503])
    with pytest.raises(LocalError, match=r"the API of a does not answer: 502, why\nthe API of b .* 503"):
        run._wait_for_answers(made, Reporter())


def test_a_reader_finds_a_board_also_while_it_is_put_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of it takes the place of the one before at once; one of another team has another place."""
    [board] = boards_of(project_yaml(board_yaml()))
    made, seen, cloudfront = Stack(), list[set[str]](), CloudFront()
    monkeypatch.setattr(made, "_aws", MagicMock())
    monkeypatch.setattr(made, "_game_server", MagicMock())
    monkeypatch.setattr(made, "_cloudfront", cloudfront)

    def note(change: Callable[[Any], None], site: Any) -> None:
        change(site)
        seen.append({*cloudfront._sites})

    for name in ("add_site", "remove_site"):
        monkeypatch.setattr(cloudfront, name, partial(note, getattr(cloudfront, name)))

    def make_board(aws: Any, place: Any, *_: Any) -> Any:
        return MagicMock(board=place.board, api_url=place.api_url, page_url=None)

    monkeypatch.setattr(stack_module, "make_local_board", make_board)
    try:
        for team in ("nebula", "nebula", "quasar"):
            made._serve(replace(board, team=team), MagicMock(), None)
    finally:
        cloudfront.stop()
    at, moved = "/nebula/kills", "/quasar/kills"
    assert seen == [{at}, {at}, {at, moved}, {moved}]
