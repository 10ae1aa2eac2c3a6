"""Saves are noticed: of the main file, of included files, of new ones, however an editor writes them; each once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from generator.local.saving.watching import MISSING_LOOKS, Watcher

MAIN = "include: [teams/*.yaml]\n"


class Watched:
    """A project, and a watcher that is told when to look."""

    def __init__(self, folder: Path) -> None:
        self.main = folder / "leaderboards.yaml"
        self.team = folder / "teams" / "nebula.yaml"
        self.team.parent.mkdir()
        self.main.write_text(MAIN)
        self.team.write_text("one")
        self.logo = folder / "star.svg"
        self.calls = 0
        self.failures: list[Exception] = []
        self.watcher = Watcher(self.main, self.count, self.failures.append)
        self.look()

    def count(self) -> None:
        """What the watcher calls."""
        self.calls += 1

    def look(self, looks: int = 3) -> int:
        """Let the watcher look. Returns how often it called since the last time."""
        before, self.calls = 0, 0
        for _ in range(looks):
            self.watcher.step()
        self.let_time_pass()
        return self.calls - before

    def let_time_pass(self) -> None:
        """Wait for the next tick of the clock that files are dated by: from one look to the next there are many."""
        probe = self.main.with_name(".probe")
        probe.touch()
        looked = probe.stat().st_mtime_ns
        while probe.stat().st_mtime_ns == looked:
            probe.touch()


@pytest.fixture
def watched(tmp_path: Path) -> Watched:
    """A project that was looked at."""
    return Watched(tmp_path)


def test_what_was_saved_before_the_first_look_counts(tmp_path: Path) -> None:
    project = Watched(tmp_path)
    project.watcher = Watcher(project.main, project.count, project.failures.append)
    assert project.look(20) == 1


def test_a_save_is_noticed_after_one_that_could_not_be_taken_up(tmp_path: Path) -> None:
    project = Watched(tmp_path)

    def fail() -> None:
        project.calls += 1
        raise OSError("the disk is full")

    project.watcher = Watcher(project.main, fail, project.failures.append)
    assert project.look() == 1
    project.main.write_text(MAIN + "#")
    assert project.look() == 1
    assert [str(failure) for failure in project.failures] == ["the disk is full"] * 2


def replace(file: Path, text: str) -> None:
    """Save as many editors do: write another file, and put it in the place of the old one."""
    file.with_name(".new").write_text(text)
    file.with_name(".new").replace(file)


SAVES: dict[str, Callable[[Watched], object]] = {
    "the main file": lambda project: project.main.write_text(MAIN + "#"),
    "an included file": lambda project: project.team.write_text("two"),
    "with the same size": lambda project: replace(project.team, "two"),
    "by replacing it": lambda project: replace(project.main, MAIN + "# more"),
    "a new file": lambda project: project.team.with_name("quasar.yaml").write_text("x"),
    "a file less": lambda project: project.team.unlink(),
    "another pattern": lambda project: project.main.write_text("include: [other/*.yaml]\n"),
}


@pytest.mark.parametrize("save", SAVES)
def test_a_save_is_noticed_once(watched: Watched, save: str) -> None:
    assert watched.look() == 0
    SAVES[save](watched)
    assert watched.look(20) == 1


def test_a_save_of_a_logo_is_noticed(watched: Watched) -> None:
    assert watched.look() == 0
    watched.logo.write_text("nobody names it yet")
    assert watched.look() == 0
    watched.team.write_text("boards: [{dashboard: {logo: ../star.svg}}]")
    assert watched.look(20) == 1
    watched.logo.write_text("another star")
    assert watched.look(20) == 1
    watched.logo.unlink()
    assert watched.look(20) == 1
    watched.logo.write_text("a third star")
    assert watched.look(20) == 1
    watched.team.write_text("boards: []")
    assert watched.look(20) == 1
    watched.logo.write_text("nobody names it any more")
    assert watched.look(20) == 0


def test_files_that_nobody_includes_are_not_the_projects(watched: Watched) -> None:
    watched.team.with_name("notes.txt").write_text("x")
    watched.main.with_name("other.yaml").write_text("x")
    assert watched.look() == 0


def test_a_save_in_pieces_is_taken_as_a_whole(watched: Watched) -> None:
    with watched.main.open("a") as stream:
        for piece in ("# half", " of a", " save"):
            stream.write(piece)
            stream.flush()
            assert watched.look(1) == 0
    assert watched.look() == 1


def test_a_file_that_is_away_for_a_moment_is_not_gone(watched: Watched) -> None:
    watched.main.unlink()
    assert watched.look(MISSING_LOOKS - 1) == 0
    watched.main.write_text(MAIN)
    assert watched.look() == 1
    watched.main.unlink()
    assert watched.look(2 * MISSING_LOOKS) == 1
