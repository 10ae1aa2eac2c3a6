"""`generate` as the disk sees it: killed at any step, twice at once, and writing nothing when it only looks."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from generator import pipeline
from generator.output import build_folder
from generator.output.build_folder import GUARD
from generator.output.plan import write_build
from generator.source import inputs
from tests.support.cli import run
from tests.support.folders import read_folder
from tests.support.paths import GOLDEN, REPOSITORY

YAML = (GOLDEN / "smallest" / "leaderboards.yaml").read_text()
FORK = multiprocessing.get_context("fork")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    assert run("generate", cwd=tmp_path).code == 0
    return tmp_path


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """What even a write of the same bytes would change."""
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in [folder, *folder.rglob("*")]}


def edit(folder: Path) -> None:
    """Changes several files of the bundle, one of them a zip."""
    text = YAML.replace("points: 3", "points: 4") if "points: 3" in YAML else YAML + "    top: 7\n"
    assert text != YAML
    (folder / "leaderboards.yaml").write_text(text + "    title: Another\n    simulator: true\n")


def write(folder: Path) -> None:
    read = inputs.read(folder / "leaderboards.yaml")
    made = pipeline.generate(read.files, read.main)
    write_build(made.files, made.boards, read.files, folder / "build")


def killed_at(folder: Path, step: int) -> bool:
    """Whether `generate`, in a process of its own, was killed (not asked to end) just before that step on the disk."""

    def child() -> None:
        left = step
        for method in (build_folder.Disk._stage, build_folder.Disk._make):

            def one(*arguments: Any, method: Callable[..., Any] = method) -> Any:
                nonlocal left
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                return method(*arguments)

            setattr(build_folder.Disk, method.__name__, one)
        write(folder)

    process = FORK.Process(target=child)
    process.start()
    process.join(60)
    assert process.exitcode in (0, -signal.SIGKILL)
    return process.exitcode != 0


def test_killed_at_any_step_a_bundle_is_old_or_new_or_refused_by_terraform(folder: Path, tmp_path: Path) -> None:
    """And the next `generate` completes it. The user's files are as they were."""
    state = folder / "build/solo/wins/terraform/terraform.tfstate"
    state.write_text("{}")
    old = read_folder(folder / "build/solo/wins")
    start = tmp_path / "start"
    shutil.copytree(folder / "build", start)
    edit(folder)
    write(folder)
    new, complete = read_folder(folder / "build/solo/wins"), read_folder(folder / "build")
    seen = set()
    step = 0
    while True:
        step += 1
        shutil.rmtree(folder / "build")
        shutil.copytree(start, folder / "build")
        if not killed_at(folder, step):
            break
        found = read_folder(folder / "build/solo/wins")
        kind = "old" if found == old else "new" if found == new else "guarded"
        seen.add(kind)
        if kind == "guarded":
            assert b"this bundle is incomplete" in found[GUARD]
            assert {path for path, data in found.items() if data not in (old.get(path), new.get(path))} == {GUARD}
        assert found["terraform/terraform.tfstate"] == b"{}"
        write(folder)
        assert read_folder(folder / "build") == complete, f"step {step}"
    assert seen == {"old", "new", "guarded"}
    assert step > 10


def test_killed_while_a_bundle_is_new_it_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    write(tmp_path)
    complete = read_folder(tmp_path / "build")
    for step in range(1, len(complete) + 2):
        shutil.rmtree(tmp_path / "build")
        assert killed_at(tmp_path, step)
        bundle = tmp_path / "build/solo/wins"
        assert not bundle.exists() or read_folder(bundle) == {
            path.removeprefix("solo/wins/"): data for path, data in complete.items() if path.startswith("solo/")
        }
        write(tmp_path)
        assert read_folder(tmp_path / "build") == complete


def test_two_commands_at_once_leave_what_one_of_them_means(folder: Path) -> None:
    """Of different YAML files into one build/: whole bundles, of one or the other."""
    edit(folder)
    other = folder / "other.yaml"
    other.write_text(YAML)
    results = []
    for name in ("leaderboards.yaml", "other.yaml"):
        assert run("generate", "--file", name, cwd=folder).code == 0
        results.append(read_folder(folder / "build"))
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    for _ in range(3):
        runs = [
            subprocess.Popen(
                [sys.executable, "-c", "from generator.cli.main import main; main()", "generate", "--file", name],
                cwd=folder,
                env=environment,
                stdout=subprocess.DEVNULL,
            )
            for name in ("leaderboards.yaml", "other.yaml")
        ]
        assert [process.wait(60) for process in runs] == [0, 0]
        assert read_folder(folder / "build") in results


@pytest.mark.parametrize(
    "arguments", [["--check"], ["--diff"], ["--check", "--diff"], ["--check", "--diff", "--prune"]]
)
def test_looking_never_writes(folder: Path, arguments: list[str]) -> None:
    edit(folder)
    before = stamps(folder)
    result = run("generate", *arguments, cwd=folder)
    assert result.code == 1
    if "--diff" in arguments:
        assert "--- a/solo/wins/README.md\n+++ b/solo/wins/README.md\n@@ " in result.stdout
        assert "--- /dev/null\n+++ b/solo/wins/terraform/simulator.tf\n@@ -0,0 +1," in result.stdout
        assert "Binary file solo/wins/lambda/board.zip differs\n" in result.stdout
    assert stamps(folder) == before


def test_the_diff_is_one_that_patch_applies(folder: Path) -> None:
    patch = shutil.which("patch")
    if not patch:
        pytest.skip("patch is not installed")
    edit(folder)
    diff = run("generate", "--check", "--diff", cwd=folder).stdout
    applied = folder / "applied"
    shutil.copytree(folder / "build", applied)
    subprocess.run([patch, "-p1", "--silent"], cwd=applied, input=diff, text=True, check=True)
    write(folder)
    wanted = {path: data for path, data in read_folder(folder / "build").items() if not path.endswith(".zip")}
    assert {path: data for path, data in read_folder(applied).items() if not path.endswith(".zip")} == wanted


def test_the_manifest_has_the_hash_of_every_input_and_output(folder: Path) -> None:
    manifest = json.loads((folder / "build/manifest.json").read_text())
    assert manifest["inputs"] == {"leaderboards.yaml": sha256(YAML.encode()).hexdigest()}
    files = {
        f"{bundle}/{path}": digest
        for bundle, record in manifest["bundles"].items()
        for path, digest in record["files"].items()
    }
    assert files == {
        path: sha256(data).hexdigest()
        for path, data in read_folder(folder / "build").items()
        if path != "manifest.json"
    }
