"""`generate --prune` keeps a bundle as long as its board may be deployed: only with it can the board be destroyed."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from generator.aws import states
from tests.changes.repository import TEAMS, board, write_files
from tests.support.cli import run

BACKEND = "environments: {prod: {backend: {s3: {bucket: arcade-tfstate, region: eu-west-1}}}}\n"
BOTH = f"{TEAMS}{BACKEND}boards:\n{board('kills', team='nebula')}{board('laps', team='quasar')}"
ONE = f"{TEAMS}{BACKEND}boards:\n{board('kills', team='nebula')}"
LAPS = "build/prod/quasar/laps"
STATE = "s3://arcade-tfstate/arcade/prod/quasar/laps.tfstate"

KEY = "/arcade-tfstate/arcade/prod/quasar/laps.tfstate"
LISTING = "without s3:ListBucket on the bucket, S3 says that of an object that is not there too"


class Bucket:
    """What answers as S3: one answer to every request, which it keeps."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        """The paths that were asked for, and the region that each request was signed for."""
        self.status, self.body = 404, b""
        bucket = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                region = self.headers["Authorization"].split("/")[2]
                bucket.asked.append(f"{self.path} {region}")
                self.send_response(bucket.status)
                self.send_header("Content-Length", str(len(bucket.body)))
                self.end_headers()
                self.wfile.write(bucket.body)

            def log_message(self, *_: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def refuse(self, status: int, code: str) -> None:
        """Answer with an error, as S3 words it."""
        self.status, self.body = status, f"<Error><Code>{code}</Code><Message>No.\x1b[2J</Message></Error>".encode()
        self.body = self.body.replace(b"\x1b", b"\xc2\x9b")  # a control character that XML may have

    def hold(self, content: Any) -> None:
        """Answer with an object."""
        self.status, self.body = 200, content if isinstance(content, bytes) else json.dumps(content).encode()


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A person without credentials for AWS."""
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch, nobody: None) -> Iterator[Bucket]:
    """What answers instead of S3, to a person with credentials."""
    bucket = Bucket()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{bucket.server.server_port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    # Last: no other thread may look while the environment changes (Linux, setenv(3): "MT-Unsafe const:env").
    thread = Thread(target=bucket.server.serve_forever, args=(0.01,))
    thread.start()
    yield bucket
    bucket.server.shutdown()
    thread.join()
    bucket.server.server_close()


def why_kept(project: Path, *arguments: str) -> str:
    """Prune, and return why the bundle of the board that is gone was kept: the text after `Kept, because `."""
    result = run("generate", "--prune", *arguments, cwd=project)
    assert result.code == 0
    assert (project / LAPS / "terraform/main.tf").is_file()
    return result.stderr.partition("Kept, because ")[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a backend, of whose boards one is gone."""
    write_files(tmp_path, {"leaderboards.yaml": BOTH})
    assert run("generate", cwd=tmp_path).code == 0
    write_files(tmp_path, {"leaderboards.yaml": ONE})
    return tmp_path


def test_a_bundle_whose_state_may_be_in_a_backend_is_kept(project: Path) -> None:
    result = run("generate", cwd=project)
    assert result.code == 0
    assert (project / LAPS / "terraform/main.tf").is_file()
    terraform = f"terraform -chdir={LAPS}/terraform"
    assert result.stderr == (
        f"{LAPS}: its board is gone. Where it was applied, it goes on running with its page, scores and costs. It is "
        "protected: first put it back with `protect: false` and apply that. Kept, because its state may be in "
        f'"{STATE}": `{terraform} init` and `{terraform} destroy` delete all of that for good, then `leaderboards '
        "generate --prune`.\n"
    )
    (orphan,) = json.loads(run("generate", "--json", cwd=project).stdout)["orphans"]
    assert orphan == {
        "folder": "prod/quasar/laps",
        "state": [],
        "backend": STATE,
        "resources": None,
        "unread": None,
    }


def test_a_state_with_resources_keeps_the_bundle(project: Path, bucket: Bucket) -> None:
    managed = {"mode": "managed", "instances": [{}, {}]}
    bucket.hold({"version": 4, "resources": [managed, {"mode": "data", "instances": [{}]}, {"mode": "managed"}]})
    terraform = f"terraform -chdir={LAPS}/terraform"
    assert why_kept(project) == (
        f'its state in "{STATE}" has 3 resources: `{terraform} init` and `{terraform} destroy` delete all of that for '
        "good, then `leaderboards generate --prune`.\n"
    )
    assert bucket.asked == [f"{KEY} eu-west-1"]
    (orphan,) = json.loads(run("generate", "--prune", "--json", cwd=project).stdout)["orphans"]
    assert (orphan["resources"], orphan["unread"]) == (3, None)
    assert run("generate", "--prune", "--team", "nebula", cwd=project).code == 0
    assert run("generate", cwd=project).code == 0
    assert len(bucket.asked) == 2, "a run that prunes nothing of this team, or nothing at all, asks nobody"


def test_what_lies_there_and_is_no_state_keeps_the_bundle(project: Path, bucket: Bucket) -> None:
    contents: list[Any] = [
        b"",
        b"{",
        b"[" * 100_000,
        [],
        {"version": 4},
        {"version": 3, "resources": []},
        {"resources": []},
    ]
    for content in contents:
        bucket.hold(content)
        assert "can't be read (what lies there is no state of Terraform, or an encrypted one)" in why_kept(project)


def test_an_answer_that_says_nothing_of_the_state_keeps_the_bundle(project: Path, bucket: Bucket) -> None:
    for status, code in ((403, "AccessDenied"), (404, "NoSuchBucket"), (503, "SlowDown"), (400, "ExpiredToken")):
        bucket.refuse(status, code)
        why = why_kept(project)
        assert ('there is no bucket "arcade-tfstate"' if status == 404 else code) in why
        assert (LISTING in why) == (status == 403)
        assert "\x9b" not in why
        assert why.endswith(" Where nothing is left, `leaderboards generate --prune --accept laps`.\n")
    assert len(bucket.asked) == 4, "each is asked once"


def test_a_bundle_without_a_state_or_resources_goes(project: Path, bucket: Bucket) -> None:
    bucket.refuse(404, "NoSuchKey")
    assert run("generate", "--prune", "--diff", cwd=project).code == 1
    assert (project / LAPS).is_dir()
    gone = run("generate", "--prune", cwd=project)
    assert (gone.code, gone.stderr) == (0, "")
    assert not (project / LAPS).exists()
    for config in (BOTH, ONE):
        write_files(project, {"leaderboards.yaml": config})
        assert run("generate", cwd=project).code == 0
    write_files(project, {f"{LAPS}/terraform/.terraform/terraform.tfstate": "{}"})  # terraform init has been there
    bucket.hold({"version": 4, "outputs": {}, "resources": []})
    assert f"{LAPS}: deleted, it is gone from the YAML\n" in run("generate", "--prune", cwd=project).stdout
    assert not (project / LAPS).exists()


def test_who_has_no_credentials_or_network_is_told_so(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "can't be read (Unable to locate credentials)" in why_kept(project)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    assert "can't be read (The config profile (nobody) could not be found)" in why_kept(project)
    monkeypatch.delenv("AWS_PROFILE")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "nowhere")
    assert "can't be read (Invalid endpoint: nowhere)" in why_kept(project)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    assert "can't be read (Could not connect to the endpoint URL: " in why_kept(project)
    for place in ("s3://", "s3://bucket", "gs://bucket/key", "s3://a b/key"):
        assert states.StateReader().read(place, "").unread


def test_a_bucket_that_cannot_be_reached_is_not_asked_again(bucket: Bucket, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = states.StateReader()
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:1")
    first = reader.read("s3://arcade-tfstate/kills", "eu-central-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", f"http://127.0.0.1:{bucket.server.server_port}")
    bucket.refuse(404, "NoSuchKey")
    assert reader.read("s3://arcade-tfstate/laps", "eu-central-1") == first
    assert reader.read("s3://other-tfstate/laps", "eu-central-1") == states.State(0)


def test_what_takes_a_while_is_shown(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("generator.progress._FIRST_SECONDS", 0.0)
    shown = r"^reading Terraform's states of bundles that are left over \.\.\. [0-9]+ s$"
    assert re.search(shown, run("generate", "--prune", cwd=project).stderr, re.MULTILINE)


def test_boto3_is_loaded_only_for_a_state(project: Path, bucket: Bucket) -> None:
    program = "import sys; from generator.cli.main import main\ntry: main()\nfinally: print('boto3' in sys.modules)"

    def loads(*arguments: str) -> bool:
        done = subprocess.run(
            [sys.executable, "-c", program, "generate", *arguments], cwd=project, capture_output=True, text=True
        )
        return done.stdout.splitlines()[-1] == "True"

    assert not loads("--prune", "--accept", "laps", "--check")
    assert loads("--prune", "--check")


def test_it_goes_where_somebody_says_that_nothing_is_left(project: Path) -> None:
    write_files(project, {f"{LAPS}/terraform/.terraform/terraform.tfstate": "{}"})  # terraform init has been there
    assert run("generate", "--accept", "laps", cwd=project).code == 0
    assert (project / LAPS).is_dir()
    assert run("generate", "--prune", "--accept", "laps", cwd=project).code == 0
    assert not (project / LAPS).exists()
    assert run("generate", "--prune", "--accept", "laps", cwd=project).code == 2  # there is no such board any more


def test_state_in_the_bundle_keeps_it_whatever_is_said(project: Path) -> None:
    write_files(project, {f"{LAPS}/terraform/terraform.tfstate": "{}"})
    assert run("generate", "--prune", "--accept", "laps", cwd=project).code == 0
    assert (project / LAPS / "terraform/main.tf").is_file()


def test_a_bundle_without_a_backend_goes_as_before(tmp_path: Path) -> None:
    write_files(tmp_path, {"leaderboards.yaml": BOTH.replace(BACKEND, "")})
    assert run("generate", cwd=tmp_path).code == 0
    write_files(tmp_path, {"leaderboards.yaml": ONE.replace(BACKEND, "")})
    assert run("generate", "--prune", cwd=tmp_path).code == 0
    assert not (tmp_path / "build/quasar/laps").exists()


def test_the_former_bundle_of_a_board_that_moved_goes_once_no_state_is_in_it(project: Path) -> None:
    state = f"{LAPS}/terraform/terraform.tfstate"
    # Where Terraform has been, a note stays of the backend: the state itself may have followed long ago.
    write_files(project, {f"{LAPS}/terraform/.terraform/terraform.tfstate": "{}", state: "{}"})
    write_files(project, {"leaderboards.yaml": BOTH.replace("team: quasar\n", "team: nebula\n")})
    result = run("generate", "--prune", cwd=project)
    assert result.code == 0
    assert "terraform -chdir=build/prod/nebula/laps/terraform init -reconfigure" in result.stderr
    assert result.stderr.endswith("before you apply, then `leaderboards generate --prune`.\n")
    assert (project / LAPS).is_dir()
    (project / state).unlink()
    assert run("generate", "--prune", cwd=project).stderr == ""
    assert not (project / LAPS / "README.md").exists()


def test_a_feed_is_kept_as_a_board_is(project: Path) -> None:
    feed = "feeds:\n  - {name: matches, team: quasar, types: [kill]}\n"
    fed = board("fed", team="quasar", more="    feed: matches\n")
    write_files(project, {"leaderboards.yaml": f"{BOTH}{fed}{feed}"})
    assert run("generate", cwd=project).code == 0
    write_files(project, {"leaderboards.yaml": ONE})
    kept = run("generate", "--prune", "--accept", "laps", "--accept", "fed", cwd=project)
    assert kept.code == 0
    folder = "build/prod/quasar/feed-matches"
    assert kept.stderr.startswith(
        f"{folder}: its feed is gone. Where it was applied, it goes on taking activities, and costs. Its boards come "
        "first. It is protected: "
    )
    assert "arcade/prod/quasar/feed-matches.tfstate" in kept.stderr
    assert (project / folder / "terraform/bus.tf").is_file()
    gone = run("generate", "--prune", "--accept", "feed-matches", cwd=project)
    assert (gone.code, gone.stderr) == (0, "")
    assert f"{folder}: deleted, it is gone from the YAML\n" in gone.stdout
    assert not (project / folder).exists()
