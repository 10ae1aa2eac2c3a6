"""What local mode tells: trouble once in a while, and none of what it ends itself."""

from __future__ import annotations

import pytest

from generator.local import reporter
from generator.local.reporter import Reporter
from generator.local.workers import Worker, make_simulation_worker


def test_the_same_trouble_is_told_once_in_a_while(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    it = Reporter()
    for number in range(3):
        it.warn(f"request 3f-{number} failed\n  at {number}")
    it.warn("something else")
    assert capsys.readouterr().err == "warning: request 3f-0 failed\n  at 0\nwarning: something else\n"
    monkeypatch.setattr(reporter, "REPEAT_SECONDS", 0)
    it.warn("request 3f-9 failed")
    it.silence_warnings()
    it.warn("ended")
    it.say("fine")
    assert capsys.readouterr().err == "warning: request 3f-9 failed\nfine\n"


class Functions:
    """Lambda with a simulator; the second run fails."""

    def __init__(self) -> None:
        self.counts: list[int] = []

    def invoke(self, FunctionName: str, Payload: bytes, LogType: str) -> object:  # noqa: N803
        import json
        from io import BytesIO

        self.counts.append(json.loads(Payload)["activities"])
        if len(self.counts) == 2:
            return {"FunctionError": "Unhandled", "Payload": BytesIO(b"boom")}
        return {"Payload": BytesIO(b"{}")}


def wait(worker: Worker, functions: Functions, runs: int) -> None:
    worker.start()
    for _ in range(500):
        if len(functions.counts) >= runs:
            break
        worker.join(0.01)
    worker.stop()
    worker.join(2)
    assert not worker.is_alive()


def test_a_rate_is_kept_over_time_and_a_failure_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    functions, troubles = Functions(), list[str]()
    worker = make_simulation_worker(functions, "it", 0.5, troubles.append)
    monkeypatch.setattr(worker, "_every", 0)
    wait(worker, functions, runs=4)
    # 2.5 in each run of five seconds.
    assert functions.counts[:4] == [2, 3, 2, 3]
    assert troubles == ["the function it failed:\n  boom"]
