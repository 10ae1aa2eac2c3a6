"""The zips of a bundle: the same bytes everywhere, readable by any program, and all that the functions need."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.rendering import archives
from runtime import config
from tests.support.bundles import generated
from tests.support.effort import examples
from tests.support.folders import read_folder
from tests.support.paths import GOLDEN, REPOSITORY
from tests.support.processes import finish, start

SMALLEST = GOLDEN / "smallest"
HANDLERS = ("api", "processor", "rebuilder", "simulator")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the code zip in code/ and the layer zip in layer/."""
    folder = tmp_path_factory.mktemp("bundle")
    for name, place in (("board", "code"), ("layer", "layer")):
        with zipfile.ZipFile(io.BytesIO(generated(SMALLEST).files[f"solo/wins/lambda/{name}.zip"])) as file:
            file.extractall(folder / place)
    return folder


def test_same_bytes_wherever_and_whenever(tmp_path: Path) -> None:
    source = {
        path: path.read_bytes() for path in (GOLDEN / "every-feature").rglob("*.yaml") if "build" not in path.parts
    }
    builds = []
    for name, zone, mask, seed in (("one", "Pacific/Kiritimati", 0o077, "1"), ("a b/two", "America/Adak", 0o002, "2")):
        folder = tmp_path / name
        for path, content in source.items():
            copy = folder / path.relative_to(GOLDEN / "every-feature")
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
        cwd, file = tmp_path if name == "one" else folder, str(folder / "leaderboards.yaml")
        process = start("generate", "--file", file, cwd=cwd, umask=mask, TZ=zone, PYTHONHASHSEED=seed, LC_ALL="C")
        assert (finish(process)[1], process.returncode) == ("", 0)
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


def test_code_is_the_runtime_and_its_board() -> None:
    board = generated(SMALLEST).boards[0]
    with zipfile.ZipFile(io.BytesIO(generated(SMALLEST).files["solo/wins/lambda/board.zip"])) as file:
        members = {name: file.read(name) for name in file.namelist()}
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


@pytest.mark.parametrize("handler", HANDLERS)
def test_handlers_load_from_the_zips(unpacked: Path, handler: str) -> None:
    """As in Lambda: boto3 comes with its Python, and everything else from the zips."""
    code, layer = unpacked / "code", unpacked / "layer" / "python"
    script = f"""
import sys
sys.path[:0] = [{str(code)!r}, {str(layer)!r}]
from runtime import config
from runtime.{handler} import handler
config.load_board()
for name, module in sys.modules.items():
    library = name.partition(".")[0]
    if library in {archives.LIBRARIES!r} and getattr(module, "__file__", None):
        assert module.__file__.startswith({str(layer)!r}), module.__file__
"""
    done = subprocess.run(
        [sys.executable, "-I", "-B", "-c", script],
        capture_output=True,
        text=True,
        env={"POWERTOOLS_SERVICE_NAME": "s", "POWERTOOLS_METRICS_NAMESPACE": "n", "AWS_DEFAULT_REGION": "eu-west-1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_layer_has_licences_and_nothing_idle(unpacked: Path) -> None:
    files = read_folder(unpacked / "layer" / "python")
    for library in archives.LIBRARIES:
        assert any(path.startswith(f"{library}-") and "LICEN" in path for path in files), library
    assert not [
        path for path in files if re.search(r"__pycache__|\.pyc$|/(RECORD|INSTALLER|METADATA)$|swagger_ui", path)
    ]
    # Lambda unpacks it on each cold start.
    assert sum(map(len, files.values())) < 2_500_000


def test_all_boards_have_the_same_layer() -> None:
    layers = {data for path, data in generated(REPOSITORY).files.items() if path.endswith("/lambda/layer.zip")}
    assert len(layers) == 1
