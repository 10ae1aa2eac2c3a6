"""The proofs that must find a mistake: each runs until it has found one, and says what it found and how."""

from __future__ import annotations

from random import Random

import pytest

from runtime.config import WindowKind
from runtime.domain.instants import DAY
from runtime.domain.windows import window_at
from runtime.lifecycle.sorted_reading import read_sorted
from runtime.queries import ProblemError
from tests.faults.cases import CaseFailedError, cases, prepare, run_case
from tests.faults.processes import controlled
from tests.faults.scenarios import SCENARIOS
from tests.runtime.any_edits import live
from tests.runtime.any_window import AnyWindow
from tests.runtime.assembled.chains import LargeChain
from tests.runtime.assembling.any_assembly import assemble, compact
from tests.runtime.boards import NOW, board, item
from tests.runtime.brute_force import starts_by_brute_force
from tests.runtime.chains import Chain
from tests.runtime.daily import MINUTE, probes, seal
from tests.runtime.moved_edges import open_by_two_rules
from tests.runtime.naive_files import DisagreeError
from tests.runtime.world import World, scores
from tests.simulation.running import run_seed
from tests.support.executors import use_one_thread

SEEDS = 100
"""How many seeds of the simulation `make test` runs: one of them must find a mistake. The 18th is the
last that is needed."""
EDITED = 20
"""How many boards are edited: one of them must find a mistake."""
SORTED = 100
"""How many windows are read in order: one of them must find a mistake."""
FOLLOWED = 60
"""How many boards live that are followed: one of them must find a mistake. The 24th is the last that is needed."""
ADOPTED = 40
"""How many boards live whose windows are assembled: one of them must find a mistake."""
ASSEMBLED = 60
"""How many bases are assembled in two ways: one of them must find a mistake."""
SPRING = 1_774_656_000_000
"""2026-03-28T00:00:00Z in milliseconds, a day before the clocks of Berlin change."""
DAYS = 3 * 86_400_000
"""Three days in milliseconds."""


def simulate() -> str | None:
    """Run the seeds of the simulation in order, until one breaks an invariant."""
    for seed in range(SEEDS):
        outcome = run_seed(seed)
        if outcome.broken is not None:
            return f"seed {seed} of the simulation: {outcome.broken}"
    return None


def fail_everywhere(name: str) -> str | None:
    """Let something fail at every call of a scenario, until the board does not go on as it should."""
    with controlled():
        try:
            prepared = prepare(SCENARIOS[name])
            for number, kind in cases(prepared):
                run_case(prepared, number, kind)
        except CaseFailedError as error:
            return str(error).rpartition("\n")[0].rpartition("\n")[2].strip()
        except AssertionError as error:
            return f"scenario {name!r} without a fault: {str(error).partition(chr(10))[0]}"
    return None


def compare_days() -> str | None:
    """Compare the days of a zone with those that a walk through its local clock finds."""
    for at_minutes in (0, 150):
        kind = WindowKind("day", "Europe/Berlin", at_minutes)
        for start in starts_by_brute_force(kind, SPRING, SPRING + DAYS):
            window = window_at(kind, start)
            if window is None or window.starts_at != start:
                return f"a day in Berlin starts at {start}, not at {window and window.starts_at}"
    return None


def write_over() -> str | None:
    """Let a producer write other content over an activity that has counted, and deliver its first record again."""
    world = World()
    world.activities.put(item())
    world.put(item())
    before = scores(world.aws)
    world.activities.put(item(type="boss"))
    world.put(item())
    after = scores(world.aws)
    return None if after == before else f"an activity that was written over counts again: {before}, then {after}"


def come_late() -> str | None:
    """Let an activity of a day come so late that the day is sealed, and not even kept any more."""
    world = World(board(decimals=0, windows=(WindowKind("day", keep=1),)))
    world.play("ann")
    day = world.window_store.read_all()[0].window.id
    now = seal(world)
    for _ in range(2):
        now += DAY
        world.rebuild(now)
        world.put(*probes(world), written=now)
        world.rebuild(now + DAY // 4)
        world.rebuild(now + DAY // 2)
        world.rebuild(now + DAY // 2 + MINUTE)
    world.put(item(number=9), written=NOW, now=now + DAY // 2 + MINUTE)
    left = [player for window, player in scores(world.aws) if window == day]
    return f"{left} has a score in {day}, which nobody can read" if left else None


def edit_boards() -> str | None:
    """Edit boards that run, until an activity counts elsewhere than a naive list of windows says."""
    with pytest.MonkeyPatch.context() as patch:
        use_one_thread(patch)
        for seed in range(EDITED):
            try:
                live(Random(seed))
            except (AssertionError, ProblemError) as error:
                return f"board {seed} that is edited: {str(error).partition(chr(10))[0]}"
    return None


def follow() -> str | None:
    """Let boards live whose rebuilds read what has changed, until ranks are not those that a full read makes."""
    with pytest.MonkeyPatch.context() as patch:
        use_one_thread(patch)
        for seed in range(FOLLOWED):
            try:
                Chain(seed).live(60)
            except (AssertionError, LookupError, ValueError, DisagreeError) as error:
                # Places that no base has end in one of the others.
                return f"board {seed} that is followed: {str(error).partition(chr(10))[0]}"
    return None


def adopt() -> str | None:
    """Let boards live whose windows are assembled, until ranks are not those that a full read makes."""
    with pytest.MonkeyPatch.context() as patch:
        use_one_thread(patch)
        patch.setattr("runtime.s3.ranks.sizes.LEAST_COMPACTED", 4)
        for seed in range(ADOPTED):
            try:
                LargeChain(seed).live(60)
            except (AssertionError, LookupError, ValueError) as error:
                return f"board {seed} with windows that are assembled: {str(error).partition(chr(10))[0]}"
    return None


def open_by_two() -> str | None:
    """Let functions of two rules open windows at once, and see whether these overlap."""
    try:
        open_by_two_rules()
    except AssertionError as error:
        return f"windows overlap: {str(error).partition(chr(10))[0]}"
    return None


def sort_windows() -> str | None:
    """Read windows of random boards in order, in small pages and runs, until one is not what it should be."""
    with pytest.MonkeyPatch.context() as patching:
        patching.setattr("runtime.lifecycle.line_reading.LEAST_PAGE", 2)
        patching.setattr("runtime.lifecycle.line_reading.ITEMS_AT_ONCE", 12)
        patching.setattr("runtime.sorting.runs.BLOCK_BYTES", 100)
        for seed in range(SORTED):
            made = AnyWindow(seed)
            with read_sorted(made.board, made.table, made.parts, made.decisions, 0, 300) as lines:
                found = list(lines)
            if found != made.lines():
                return f"window {seed} has {len(found)} lines, not the {len(made.lines())} that it should have in order"
    return None


def assemble_bases() -> str | None:
    """Assemble any bases, until one is not what one function writes."""
    for seed in range(ASSEMBLED):
        for work in (assemble, compact):
            try:
                work(seed)
            except (AssertionError, LookupError, ValueError) as error:
                return f"base {seed} that is assembled: {str(error).partition(chr(10))[0]}"
    return None
