"""The group of all commands: wrong arguments, exit codes, no traceback, help, and what is imported when."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import generator
from generator import pipeline
from generator.cli import main
from tests.support.cli import run
from tests.support.paths import REPOSITORY
from tests.support.processes import finish, start, start_python


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--board", "weekly-kils"], '--board: there is no "weekly-kils" in leaderboards.yaml. Did you mean '),
        (["--team", "zzz"], '--team: there is no "zzz" in leaderboards.yaml. Write nebula.'),
        (["--env", "dev"], '--env: there is no "dev" in leaderboards.yaml. No boards match.'),
        (["--board", "\033[31m"], '--board: there is no "\\x1b[31m" in leaderboards.yaml.'),
        (["--file", "none.yaml"], "none.yaml: there is no such file."),
        (["--file", "."], ".: cannot be read: Is a directory."),
        (["--nonsense"], "No such option '--nonsense'"),
    ],
)
def test_wrong_arguments(folder: Path, arguments: list[str], message: str) -> None:
    result = run("generate", *arguments, cwd=folder)
    assert result.code == 2
    assert message in result.stderr
    assert not (folder / "build").exists()


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (RuntimeError("bad\033[31m\nluck"), 3, r'RuntimeError at .*: "bad\x1b[31m\nluck". Please report it.'),
        (RecursionError("deep"), 3, "RecursionError"),
        (MemoryError(), 3, "MemoryError"),
        (KeyboardInterrupt(), 130, "interrupted"),
    ],
)
def test_no_traceback(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int, message: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(pipeline, "validate", fail)
    result = run("validate", cwd=folder)
    assert result.code == code
    assert "Traceback" not in result.stderr
    assert re.search(message.replace("\\", "\\\\").replace("[", "\\["), result.stderr)
    assert result.stderr.strip().count("\n") == 0


def test_help_has_examples() -> None:
    for command in (["--help"], *([name, "-h"] for name in main.leaderboards.commands)):
        result = run(*command, cwd=REPOSITORY)
        assert result.code == 0
        assert "Examples:\n" in result.stdout
        assert f"leaderboards {command[0].strip('-')}" in result.stdout.replace(
            "leaderboards validate  ", "leaderboards help"
        )


def test_the_version_stands_in_one_place() -> None:
    pyproject = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" not in pyproject["project"]
    assert pyproject["project"]["dynamic"] == ["version"]
    assert pyproject["tool"]["hatch"]["version"] == {"path": "generator/__init__.py"}
    assert run("--version", cwd=REPOSITORY).stdout == f"leaderboards {generator.__version__}\n"
    assert finish(start_python("-m", "hatchling", "version", cwd=REPOSITORY)) == (f"{generator.__version__}\n", "")


def _modules(folder: Path, *arguments: str) -> set[str]:
    code = "import sys\nfrom generator.cli.main import main\n"
    code += "try:\n main()\nfinally:\n print(*sys.modules, file=sys.stderr)"
    # The first run compiles, for which Python needs modules of its own.
    for _ in range(2):
        process = start_python(
            *("-c", code, *arguments),
            cwd=folder,
            PYTHONPYCACHEPREFIX=str(folder / "compiled"),
            PYTHONDONTWRITEBYTECODE="",
        )
        _, err = finish(process)
    return set(err.splitlines()[-1].split())


def test_nothing_is_imported_before_it_is_needed(folder: Path) -> None:
    light = _modules(folder, "--help")
    assert light.isdisjoint({"yaml", "pydantic", "jinja2", "boto3", "difflib", "importlib.metadata", "asyncio", "json"})
    middle = _modules(folder, "validate")
    assert {"yaml", "pydantic"} <= middle
    assert middle.isdisjoint({"jinja2", "boto3", "botocore", "difflib", "asyncio", "hypothesis", "unicodedata"})
    assert _modules(folder, "generate").isdisjoint({"boto3", "botocore", "difflib", "asyncio", "hypothesis"})


def test_output_that_nobody_reads(folder: Path) -> None:
    with start("generate", "--diff", cwd=folder) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
