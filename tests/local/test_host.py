"""`leaderboards local --host`: pages listen elsewhere, and answer to addresses and private names, not to websites'."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.local.services.cloudfront import CloudFront, is_private
from generator.local.services.http_server import Body, Request
from tests.support.cli import run


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "localhost:8081", "127.0.0.1", "192.168.1.5:80", "[::1]:8080", "10.0.0.1"),
        *("leaderboards:8080", "my_project-leaderboards-1", "Laptop.local:8080", "host.docker.internal:8080"),
        "boards.team-a.svc.cluster.local",
    ],
)
def test_an_address_or_a_private_name_is_one(host: str) -> None:
    assert is_private(host)


@pytest.mark.parametrize(
    "host",
    [
        *("", "evil.example", "evil.example:80", "10.0.0.1.nip.io", "localhost.evil.example", "::1:x", "ai.", "."),
        *("evil.example.", "leaderboards.evil", "evil.example/.local", "a@local.evil", "x:y.local", "a..local"),
        *("evilinternal.example", "host.docker.internal.evil.example", "leaderboards:8080:80", "a b", "\u212a"),
    ],
)
def test_a_name_of_a_website_is_none(host: str) -> None:
    assert not is_private(host)


def ask(cloudfront: CloudFront, host: str) -> int:
    """Ask for the list of boards. Returns the status."""
    return cloudfront.answer(Request("GET", host, "/", "", {}, Body(), keeps_connection=True)).status


def test_only_with_a_host_any_address_and_private_name_is_answered() -> None:
    for host, addresses in ((None, 421), ("0.0.0.0", 200)):
        cloudfront = CloudFront(None, host)
        cloudfront.index = {"index.html": b"the boards"}
        try:
            assert cloudfront.url == f"http://127.0.0.1:{cloudfront.port}"
            assert ask(cloudfront, f"127.0.0.1:{cloudfront.port}") == 200
            assert ask(cloudfront, "192.168.1.5:8081") == addresses
            assert ask(cloudfront, "leaderboards:8080") == addresses
            assert ask(cloudfront, f"evil.example:{cloudfront.port}") == 421
        finally:
            cloudfront.stop()


def test_what_is_no_address_is_refused(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text("")
    done = run("local", "--host", "laptop.local", cwd=tmp_path)
    assert done.code == 2
    assert '"laptop.local" is no IPv4 address. Write 0.0.0.0' in done.stderr
