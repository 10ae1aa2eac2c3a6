"""The embedded AWS as a process: where it listens, whom it answers, what it sees and what it leaves behind."""

from __future__ import annotations

import signal
import socket
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from generator.aws.invoke import invoke
from generator.errors import FunctionError, LocalError
from generator.local.emulator import process
from generator.local.emulator.process import Emulator
from tests.support.processes import start_python

HANDLER = b"""
import os, time
def handler(event, context):
    if event == "fail":
        print("the reason")
        raise ValueError("no good")
    if event == "sleep":
        time.sleep(800)
    return dict(os.environ)
"""
USERS_ENVIRONMENT = {
    "AWS_PROFILE": "missing",
    "AWS_ACCESS_KEY_ID": "AKIAREALREALREALREAL",
    "AWS_SECRET_ACCESS_KEY": "real-secret",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "PASSWORD_OF_THE_USER": "hunter2",
}


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """One emulator for many tests, started by a user whose environment would mislead it."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in USERS_ENVIRONMENT.items():
            patch.setenv(name, value)
        with Emulator("eu-central-1") as emulator:
            yield emulator


def make_function(emulator: Emulator, name: str) -> None:
    """Create a function that runs HANDLER, with a role of its own that may do nothing yet."""
    code = BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("code.py", HANDLER)
    emulator.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument="{}")
    emulator.client("lambda").create_function(
        FunctionName=name,
        Role=f"arn:aws:iam::{emulator.account_id}:role/{name}",
        Handler="code.handler",
        Runtime="python3.13",
        Timeout=900,
        Code={"ZipFile": code.getvalue()},
    )


def listening_addresses(group: int) -> set[str]:
    """The addresses that the processes of a group listen on, in hexadecimal, from Linux's own tables."""
    inodes = set()
    for member in live_members(group):
        with suppress(FileNotFoundError):  # a process that has ended meanwhile
            for link in Path(f"/proc/{member}/fd").iterdir():
                with suppress(FileNotFoundError):  # a connection that has ended meanwhile
                    target = str(link.readlink())
                    if target.startswith("socket:["):
                        inodes.add(target[8:-1])
    found = set()
    for table in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            listens = fields[3] == "0A" or table.startswith("udp")
            if listens and fields[9] in inodes:
                found.add(fields[1].split(":")[0])
    return found


def live_members(group: int) -> list[int]:
    """The ids of a group's processes that still run."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, _, pgrp = (entry / "stat").read_text().rsplit(")", 1)[1].split()[:3]
            except OSError:
                continue
            if int(pgrp) == group and state != "Z":
                found.append(int(entry.name))
    return found


def has_ended(group: int) -> bool:
    """Whether all processes of a group end, on however busy a machine."""
    for _ in range(2400):
        if not live_members(group):
            return True
        time.sleep(0.05)
    return False


linux = pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="reads Linux's /proc")


@linux
def test_it_listens_on_loopback_only(emulator: Emulator) -> None:
    make_function(emulator, "listener")
    invoke(emulator.client("lambda"), "listener", {})
    assert listening_addresses(emulator._process.pid) == {"0100007F"}


def test_functions_see_nothing_of_the_users_environment(emulator: Emulator) -> None:
    make_function(emulator, "reader")
    environment = invoke(emulator.client("lambda"), "reader", {})
    assert environment["AWS_ENDPOINT_URL"] == emulator.endpoint
    assert environment["HOME"] == environment["TMPDIR"] == str(emulator._folder)
    assert not set(USERS_ENVIRONMENT.values()) & set(environment.values()) - {"true"}
    assert not {"AWS_PROFILE", "AWS_USE_FIPS_ENDPOINT", "HTTP_PROXY"} & set(environment)
    # The credentials are a session of the function's role, not the administrator's.
    assert environment["AWS_ACCESS_KEY_ID"].startswith("ASIA")
    assert emulator.secret_access_key not in environment.values()


def test_the_error_of_a_failing_function_has_the_end_of_its_log(emulator: Emulator) -> None:
    make_function(emulator, "failing")
    with pytest.raises(FunctionError, match=r"the reason[\s\S]*no good"):
        invoke(emulator.client("lambda"), "failing", "fail")
    with pytest.raises(FunctionError, match="missing could not be run"):
        invoke(emulator.client("lambda"), "missing", {})


def test_a_role_may_do_what_it_is_allowed_and_nothing_else(emulator: Emulator) -> None:
    make_function(emulator, "printer")
    session = invoke(emulator.client("lambda"), "printer", {})
    url = emulator.client("sqs").create_queue(QueueName="jobs")["QueueUrl"]
    role = emulator.client(
        "sqs",
        aws_access_key_id=session["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=session["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=session["AWS_SESSION_TOKEN"],
    )
    with pytest.raises(ClientError, match="AccessDenied"):
        role.send_message(QueueUrl=url, MessageBody="x")
    policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}'
    emulator.client("iam").put_role_policy(RoleName="printer", PolicyName="send", PolicyDocument=policy)
    role.send_message(QueueUrl=url, MessageBody="x")
    with pytest.raises(ClientError, match="AccessDenied"):
        role.receive_message(QueueUrl=url)


@pytest.mark.parametrize(
    ("key", "secret"), [("test", "test"), ("000000000000", "test"), ("ASIA0123456789ABCDEF", "x"), ("", "")]
)
def test_well_known_and_made_up_keys_are_refused(emulator: Emulator, key: str, secret: str) -> None:
    stranger = emulator.client("sqs", aws_access_key_id=key or "x", aws_secret_access_key=secret or "x")
    with pytest.raises(ClientError):
        stranger.list_queues()


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Host": "evil.example"}]
)
def test_a_web_page_is_refused_even_with_the_key(emulator: Emulator, headers: dict[str, str]) -> None:
    signed = f"AWS4-HMAC-SHA256 Credential={emulator.access_key_id}/20261123/eu-central-1/s3/aws4_request"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    assert opener.open(urllib.request.Request(emulator.endpoint + "/", headers={"Authorization": signed})).status == 200
    request = urllib.request.Request(emulator.endpoint + "/", headers={"Authorization": signed} | headers)
    with pytest.raises(urllib.error.HTTPError, match="403") as refused:
        opener.open(request)
    refused.value.close()


@linux
def test_stopping_ends_what_is_under_way_and_leaves_nothing() -> None:
    with Emulator("eu-central-1") as emulator:
        make_function(emulator, "printer")
        invoke(emulator.client("lambda"), "printer", {})
        emulator.client("lambda").invoke(FunctionName="printer", InvocationType="Event", Payload=b'"sleep"')
        group = emulator._process.pid
        assert len(live_members(group)) > 1
        began = time.monotonic()
    assert time.monotonic() - began < 400, "it waits for the function, which takes a quarter of an hour"
    assert has_ended(group), "what is killed ends a moment later"
    assert not emulator._folder.exists()
    emulator.stop()


def test_what_functions_did_is_read_to_the_end_also_when_its_files_are_gone() -> None:
    """As when it stops: it removes its folder while the last lines of its log are read."""
    with Emulator("eu-central-1") as emulator:
        make_function(emulator, "last")
        emulator.clock.file.unlink()
        invoke(emulator.client("lambda"), "last", {})
    emulator._reader.join(60)
    assert "last" in emulator.outcomes._by_name


@linux
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGHUP])
def test_it_does_not_outlive_the_program_that_started_it(number: int, tmp_path: Path) -> None:
    program = (
        "import sys, time\n"
        "from generator.local.emulator.process import Emulator\n"
        "emulator = Emulator('eu-central-1')\n"
        "print(emulator._process.pid, emulator._folder, flush=True)\n"
        "time.sleep(60)\n"
    )
    with start_python("-c", program, cwd=tmp_path) as parent:
        assert parent.stdout
        group, folder = parent.stdout.readline().split()
        assert live_members(int(group))
        parent.send_signal(number)
        assert parent.wait(120) == -number
    assert has_ended(int(group))
    assert not Path(folder).exists()


def test_missing_packages_are_an_error_that_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(LocalError, match=r"pip install 'leaderboards-from-yaml\[local\]'"):
        Emulator("eu-central-1")


def test_a_process_that_does_not_start_is_an_error(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "server.py").write_text("raise SystemExit('no luck')\n")
    monkeypatch.setattr(process, "__file__", str(tmp_path / "process.py"))
    with pytest.raises(LocalError, match="does not start"):
        Emulator("eu-central-1")


def test_two_emulators_share_no_port_and_no_data() -> None:
    with Emulator("eu-central-1") as one, Emulator("us-east-1") as other:
        assert one.endpoint != other.endpoint
        one.client("sqs").create_queue(QueueName="jobs")
        assert not other.client("sqs").list_queues().get("QueueUrls")
    with (
        pytest.raises(OSError, match="refused"),
        socket.create_connection(("127.0.0.1", int(one.endpoint.rsplit(":", 1)[1])), timeout=1),
    ):
        pass


def test_a_client_that_is_asked_for_while_it_stops_does_not_keep_its_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """As by a board that is being changed when the run ends."""
    emulator = Emulator("eu-central-1")
    close = type(emulator.client("sqs")).close

    def ask_and_close(client: object) -> None:
        emulator.client("s3")
        close(client)

    monkeypatch.setattr(type(emulator.client("sqs")), "close", ask_and_close)
    emulator.stop()
    assert not emulator._folder.exists()
