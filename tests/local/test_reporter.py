"""Local mode writes a repeated warning once in a while, and none during a shutdown. Its simulator keeps its rate."""

from __future__ import annotations

import json
from io import BytesIO

import pytest

from generator.local import reporter
from generator.local.reporter import Reporter
from generator.local.workers import Worker, make_simulation_worker


def test_the_same_warning_is_written_once_in_a_while(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reports = Reporter()
    for number in range(3):
        reports.warn(f"request 3f-{number} failed\n  at {number}")
    reports.warn("something else")
    assert capsys.readouterr().err == "warning: request 3f-0 failed\n  at 0\nwarning: something else\n"
    monkeypatch.setattr(reporter, "REPEAT_SECONDS", 0)
    reports.warn("request 3f-9 failed")
    reports.silence_warnings()
    reports.warn("ended")
    reports.say("fine")
    assert capsys.readouterr().err == "warning: request 3f-9 failed\nfine\n"


class FakeLambda:
    """A boto3 client for Lambda with a simulator, whose second run fails."""

    def __init__(self) -> None:
        self.counts: list[int] = []

    def invoke(self, FunctionName: str, Payload: bytes, LogType: str) -> object:  # noqa: N803
        """As boto3 does."""
        self.counts.append(json.loads(Payload)["activities"])
        if len(self.counts) == 2:
            return {"FunctionError": "Unhandled", "Payload": BytesIO(b"boom")}
        return {"Payload": BytesIO(b"{}")}


def run_worker(worker: Worker, functions: FakeLambda, runs: int) -> None:
    """Run a worker until it has invoked the function `runs` times."""
    worker.start()
    for _ in range(6000):
        if len(functions.counts) >= runs:
            break
        worker.join(0.01)
    worker.stop()
    worker.join(60)
    assert not worker.is_alive()


def test_a_rate_is_kept_over_time_and_a_failure_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    functions, warnings = FakeLambda(), list[str]()
    worker = make_simulation_worker(functions, "simulator", lambda: 0.5, warnings.append)
    monkeypatch.setattr(worker, "_every", 0)
    run_worker(worker, functions, runs=4)
    # Half an activity a second is 2.5 in each run of five seconds.
    assert functions.counts[:4] == [2, 3, 2, 3]
    assert warnings == ["the function simulator failed:\n  boom"]
