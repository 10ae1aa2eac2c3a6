"""The control channel: commands reach the run, web pages and programs without the token do not."""

from __future__ import annotations

import http.client
import json
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from generator.errors import FindingError, InputError, LocalError, OperationError
from generator.local.doors.control import BODY_BYTES, Control
from generator.operations.local_run import LocalRun, read_local_run


def add(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A command of the test."""
    return {"sum": arguments["one"] + arguments["two"]}


def fail(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """A command that cannot do what is asked."""
    raise {"input": InputError, "local": LocalError, "finding": FindingError}[arguments["kind"]]("not so")


@pytest.fixture
def control() -> Iterator[Control]:
    """A control channel with two commands."""
    control = Control()
    control.register("add", add)
    control.register("fail", fail)
    control.start()
    yield control
    control.stop()


@pytest.fixture
def run(control: Control, tmp_path: Path) -> LocalRun:
    """The run, as another command finds it."""
    keys = {"access_key_id": "a", "secret_access_key": "s"}
    file = tmp_path / "local.json"
    file.write_text(
        json.dumps(
            {
                "endpoint": control.url,
                "region": "eu-central-1",
                **keys,
                "game_server": keys,
                "control": {"url": control.url, "token": control.token},
                "boards": {},
            }
        )
    )
    return read_local_run(file)


def post(control: Control, path: str = "/add", body: bytes = b'{"one": 1, "two": 2}', **changes: Any) -> int:
    """Send a request with some of its headers changed or left out. Returns the status."""
    connection = http.client.HTTPConnection("127.0.0.1", int(control.url.rsplit(":", 1)[1]), timeout=60)
    headers = {"Host": control.host, "Authorization": f"Bearer {control.token}", "Content-Length": str(len(body))}
    changed = {name.replace("_", "-"): value for name, value in changes.items()}
    given = {name: value for name, value in {**headers, **changed}.items() if value is not None}
    connection.putrequest(changes.pop("method", "POST"), path, skip_host=True, skip_accept_encoding=True)
    given.pop("method", None)
    for name, value in given.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def test_a_command_is_done_and_its_result_returned(run: LocalRun) -> None:
    assert run.call("add", {"one": 40, "two": 2}) == {"sum": 42}


def test_an_error_reaches_the_caller_with_its_text_and_kind(run: LocalRun) -> None:
    with pytest.raises(InputError, match="not so"):
        run.call("fail", {"kind": "input"})
    for kind in ("local", "finding"):
        with pytest.raises(OperationError, match="not so"):
            run.call("fail", {"kind": kind})
    with pytest.raises(InputError, match="knows no command 'subtract'"):
        run.call("subtract", {})


def test_a_run_that_has_ended_is_named(run: LocalRun, control: Control) -> None:
    control.stop()
    with pytest.raises(OperationError, match="does not answer"):
        run.call("add", {})
    with pytest.raises(InputError, match="has ended"):
        read_local_run(run.file)


def test_a_run_that_was_killed_has_ended_while_its_embedded_aws_still_lives(run: LocalRun, control: Control) -> None:
    with socket.create_server(("127.0.0.1", 0)) as embedded:
        ready = json.loads(run.file.read_text(encoding="utf-8"))
        ready["endpoint"] = f"http://127.0.0.1:{embedded.getsockname()[1]}"
        run.file.write_text(json.dumps(ready), encoding="utf-8")
        assert read_local_run(run.file).endpoint == ready["endpoint"]
        control.stop()
        with pytest.raises(InputError, match="has ended"):
            read_local_run(run.file)


@pytest.mark.parametrize(
    "changes",
    [
        {"Authorization": None},
        {"Authorization": "Bearer "},
        {"Authorization": "Bearer \xff"},
        {"Authorization": "Basic x"},
        {"Host": None},
        {"Host": "evil.example"},
        {"Origin": "null"},
        {"Sec_Fetch_Site": "none"},
    ],
    ids=str,
)
def test_strangers_are_refused(control: Control, changes: dict[str, Any]) -> None:
    assert post(control) == 200
    assert post(control, **changes) == 403


def test_what_is_no_command_is_refused(control: Control) -> None:
    assert post(control, "/none") == 404
    for body in (b"[]", b"{", b"\xff", b"[" * 100_000):
        assert post(control, body=body) == 400
    assert post(control, Content_Length=str(BODY_BYTES + 1)) == 413
    assert post(control, Content_Length="-1") == 413
    assert post(control, method="GET") == 501
