"""What is said of a work while it goes on."""

from __future__ import annotations

from collections.abc import Iterator

from generator.progress import report_progress


def test_progress_is_said_now_and_then_of_what_is_done() -> None:
    """The clock goes on by a second and a half with each part, and by three with the fourth."""
    done: list[str] = []
    said: list[str] = []
    passed = iter([0.0, 1.5, 3.0, 4.5, 7.5, 8.0])

    def parts() -> Iterator[str]:
        for part in "abcde":
            said.append(f"begin {part}")
            yield part

    for part in report_progress(parts(), lambda part: f"{part}: {len(done)}", said.append, 2.0, passed.__next__):
        done.append(part)
    assert done == [*"abcde"]
    # A part is told of once it is done, before the next begins.
    assert said == ["begin a", "begin b", "b: 2", "begin c", "begin d", "d: 4", "begin e"]


def test_work_that_is_quickly_done_says_nothing() -> None:
    said: list[str] = []
    assert list(report_progress(range(1000), str, said.append, clock=lambda: 7.0)) == [*range(1000)]
    assert said == []
