"""A run with nothing to do: it renders nothing, prints the same, and notices whatever changed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from generator.board.board import Board
from generator.output import cache_folder, last_run
from generator.rendering import program, text_files
from tests.support.cli import Result, run
from tests.support.pictures import PNG, SVG
from tests.support.projects import board_yaml, project_yaml

FOLDER = "build/nebula/weekly-kills"
SMALL = project_yaml(board_yaml("weekly-kills"))
QUOTA = "".join(board_yaml(f"board-{number}") for number in range(60))
"""More boards than an account takes by default: there is a warning."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of two files whose build/ is generated."""
    folder = tmp_path / "project"
    folder.mkdir()
    main = SMALL.replace("teams:\n", "teams:\n  quasar: {owner: quasar@example.com}\n")
    (folder / "leaderboards.yaml").write_text(main.replace("boards:", "include: ['teams/*.yaml']\nboards:"))
    (folder / "teams").mkdir()
    (folder / "teams/one.yaml").write_text("team: nebula\nboards:\n" + board_yaml("daily-kills", team=None))
    assert run("generate", cwd=folder).code == 0
    return folder


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The boards that are rendered."""
    names: list[str] = []
    whole = text_files.render_text_files

    def watched(board: Board) -> dict[str, str]:
        names.append(board.name)
        return whole(board)

    monkeypatch.setattr(text_files, "render_text_files", watched)
    return names


def test_nothing_is_rendered_when_nothing_changed(folder: Path, rendered: list[str]) -> None:
    assert run("generate", cwd=folder) == Result(0, "0 files changed\n", "")
    assert run("generate", "--check", cwd=folder) == Result(0, "0 files would change\n", "")
    assert run("generate", "--diff", cwd=folder) == Result(0, "", "")
    assert json.loads(run("generate", "--json", cwd=folder).stdout)["files"] == []
    assert rendered == []
    assert run("generate", "--team", "nebula", cwd=folder) == Result(0, "0 files changed\n", "")
    assert rendered == ["weekly-kills", "daily-kills"]


def test_no_model_is_loaded_when_nothing_changed(folder: Path) -> None:
    """That takes longer than all the rest."""
    script = (
        "import sys\nfrom contextlib import suppress\nfrom generator.cli.main import main\n"
        "with suppress(SystemExit):\n    main()\n"
        "print('pydantic' in sys.modules)"
    )
    for words in ([], ["--check"], ["--json"]):
        command = [sys.executable, "-c", script, "generate", *words]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "False", words


def test_warnings_are_printed_each_time(tmp_path: Path, rendered: list[str]) -> None:
    (tmp_path / "leaderboards.yaml").write_text(SMALL + QUOTA)
    first, before = run("generate", cwd=tmp_path), rendered.copy()
    assert "origin access controls" in first.stderr
    assert run("generate", cwd=tmp_path).stderr == first.stderr
    assert rendered == before


def flip(file: Path) -> None:
    """Give a file another content of the same size, and the same time."""
    status = file.stat()
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize(
    "path", ["terraform/main.tf", "lambda/layer.zip", "lambda/board.zip", "dashboard/app.js", "README.md"]
)
@pytest.mark.parametrize("change", [flip, Path.unlink, lambda file: file.write_bytes(b"")])
def test_a_file_that_is_not_what_was_written(folder: Path, path: str, change: Callable[[Path], None]) -> None:
    file = folder / FOLDER / path
    right = file.read_bytes()
    change(file)
    assert run("generate", "--check", cwd=folder).code == 1
    assert f"{FOLDER.removeprefix('build/')}/{path}" in run("generate", "--diff", cwd=folder).stdout
    assert run("generate", cwd=folder).code == 0
    assert file.read_bytes() == right


@pytest.mark.parametrize(
    "guard", [f"{FOLDER}/terraform/incomplete.tf", "build/nebula/daily-kills/terraform/incomplete.tf"]
)
def test_a_bundle_that_was_being_written(folder: Path, guard: str) -> None:
    (folder / guard).write_text("")
    assert run("generate", "--check", cwd=folder).code == 1
    assert run("generate", cwd=folder).code == 0
    assert not (folder / guard).exists()


def test_a_bundle_that_is_gone(folder: Path) -> None:
    shutil.rmtree(folder / FOLDER)
    assert run("generate", "--check", cwd=folder).code == 1


def test_another_input(folder: Path) -> None:
    (folder / "teams/two.yaml").write_text("team: quasar\nboards: []\n")
    assert run("generate", cwd=folder).stdout == "1 file changed\n"
    (folder / "teams/two.yaml").write_text("team: quasar\nboards: [ ]\n")
    assert run("generate", cwd=folder).stdout == "1 file changed\n"
    (folder / "teams/two.yaml").unlink()
    assert run("generate", cwd=folder).stdout == "1 file changed\n"
    (folder / "leaderboards.yaml").write_text("version: 1\n")
    assert run("generate", cwd=folder).code == 2


def test_another_main_file(folder: Path, rendered: list[str]) -> None:
    (folder / "leaderboards.yaml").rename(folder / "other.yaml")
    (folder / "leaderboards.yaml").write_text((folder / "other.yaml").read_text())
    run("generate", "--file", "other.yaml", cwd=folder)
    assert rendered


@pytest.fixture
def identified() -> Iterator[None]:
    """Another program is identified anew, and so is this one afterwards."""
    yield
    program.identify_program.cache_clear()


@pytest.mark.usefixtures("identified")
@pytest.mark.parametrize("source", ["_list_sources", "_list_libraries", "_list_versions"])
def test_another_generator(folder: Path, rendered: list[str], monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    parts = list(getattr(program, source)())
    assert len(parts) == len(set(parts)) > 10
    monkeypatch.setattr(program, source, lambda: iter([*parts[:-1], parts[-1] + "!"]))
    program.identify_program.cache_clear()
    run("generate", cwd=folder)
    assert rendered == ["weekly-kills", "daily-kills"]
    rendered.clear()
    run("generate", cwd=folder)
    assert rendered == []


def test_all_that_decides_a_bundle_is_looked_at() -> None:
    own = "\n".join(program._list_sources())
    for path in (
        "generator/rendering/text_files.py",
        "runtime/processor.py",
        "blueprints/standard/terraform/main.tf.j2",
    ):
        assert f"{path} " in own
    assert any(part.startswith("python/aws_lambda_powertools/__init__.py ") for part in program._list_libraries())
    assert any(part.startswith("pydantic-") for part in program._list_versions())


def test_a_cache_folder_that_came_with_a_clone_is_not_believed(folder: Path, rendered: list[str]) -> None:
    shutil.copytree(folder, folder.parent / "clone", symlinks=True)
    run("generate", "--check", cwd=folder.parent / "clone")
    assert rendered == ["weekly-kills", "daily-kills"]


def test_what_another_run_writes_meanwhile_is_not_taken_for_its_own(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Just after this run, the other writes the bundle of one board by a YAML that changes both."""
    main = folder / "leaderboards.yaml"
    remember = last_run.remember

    def remember_after_another(*arguments: Any) -> None:
        main.write_text(main.read_text().replace("defaults: {top: 7}", "defaults: {top: 8}"))
        assert run("generate", "--board", "weekly-kills", cwd=folder).code == 0
        remember(*arguments)

    main.write_text(main.read_text() + "defaults: {top: 7}\n")
    monkeypatch.setattr(last_run, "remember", remember_after_another)
    assert run("generate", cwd=folder).code == 0
    found = run("generate", "--check", cwd=folder)
    assert (found.code, found.stdout.partition(":")[0]) == (1, "build/nebula/daily-kills")


@pytest.mark.parametrize("command", [["generate"], ["generate", "--check"]])
def test_the_cache_folder_goes_meanwhile(
    folder: Path, rendered: list[str], monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    def read_and_lose(project: Path, name: str) -> object:
        document = json.loads((project / cache_folder.FOLDER / name).read_bytes())
        shutil.rmtree(project / cache_folder.FOLDER)
        return document

    monkeypatch.setattr(cache_folder, "read_document", read_and_lose)
    assert run(*command, cwd=folder).code == 0
    assert rendered == ["weekly-kills", "daily-kills"]


def test_nothing_is_remembered_where_the_cache_folder_goes_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(folder / cache_folder.FOLDER)
    monkeypatch.setattr(cache_folder, "create_folder", lambda _: True)
    assert run("generate", cwd=folder) == Result(0, "0 files changed\n", "")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", "null", '{"warnings": [{"x": 1}]}', '{"warnings": []}'])
def test_a_cache_that_cannot_be_read(folder: Path, rendered: list[str], text: str) -> None:
    file = folder / cache_folder.FOLDER / "generated.json"
    file.write_text(text)
    assert run("generate", cwd=folder) == Result(0, "0 files changed\n", "")
    assert rendered == ["weekly-kills", "daily-kills"]
    assert json.loads(file.read_text())["main"] == "leaderboards.yaml"


def test_nothing_is_remembered_through_a_link(folder: Path, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    shutil.rmtree(folder / cache_folder.FOLDER)
    (folder / cache_folder.FOLDER).symlink_to(outside)
    assert run("generate", cwd=folder).code == 0
    assert list(outside.iterdir()) == []
    (folder / cache_folder.FOLDER).unlink()
    (folder / cache_folder.FOLDER).mkdir()
    (tmp_path / "victim").write_text("precious")
    for name in ("generated.json", ".gitignore"):
        (folder / cache_folder.FOLDER / name).symlink_to(tmp_path / "victim")
    assert run("generate", cwd=folder).code == 0
    assert (tmp_path / "victim").read_text() == "precious"


def test_a_bundle_without_a_board_is_named_each_time(folder: Path) -> None:
    (folder / "leaderboards.yaml").write_text(SMALL)
    said = [run("generate", cwd=folder).stderr for _ in range(3)]
    assert "its board is gone" in said[0]
    assert said[0] == said[1] == said[2]


def test_git_leaves_the_cache_folder_out(folder: Path) -> None:
    assert (folder / cache_folder.FOLDER / ".gitignore").read_text() == "*\n"


def test_a_changed_logo_is_noticed(folder: Path, rendered: list[str]) -> None:
    main = folder / "leaderboards.yaml"
    main.write_text(main.read_text() + "defaults: {dashboard: {logo: star}}\n")
    (folder / "star").write_bytes(SVG)
    assert run("generate", cwd=folder).code == 0
    logo = folder / FOLDER / "dashboard/logo.svg"
    assert logo.read_bytes() == SVG
    rendered.clear()
    assert run("generate", cwd=folder) == Result(0, "0 files changed\n", "")
    assert rendered == []
    (folder / "star").write_bytes(SVG.replace(b"#f00", b"#0f0"))
    checked = run("generate", "--check", cwd=folder)
    assert checked.code == 1
    assert checked.stdout.endswith("5 files would change\n")  # two pages, two deployment.json, the manifest
    assert "-" + SVG.decode() in run("generate", "--diff", cwd=folder).stdout
    assert run("generate", cwd=folder).code == 0
    assert b"#0f0" in logo.read_bytes()
    # Another kind of picture has another name, and the old one goes.
    (folder / "star").write_bytes(PNG)
    assert "Binary file" in run("generate", "--diff", cwd=folder).stdout
    assert run("generate", cwd=folder).code == 0
    assert not logo.exists()
    assert logo.with_suffix(".png").read_bytes() == PNG
    (folder / "star").unlink()
    assert run("generate", cwd=folder).code == 2
