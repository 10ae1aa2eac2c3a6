"""The sample file, broken at random: whatever is wrong is said, at its place, and nothing falls over.

By hand, for others: `SEED=7 make test-long ARGS=tests/validation/test_mutations.py`
"""

from __future__ import annotations

import io
import json
import os
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from generator import pipeline
from generator.diagnostics import reports
from generator.diagnostics.diagnostic import any_error
from tests.support.cli import run
from tests.support.effort import TIMES
from tests.support.paths import REPOSITORY
from tests.validation.faults import faults
from tests.validation.mutations import mutated

MAIN = "leaderboards.yaml"
SAMPLE = (REPOSITORY / MAIN).read_bytes()
TEAM = "teams/nebula.yaml"
TEAM_FILE = b"team: nebula\n" + SAMPLE[SAMPLE.index(b"boards:") :].replace(b"team: quasar", b"team: nebula")
WITH_TEAMS = SAMPLE[: SAMPLE.index(b"boards:")] + b"include: [teams/*.yaml]\n"
NUMBER = 600 * TIMES
SEED = int(os.environ.get("SEED", "1"))
SECONDS = 5
"""What one mutation may take on a busy machine; most take a few milliseconds."""


@contextmanager
def time_limit() -> Iterator[None]:
    def stop(*_: object) -> None:
        raise TimeoutError(f"over {SECONDS} seconds")

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.long
@pytest.mark.parametrize(
    ("files", "broken", "number"),
    [({MAIN: SAMPLE}, MAIN, NUMBER), ({MAIN: WITH_TEAMS, TEAM: TEAM_FILE}, TEAM, NUMBER // 4)],
    ids=["sample", "team file"],
)
def test_each_mistake_is_said_at_its_place(files: dict[str, bytes], broken: str, number: int) -> None:
    wrong: list[str] = []
    outcomes: Counter[bool] = Counter()
    for index, data in enumerate(mutated(files[broken], SEED, number)):
        these = files | {broken: data}
        try:
            with time_limit():
                generated = pipeline.validate(these)
                said = reports.as_text(generated.diagnostics, these)
        except Exception as error:
            wrong.append(f"mutation {index} of seed {SEED}: {error!r}")
            continue
        assert said.replace("\n", "").isprintable()
        outcomes[any_error(generated.diagnostics)] += 1
        assert bool(generated.boards) or any_error(generated.diagnostics) or b"- name" not in data
        wrong += [f"mutation {index} of seed {SEED}: {fault}" for fault in faults(these, generated.diagnostics)]
    assert not wrong, "\n".join([f"{len(wrong):,} faults", *wrong[:200]])
    # The mutations are neither all harmless nor all fatal.
    assert outcomes[True] > number // 2
    assert outcomes[False] > number // 50


@pytest.mark.parametrize("style", reports.STYLES)
def test_through_the_command(style: reports.Style, tmp_path: Path) -> None:
    file = tmp_path / MAIN
    codes = set()
    for data in mutated(SAMPLE, SEED + 1, 25):
        file.write_bytes(data)
        with time_limit():
            result = run("validate", "--format", style, cwd=tmp_path)
        codes.add(result.code)
        assert "Traceback" not in result.stderr
        assert (result.stdout + result.stderr).replace("\n", "").isprintable()
        errors = result.code == 2
        if style == "json":
            assert any(each["severity"] == "error" for each in json.loads(result.stdout)["diagnostics"]) == errors
        elif style == "sarif":
            (one,) = json.loads(result.stdout)["runs"]
            assert any(each["level"] == "error" for each in one["results"]) == errors
        elif style == "github":
            commands = io.StringIO(result.stdout)
            assert all(line.startswith(("::error file=", "::warning file=")) for line in commands)
            assert ("::error " in result.stdout) == errors
        else:
            assert result.stderr.endswith((" error\n", " errors\n")) == errors
        assert list(tmp_path.iterdir()) == [file]
    assert codes == {0, 2}
