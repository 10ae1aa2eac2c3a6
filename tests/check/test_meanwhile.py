"""What a check meets that changes while it looks, and where it is interrupted."""

from __future__ import annotations

import io
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from generator.check import programs, terraform_files
from generator.check.programs import run_program
from generator.check.terraform_files import read_build
from generator.errors import OutputError
from generator.progress import Progress
from tests.support.folders import write_folder


def test_a_file_that_goes_after_it_was_listed_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As where `generate` removes it meanwhile."""
    folder = tmp_path / "kills/terraform"
    write_folder(folder, {"a.tf": b"a", "b.tf": b"b"})
    is_read = terraform_files._is_read

    def lose(name: str) -> bool:
        (folder / "b.tf").unlink(missing_ok=True)
        return is_read(name)

    monkeypatch.setattr(terraform_files, "_is_read", lose)
    assert read_build(tmp_path, "kills") == {"kills/terraform/a.tf": b"a"}
    (folder / "c.tf").symlink_to("nowhere.tf")
    with pytest.raises(OutputError, match=r"c\.tf cannot be read: No such file"):
        read_build(tmp_path, "kills")


@pytest.fixture
def started() -> Iterator[list[subprocess.Popen[bytes]]]:
    """The programs that are started; Ctrl-C interrupts this process, also where a shell had it ignored."""
    started: list[subprocess.Popen[bytes]] = []
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield started
    finally:
        signal.signal(signal.SIGINT, before)
        for process in started:
            process.kill()
            process.wait()


def start_with(monkeypatch: pytest.MonkeyPatch, kind: type[subprocess.Popen[bytes]]) -> None:
    """Have programs started so by what is tested, and by nobody else."""
    monkeypatch.setattr(programs, "subprocess", SimpleNamespace(**vars(subprocess) | {"Popen": kind}))


def test_an_interrupt_while_a_program_starts_ends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    class Interrupted(subprocess.Popen[bytes]):
        def __init__(self, *arguments: object, **options: object) -> None:
            super().__init__(*arguments, **options)  # type: ignore[call-overload]
            started.append(self)
            os.kill(os.getpid(), signal.SIGINT)

    start_with(monkeypatch, Interrupted)
    with pytest.raises(KeyboardInterrupt):
        run_program(["sleep", "600"], tmp_path, Progress(io.StringIO()))
    assert [process.returncode for process in started] == [-signal.SIGKILL]


def test_an_interrupt_just_after_a_program_has_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, started: list[subprocess.Popen[bytes]]
) -> None:
    """There is nothing to kill any more."""

    class Ended(subprocess.Popen[bytes]):
        def wait(self, timeout: float | None = None) -> int:
            code = super().wait()
            if not started:
                started.append(self)
                raise KeyboardInterrupt
            return code

    start_with(monkeypatch, Ended)
    with pytest.raises(KeyboardInterrupt):
        run_program(["true"], tmp_path, Progress(io.StringIO()))
    assert [process.returncode for process in started] == [0]
