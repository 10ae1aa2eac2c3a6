"""Fuzzes the reading and checking of leaderboards.yaml: whatever the bytes, what is wrong is said at its place.

`python -m tests.fuzzing.yaml --runs N --seed S`
"""

from __future__ import annotations

import atheris

from tests.support.paths import REPOSITORY

with atheris.instrument_imports(include=["generator"]):
    from generator import pipeline
    from generator.diagnostics import reports
    from generator.diagnostics.diagnostic import any_error
    from generator.source import inputs

    # Most of the generator is imported by what needs it, when it needs it.
    pipeline.validate({"leaderboards.yaml": (REPOSITORY / "leaderboards.yaml").read_bytes()})

from tests.fuzzing.fuzzer import fuzz
from tests.validation.faults import faults
from tests.validation.mutations import mutated

MAIN, TEAM = "leaderboards.yaml", "teams/one.yaml"
CORPUS = (
    *sorted((REPOSITORY / "tests/fuzzing/corpus/yaml").iterdir()),
    *sorted((REPOSITORY / "tests/cases/errors").glob("*/leaderboards.yaml")),
)


def check(data: bytes) -> None:
    """Check a main file and, behind a record separator, a team file. Raises where a reader could complain."""
    main, _, team = data.partition(b"\x1e")
    files = {MAIN: main} | ({TEAM: team} if team else {})
    inputs.list_includes(MAIN, main)
    found = pipeline.validate(files)
    assert reports.as_text(found.diagnostics, files).replace("\n", "").isprintable()
    assert bool(found.boards) or any_error(found.diagnostics) or b"- name" not in main
    wrong = list(faults(files, found.diagnostics))
    assert not wrong, wrong


def change(data: bytes, most: int, seed: int) -> bytes:
    """Change an input as people, editors and merges do, or at random."""
    if seed % 2:
        return next(mutated(data, seed, 1))[:most]
    return bytes(atheris.Mutate(data, most))


if __name__ == "__main__":
    fuzz(check, (path.read_bytes() for path in CORPUS), change)
