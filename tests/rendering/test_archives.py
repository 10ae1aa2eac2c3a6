"""The zips of a bundle: the same bytes everywhere, readable by any program, and all that the functions need."""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar

import boto3
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.rendering import archives, libraries
from generator.source import inputs
from runtime import config
from tests.support.bundles import generated
from tests.support.effort import examples
from tests.support.folders import read_folder
from tests.support.paths import GOLDEN, REPOSITORY
from tests.support.processes import finish, start

SMALLEST = GOLDEN / "smallest"
HANDLERS = ("api", "assembler", "processor", "rebuilder", "simulator")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the code zip in code/ and the layer zip in layer/."""
    folder = tmp_path_factory.mktemp("bundle")
    for name, place in (("board", "code"), ("layer", "layer")):
        with zipfile.ZipFile(io.BytesIO(generated(SMALLEST).files[f"solo/wins/lambda/{name}.zip"])) as file:
            file.extractall(folder / place)
    return folder


def test_same_bytes_wherever_and_whenever(tmp_path: Path) -> None:
    here = GOLDEN / "every-feature"
    source = {here / name: data for name, data in inputs.read_files(here / "leaderboards.yaml").files.items()}
    builds = []
    for name, zone, mask, seed in (("one", "Pacific/Kiritimati", 0o077, "1"), ("a b/two", "America/Adak", 0o002, "2")):
        folder = tmp_path / name
        for path, content in source.items():
            copy = folder / path.relative_to(GOLDEN / "every-feature")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
        cwd, file = tmp_path if name == "one" else folder, str(folder / "leaderboards.yaml")
        process = start("generate", "--file", file, cwd=cwd, umask=mask, TZ=zone, PYTHONHASHSEED=seed, LC_ALL="C")
        said = finish(process)[1]  # warnings, of a board that is as large as boards get
        assert process.returncode == 0, said
        builds.append(read_folder(folder / "build"))
    one, two = builds
    assert one == two
    assert {path for path in one if path != "manifest.json"} == set(generated(GOLDEN / "every-feature").files)
    assert all(one[path] == content for path, content in generated(GOLDEN / "every-feature").files.items())


@given(st.dictionaries(st.from_regex(r"[a-zé星/._-]{1,40}", fullmatch=True), st.binary(max_size=200)))
@examples(50)
def test_archive_holds_what_was_put_in(files: dict[str, bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(archives.zip_files(files))) as file:
        assert file.testzip() is None
        assert {name: file.read(name) for name in file.namelist()} == files
        assert file.namelist() == sorted(files)
        for info in file.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            assert info.date_time == (1980, 1, 1, 0, 0, 0)
            assert info.external_attr == 0o100644 << 16
    assert archives.zip_files(files) == zip_as_python_does(files)


def zip_as_python_does(files: dict[str, bytes]) -> bytes:
    """The zip that `zipfile` makes of the same files."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(files):
            member = zipfile.ZipInfo(path)
            member.create_system = 3
            member.external_attr = 0o100644 << 16
            archive.writestr(member, files[path])
    return stream.getvalue()


def test_code_is_the_runtime_and_its_board() -> None:
    board = generated(SMALLEST).boards[0]
    with zipfile.ZipFile(io.BytesIO(generated(SMALLEST).files["solo/wins/lambda/board.zip"])) as file:
        members = {name: file.read(name) for name in file.namelist()}
    beside = generated(SMALLEST).files["solo/wins/lambda/board.json"]
    assert members["board.json"] == beside, "what a person reads in a diff is what the functions read"
    assert config.parse_board_json(members.pop("board.json").decode()) == board.config
    sources = (REPOSITORY / "runtime").rglob("*.py")
    assert members == {path.relative_to(REPOSITORY).as_posix(): path.read_bytes() for path in sources}


def test_layer_alone_is_enough_for_logs_metrics_and_routing(unpacked: Path) -> None:
    script = f"""
import sys
sys.path.insert(0, {str(unpacked / "layer" / "python")!r})
from aws_lambda_powertools import Logger, Metrics, single_metric
from aws_lambda_powertools.event_handler import LambdaFunctionUrlResolver, Response
from aws_lambda_powertools.metrics import MetricUnit

metrics = Metrics(namespace="n", service="s")

@metrics.log_metrics
def count(event, context):
    metrics.add_metric("M", MetricUnit.Count, 1)

count({{}}, None)
Logger(service="s").info("logged")
app = LambdaFunctionUrlResolver()

@app.get("/v1/<name>")
def answer(name):
    return Response(200, "text/plain", name)

context = {{"http": {{"method": "GET"}}, "stage": "$default"}}
request = {{"version": "2.0", "rawPath": "/v1/x", "headers": {{}}, "requestContext": context}}
assert app.resolve(request, None)["body"] == "x"

from zoneinfo import ZoneInfo, reset_tzpath
reset_tzpath(to=[])
ZoneInfo("Europe/Berlin")
"""
    done = subprocess.run([sys.executable, "-I", "-S", "-B", "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"M":[1.0]' in done.stdout
    assert '"message":"logged"' in done.stdout


class StandIn(BaseHTTPRequestHandler):
    """Answers as AWS does where a board is new: no items, no objects."""

    requests: ClassVar[list[str]] = []
    """What was asked for, in the order of the requests."""

    def respond(self) -> None:
        """Note a request and answer it."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        operation = self.headers.get("X-Amz-Target", "").rpartition(".")[2]
        bucket, listed = self.path.startswith("/bucket"), "list-type" in self.path
        self.requests.append(operation or f"{self.command} {'list' if listed else 'object'}")
        status, body = 200, b'{"Items": []}'
        if listed or self.command == "PUT":
            body = b"<ListBucketResult/>" if listed else b""
        elif bucket:
            status, body = 404, b"<Error><Code>NoSuchKey</Code></Error>"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = respond  # noqa: N815 - names of http.server

    def log_message(self, *arguments: Any) -> None:
        """Write nothing: a test has no log."""


@pytest.fixture
def aws() -> Iterator[str]:
    """The address of a server that stands in for AWS."""
    StandIn.requests.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), StandIn)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def run_from_the_zips(unpacked: Path, script: str, **environment: str) -> str:
    """Run a script with nothing but Python itself and the two zips, as Lambda would. Returns what it prints."""
    code, layer = unpacked / "code", unpacked / "layer" / "python"
    done = subprocess.run(
        [
            sys.executable,
            "-I",
            "-S",
            "-B",
            "-c",
            f"import sys\nsys.path[:0] = [{str(code)!r}, {str(layer)!r}]\n{script}",
        ],
        capture_output=True,
        text=True,
        env={
            "POWERTOOLS_SERVICE_NAME": "s",
            "POWERTOOLS_METRICS_NAMESPACE": "n",
            "AWS_DEFAULT_REGION": "eu-west-1",
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_SECRET_ACCESS_KEY": "s",
            **environment,
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("handler", HANDLERS)
def test_handlers_load_from_the_zips_alone(unpacked: Path, handler: str) -> None:
    script = f"from runtime import config\nfrom runtime.{handler} import handler\nconfig.load_board()"
    run_from_the_zips(unpacked, script)


def test_handlers_call_aws_from_the_zips_alone(unpacked: Path, aws: str) -> None:
    """Each way in which the functions use boto3: calls, pages, threads, and errors by their names."""
    script = """
from types import SimpleNamespace
from runtime import api, aws
from runtime.dynamodb.table import Table
from runtime.s3.bucket import Bucket

request = {"http": {"method": "GET"}, "stage": "$default"}
event = {"version": "2.0", "rawPath": "/v1/leaderboard", "rawQueryString": "", "headers": {}, "requestContext": request}
context = SimpleNamespace(function_name="f", memory_limit_in_mb=1, invoked_function_arn="a", aws_request_id="r")
print(api.handler(event, context)["statusCode"])
table = Table(aws.dynamodb(), "aggregates", ("partition", "player_id"))
assert table.put({"partition": {"S": "p"}, "player_id": {"S": "a"}})
assert list(table.query("p")) == []
bucket = Bucket(aws.s3(), "bucket", "key")
with bucket.upload("a/") as put:
    put("b", b"1")
assert bucket.put_if_unchanged("a", 1, None)
assert bucket.list_keys("a") == []
aws.events().put_events(Entries=[{"Source": "s", "DetailType": "t", "Detail": "{}"}])
"""
    printed = run_from_the_zips(unpacked, script, AWS_ENDPOINT_URL=aws, AGGREGATES_TABLE="aggregates", BUCKET="bucket")
    assert printed.splitlines()[0] == "200"
    assert {"PutItem", "Query", "PutEvents", "GET object", "PUT object", "GET list"} <= set(StandIn.requests)


def test_layer_has_the_services_that_the_functions_call(unpacked: Path) -> None:
    """Their clients, with addresses as boto3 has them without the layer; and no other service."""
    called = {
        str(node.args[0].value)
        for path in (REPOSITORY / "runtime").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "client"
        and isinstance(node.args[0], ast.Constant)
    }
    assert called == set(libraries.SERVICES)
    script = """
import boto3
for service in boto3.session.Session().get_available_services():
    for region in ("eu-central-1", "us-east-1"):
        print(service, boto3.client(service, region_name=region).meta.endpoint_url)
"""
    client: Any = boto3.client
    expected = [
        f"{service} {client(service, region_name=region).meta.endpoint_url}"
        for service in sorted(called)
        for region in ("eu-central-1", "us-east-1")
    ]
    assert run_from_the_zips(unpacked, script).splitlines() == expected


def test_what_is_in_the_layer_is_pinned() -> None:
    """Bundles are the same bytes whichever machine makes them."""
    dependencies = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    pinned = {name.replace("-", "_"): version for name, _, version in (each.partition("==") for each in dependencies)}
    for library in libraries.LIBRARIES:
        name = {"dateutil": "python_dateutil"}.get(library, library)
        assert pinned[name] == metadata.version(name)


def test_layer_has_licences_and_nothing_idle(unpacked: Path) -> None:
    files = read_folder(unpacked / "layer" / "python")
    for library in libraries.LIBRARIES:
        name = {"dateutil": "python_dateutil"}.get(library, library)
        assert any(path.startswith(f"{name}-") and "LICEN" in path for path in files), library
    assert not [
        path for path in files if re.search(r"__pycache__|\.pyc$|/(RECORD|INSTALLER|METADATA)$|swagger_ui", path)
    ]
    # Lambda unpacks it on each cold start.
    assert sum(map(len, files.values())) < 6_000_000


def test_all_boards_have_the_same_layer() -> None:
    layers = {data for path, data in generated(REPOSITORY).files.items() if path.endswith("/lambda/layer.zip")}
    assert len(layers) == 1
