"""What `generate` leaves on the disk: killed at any step, run twice at once, or only asked to look."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from generator.output.build_folder import GUARD
from tests.output.writers import generate_into
from tests.support.cli import run
from tests.support.folders import read_folder
from tests.support.paths import GOLDEN
from tests.support.processes import finish, start, start_python
from tests.support.programs import need

YAML = (GOLDEN / "smallest" / "leaderboards.yaml").read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project whose build/ is generated."""
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    assert run("generate", cwd=tmp_path).code == 0
    return tmp_path


def stamps(folder: Path) -> dict[str, tuple[int, int]]:
    """The time and inode of each file and folder: even a write of the same bytes would change one of them."""
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in [folder, *folder.rglob("*")]}


def edit(folder: Path) -> None:
    """Changes several files of the bundle, one of them a zip."""
    text = YAML.replace("points: 3", "points: 4") if "points: 3" in YAML else YAML + "    top: 7\n"
    assert text != YAML
    (folder / "leaderboards.yaml").write_text(text + "    title: Another\n    simulator: true\n")


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that writes build/ in the folder of a test, and is killed at the step that the test names."""
    with start_python("-m", "tests.output.writers", str(tmp_path), cwd=tmp_path) as process:
        yield process
        finish(process)


def killed_at(writer: subprocess.Popen[str], step: int) -> bool:
    """Start a write that dies just before that step on the disk. Returns False if it took fewer steps and ended."""
    assert writer.stdout
    print(step, file=writer.stdin, flush=True)
    code = int(writer.stdout.readline())
    assert code in (0, -signal.SIGKILL)
    return code != 0


def test_killed_at_any_step_a_bundle_is_old_or_new_or_refused_by_terraform(
    folder: Path, tmp_path: Path, writer: subprocess.Popen[str]
) -> None:
    """Also: the next `generate` completes the bundle, and the user's files are as they were."""
    state = folder / "build/solo/wins/terraform/terraform.tfstate"
    state.write_text("{}")
    old = read_folder(folder / "build/solo/wins")
    beginning = tmp_path / "beginning"
    shutil.copytree(folder / "build", beginning)
    edit(folder)
    generate_into(folder)
    new, complete = read_folder(folder / "build/solo/wins"), read_folder(folder / "build")
    seen = set()
    step = 0
    while True:
        step += 1
        shutil.rmtree(folder / "build")
        shutil.copytree(beginning, folder / "build")
        if not killed_at(writer, step):
            break
        found = read_folder(folder / "build/solo/wins")
        kind = "old" if found == old else "new" if found == new else "guarded"
        seen.add(kind)
        if kind == "guarded":
            assert b"this bundle is incomplete" in found[GUARD]
            assert {path for path, data in found.items() if data not in (old.get(path), new.get(path))} == {GUARD}
        assert found["terraform/terraform.tfstate"] == b"{}"
        generate_into(folder)
        assert read_folder(folder / "build") == complete, f"step {step}"
    assert seen == {"old", "new", "guarded"}
    assert step > 10


def test_killed_while_a_bundle_is_new_it_is_there_whole_or_not_at_all(
    tmp_path: Path, writer: subprocess.Popen[str]
) -> None:
    (tmp_path / "leaderboards.yaml").write_text(YAML)
    generate_into(tmp_path)
    complete = read_folder(tmp_path / "build")
    for step in range(1, len(complete) + 2):
        shutil.rmtree(tmp_path / "build")
        assert killed_at(writer, step)
        bundle = tmp_path / "build/solo/wins"
        assert not bundle.exists() or read_folder(bundle) == {
            path.removeprefix("solo/wins/"): data for path, data in complete.items() if path.startswith("solo/")
        }
        generate_into(tmp_path)
        assert read_folder(tmp_path / "build") == complete


def test_two_commands_at_once_leave_what_one_of_them_means(folder: Path) -> None:
    """Two YAML files are generated into one build/. Each bundle is whole, and comes from one of them."""
    edit(folder)
    other = folder / "other.yaml"
    other.write_text(YAML)
    results = []
    for name in ("leaderboards.yaml", "other.yaml"):
        assert run("generate", "--file", name, cwd=folder).code == 0
        results.append(read_folder(folder / "build"))
    for _ in range(3):
        runs = [start("generate", "--file", name, cwd=folder) for name in ("leaderboards.yaml", "other.yaml")]
        assert [(finish(process)[1], process.returncode) for process in runs] == [("", 0)] * 2
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
    patch = need("patch")
    edit(folder)
    diff = run("generate", "--check", "--diff", cwd=folder).stdout
    applied = folder / "applied"
    shutil.copytree(folder / "build", applied)
    subprocess.run([patch, "-p1", "--silent"], cwd=applied, input=diff, text=True, check=True)
    generate_into(folder)
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
