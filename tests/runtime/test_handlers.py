"""The handler of the processor, and board.json, which every handler reads."""

from __future__ import annotations

from collections import Counter

import pytest

from runtime import config, processor
from tests.runtime.boards import BOARD, NOW, item, message
from tests.runtime.emitted import emitted_metrics
from tests.runtime.world import processor_of, scores
from tests.support.lambda_context import CONTEXT
from tests.support.memory_aws import HookedAws


def test_the_processor_counts_activities_and_answers_which_failed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = HookedAws()
    monkeypatch.setattr(config, "load_board", lambda: BOARD)
    monkeypatch.setattr(processor, "_stores", lambda: processor_of(tables))
    monkeypatch.setattr("runtime.clock.now", lambda: NOW)
    messages = [message(item(), "1"), message(item(), "2"), message(item(type="jump", number=2), "3"),
                message(item(type="chat", number=3), "4"), {"messageId": "5", "body": "x"}]  # fmt: skip
    assert processor.handler({"Records": messages}, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "5"}]}
    assert set(scores(tables).values()) == {1000}
    assert emitted_metrics(capsys.readouterr().out) == {
        ("ActivitiesCounted",): [1.0],
        ("ActivitiesRejected",): [1.0],
        ("ActivitiesUnfit",): [1.0],
        ("ActivitiesIgnored",): [1.0],
        ("ActivitiesDuplicate",): [1.0],
        ("ProcessingErrors",): [1.0],
        ("ActivitiesRejectedByReason", "reason"): [1.0],
    }


@pytest.mark.parametrize(("reasons", "unfit"), [({"over_limit": 5, "late": 2}, [2.0]), ({"over_limit": 5}, None)])
def test_what_goes_over_a_limit_is_rejected_and_is_not_unfit(
    reasons: dict[str, int], unfit: list[float] | None, capsys: pytest.CaptureFixture[str]
) -> None:
    """The alarm looks at what is unfit. What is rejected is written as ever: counted + rejected + ignored = written."""
    counts = Counter(Rejected=sum(reasons.values()))
    processor._write_metrics(processor.BatchResult(counts=counts, reasons=Counter(reasons)))
    emitted = emitted_metrics(capsys.readouterr().out)
    assert emitted[("ActivitiesRejected",)] == [counts["Rejected"]]
    assert emitted.get(("ActivitiesUnfit",)) == unfit


def test_board_json_reads_back() -> None:
    assert config.parse_board_json(config.to_board_json(BOARD)) == BOARD
    with pytest.raises(ValueError, match="another version"):
        config.parse_board_json('{"format": 0}')
