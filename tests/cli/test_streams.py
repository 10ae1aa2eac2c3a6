"""Output to a stream of any character set, or to a closed one: the program does not fail, and documents stay valid."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from unittest import mock

import pytest

from generator.cli import main
from tests.support.paths import REPOSITORY
from tests.support.projects import board_yaml, project_yaml

YAML = project_yaml(board_yaml("weekly-kills", title="Größte → 🏆"))
WRONG = YAML.replace("every: week", "every: wöche → 🏆")
ENCODINGS = ("cp1252", "latin-1", "ascii", "utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose board has a title with characters of many sets. Its folder is the current folder."""
    (tmp_path / "leaderboards.yaml").write_text(YAML, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(encoding: str, *arguments: str) -> tuple[int, bytes, bytes]:
    """Run a command whose streams have that encoding and at first refuse all other characters, as Python's stdout does.

    Returns the exit code and the bytes of stdout and stderr.
    """
    streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict") for _ in range(2)]
    with (
        mock.patch("sys.argv", ["leaderboards", *arguments]),
        mock.patch("sys.stdout", streams[0]),
        mock.patch("sys.stderr", streams[1]),
        pytest.raises(SystemExit) as end,
    ):
        main.main()
    out, err = (stream.buffer.getvalue() for stream in streams)
    assert b"fault" not in err
    return int(str(end.value.code or 0)), out, err


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_text_has_escapes_for_what_cannot_be_written(project: Path, encoding: str) -> None:
    code, out, _ = run(encoding, "explain", "weekly-kills")
    assert code == 0
    title = "Größte → 🏆".encode(encoding, "backslashreplace")
    assert title in out
    assert run(encoding, "generate", "--diff")[0] == 1
    code, out, _ = run(encoding, "new", "more-kills", "--like", "weekly-kills", "--dry-run")
    assert code == 0
    (project / "leaderboards.yaml").write_text(WRONG, encoding="utf-8")
    code, out, err = run(encoding, "validate")
    assert (code, out) == (2, b"")
    assert "wöche → 🏆".encode(encoding, "backslashreplace") in err
    assert run(encoding, "generate", "--board", "→")[0] == 2
    assert run(encoding, "validate", "--→")[0] == 2


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_documents_are_valid_for_whoever_reads_utf_8(project: Path, encoding: str) -> None:
    values = json.loads(run(encoding, "explain", "weekly-kills", "--json")[1])["values"]
    assert {each["key"]: each["value"] for each in values}["title"] == "Größte → 🏆"
    assert json.loads(run(encoding, "schema")[1])
    page = run(encoding, "schema", "--format", "markdown")[1].decode("utf-8")
    assert ("→" if encoding == "utf-8" else "&#8594;") in page
    (project / "leaderboards.yaml").write_text(WRONG, encoding="utf-8")
    for arguments in (("validate", "--json"), ("generate", "--json")):
        code, out, _ = run(encoding, *arguments)
        assert code == 2
        assert "wöche → 🏆" in json.loads(out)["diagnostics"][0]["message"]
    for command in ("validate", "check"):
        code, out, _ = run(encoding, command, "--format", "sarif")
        assert code == 2
        assert "wöche → 🏆" in json.loads(out)["runs"][0]["results"][0]["message"]["text"]
    code, out, _ = run(encoding, "check", "--format", "junit")
    assert code == 2
    assert "wöche → 🏆" in str(next(ET.fromstring(out).iter("failure")).get("message"))


def test_half_of_a_surrogate_pair_is_escaped(project: Path) -> None:
    code, out, _ = run("utf-8", "validate", "--file", "\udcff.yaml", "--json")
    assert code == 2
    assert json.loads(out)["diagnostics"][0]["file"] == "\udcff.yaml"
    code, _, err = run("utf-8", "validate", "--file", "\udcff.yaml")
    assert (code, err.splitlines()[0]) == (
        2,
        b"\\udcff.yaml: there is no such file. Go to its folder, or name it with --file.",
    )


@pytest.mark.parametrize("redirection", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_are_no_fault(project: Path, redirection: str) -> None:
    program = f"'{sys.executable}' -c 'from generator.cli.main import main; main()'"
    for command, code in (("explain weekly-kills", 0), ("generate", 0), ("nonsense", 2)):
        done = subprocess.run(
            ["/bin/sh", "-c", f"{program} {command} {redirection}"],
            capture_output=True,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
            check=False,
        )
        assert done.returncode == code
        assert b"fault" not in done.stderr


@pytest.mark.parametrize("words", ["--help", "validate --help", "schema", "explain weekly-kills", "nonsense 2>&1"])
def test_a_reader_that_has_gone_is_no_finding(project: Path, words: str) -> None:
    """As after `| head -1`: the exit code is that of other programs in a pipe, not the 1 of a finding."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        ["/bin/sh", "-c", f"'{sys.executable}' -c 'from generator.cli.main import main; main()' {words}"],
        stdout=writing,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
    )
    os.close(writing)
    # Wrong words are wrong, whether or not somebody reads it.
    assert (done.returncode, done.stderr) == (2 if "nonsense" in words else 141, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a file that is always full")
@pytest.mark.parametrize(
    ("redirection", "command", "code", "message"),
    [
        (">/dev/full", "validate", 3, b"The disk is full: the output cannot be written.\n"),
        (">/dev/full", "--help", 3, b"The disk is full: the output cannot be written.\n"),
        ("2>/dev/full", "validate --file none.yaml", 3, b""),
        ("2>/dev/full", "nonsense", 2, b""),
    ],
)
def test_a_full_disk_is_no_fault(project: Path, redirection: str, command: str, code: int, message: bytes) -> None:
    program = f"'{sys.executable}' -c 'from generator.cli.main import main; main()'"
    done = subprocess.run(
        ["/bin/sh", "-c", f"{program} {command} {redirection}"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (code, message)
