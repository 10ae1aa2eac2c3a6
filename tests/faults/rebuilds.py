"""Scenarios of the rebuilder: snapshots, seals, sweeps, key moves, events, and the watch."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from runtime.s3.lifetimes import ORPHAN_SECONDS
from runtime.s3.rank_files import ROOT
from runtime.s3.snapshots import POINTER
from tests.faults.boards import BOARDS
from tests.faults.cases import Scenario
from tests.faults.checks import check_any_time, check_shown
from tests.faults.processes import Step
from tests.faults.stage import DAY, HOUR, MINUTE, SECOND, Stage
from tests.runtime.boards import NOW

HOUR_ID = "2026-11-24T00"
"""The window that is sealed: the hour that NOW begins."""
DRAINED = 31 * MINUTE
"""Longer than a message can be under way."""


def rebuild_step(stage: Stage) -> Step:
    """The rebuilder's first schedule."""
    return Step("rebuilder", {"task": "rebuild"})


def watch_step(stage: Stage) -> Step:
    """The rebuilder's second schedule."""
    return Step("rebuilder", {"task": "watch"})


# Snapshots.


def played(stage: Stage) -> None:
    """There is a snapshot, and activities have been counted since; milestones were reached."""
    play(stage, "ann", value=7)
    stage.now += 30 * SECOND
    stage.rebuild()
    stage.now += MINUTE
    play(stage, "ann", "bob", "cat", value=13)


def swept(stage: Stage) -> None:
    """Files that nobody can read any more wait for the sweep."""
    for _ in range(3):
        play(stage, "ann", "bob")
        stage.rebuild()
        stage.now += MINUTE
    stage.now += 2 * HOUR
    play(stage, "bob")
    stage.rebuild()
    stage.now += 30 * MINUTE
    play(stage, "cat")


def quiet(stage: Stage) -> None:
    """Nothing has been written for so long that no aggregate need be read, but the snapshot is no longer fresh."""
    played(stage)
    for _ in range(2):
        stage.now += 4 * MINUTE
        stage.rebuild()
    stage.now += 6 * MINUTE


def moved_key(stage: Stage) -> None:
    """The board moves to another KMS key."""
    stage.key = "old"
    played(stage)
    stage.rebuild()
    stage.now += MINUTE
    stage.key = "new"
    stage.warm = {}


def rebuild_again(stage: Stage, step: Step, answer: Any) -> None:
    """What the rebuild said it did is done; the next ones come every minute."""
    if answer and "as_of" in answer and not stage.disturbed:
        check_shown(stage)
    for _ in range(2):
        _later(stage)
        check_any_time(stage)
    check_shown(stage)


def sweep_again(stage: Stage, step: Step, answer: Any) -> None:
    """In the end no file is left that nobody can read."""
    rebuild_again(stage, step, answer)
    stage.now += 20 * MINUTE
    play(stage, "ann")
    stage.rebuild()
    check_shown(stage)
    used = {prefix for key in stage.aws.bodies() if "/ranks/" not in key for prefix in _prefixes(stage, key)}
    for key in stage.aws.bodies():
        if key.startswith(ROOT):
            prefix = key[: key.index("/", key.rindex("-"))] + "/"
            written = int(prefix[prefix.rindex("-") + 1 : -1])
            assert prefix in used or written >= stage.now - ORPHAN_SECONDS * SECOND, f"{key} is left over"


def move_again(stage: Stage, step: Step, answer: Any) -> None:
    """In the end all that the newest snapshot refers to lies under the new key."""
    rebuild_again(stage, step, answer)
    _check_key(stage, "new")


def move_back(stage: Stage, step: Step, answer: Any) -> None:
    """The board goes back to the key that it had: all lies under that one in the end."""
    stage.key, stage.warm = "old", {}
    rebuild_again(stage, step, None)
    _check_key(stage, "old")


# Seals.


def prepare_hour(stage: Stage) -> None:
    """An hour has been played, and it and its grace are over."""
    play(stage, "ann", "bob", value=11)
    stage.rebuild()
    stage.now = NOW + HOUR + 5 * MINUTE + SECOND


def probes_on_their_way(stage: Stage) -> None:
    """The hour's probes were sent, and half of them have come through."""
    prepare_hour(stage)
    stage.rebuild()
    stage.now += MINUTE
    stage.carry(8)
    stage.process_queue()


def drained(stage: Stage) -> None:
    """All probes have come through, and nothing has arrived for long enough: the hour can be closed."""
    probes_on_their_way(stage)
    stage.carry()
    stage.process_queue()
    stage.now += MINUTE
    stage.rebuild()
    stage.now += DRAINED


def closed(stage: Stage) -> None:
    """The hour takes no activity any more, and no batch is under way: it can be sealed."""
    drained(stage)
    stage.rebuild()
    assert _state(stage) == "sealing"
    stage.now += 2 * MINUTE


def kept_no_longer(stage: Stage) -> None:
    """Two hours are sealed, one is kept, and what is sealed is so old that no activity can arrive for it."""
    stage.config = replace(
        stage.config, windows=tuple(replace(kind, keep=1) if kind.closes else kind for kind in stage.config.windows)
    )
    closed(stage)
    stage.rebuild()
    for _ in range(4):
        stage.now += DRAINED
        stage.rebuild()
        stage.carry()
        stage.process_queue()
    stage.now += 63 * DAY


def finish_hour(stage: Stage) -> None:
    """Rebuild until the hour is sealed; then its final ranks are shown and told."""
    for _ in range(12):
        stage.now += 7 * MINUTE
        stage.rebuild()
        check_any_time(stage)
        stage.carry()
        stage.process_queue()
        if _state(stage) == "sealed":
            break
    else:
        raise AssertionError(f"the hour is still {_state(stage)}")
    stage.now += MINUTE
    stage.rebuild()
    check_shown(stage)


def seal_again(stage: Stage, step: Step, answer: Any) -> None:
    """What the rebuild said it did is done; the next ones go on until the hour is sealed."""
    if answer and "as_of" in answer and not stage.disturbed:
        check_shown(stage)
    if answer and "as_of" in answer:
        sent = [key for key in stage.aws.table("activities") if key[0].startswith("#probe-")]
        assert _state(stage) == "open" or len(sent) == 16, "the rebuild sent no probes, and said that all is well"
    finish_hour(stage)


def rebuild_too(stage: Stage, step: Step) -> None:
    """Another rebuild begins in the same millisecond."""
    stage.run_other(step)


def rebuild_later(stage: Stage, step: Step) -> None:
    """Another rebuild begins when the lease has run out."""
    stage.now += MINUTE + SECOND
    stage.run_other(step)


def play_meanwhile(stage: Stage, step: Step) -> None:
    """Activities arrive."""
    columns = len(stage.rules.orders)
    stage.write("dan", *(17,) * columns)
    stage.write("ann", *(16,) * columns)
    batch = stage.batch()
    stage.acknowledge(batch, stage.run_other(batch))


MEANWHILE = {
    "another rebuild begins at once": rebuild_too,
    "another rebuild begins a minute later": rebuild_later,
    "activities arrive": play_meanwhile,
}


def watched(stage: Stage) -> None:
    """A heartbeat has come through before."""
    played(stage)
    stage.run(watch_step(stage))
    stage.now += SECOND
    stage.carry()
    stage.process_queue()
    stage.now += 5 * MINUTE


def watch_again(stage: Stage, step: Step, answer: Any) -> None:
    """The next watches find that the board is well."""
    for _ in range(2):
        stage.now += 2 * SECOND
        stage.carry()
        stage.process_queue()
        stage.now += 5 * MINUTE
        stage.rebuild()
        measured = stage.run(step)
    assert measured == {"ArrivalLagSeconds": 2, "SnapshotAgeSeconds": 0}, measured
    check_shown(stage)


def play(stage: Stage, *players: str, value: int = 6) -> None:
    for player in players:
        stage.write(player, *(value,) * len(stage.rules.orders))
    stage.process_queue()
    stage.now += SECOND


def _later(stage: Stage) -> None:
    stage.now += MINUTE + SECOND
    stage.carry()
    stage.process_queue()
    stage.rebuild()


def _check_key(stage: Stage, expected: str) -> None:
    """All that the newest snapshot refers to lies under one KMS key."""
    prefixes = tuple(_prefixes(stage, POINTER))
    for key, own in stage.aws.kms_keys().items():
        if key == POINTER or key.startswith(prefixes):
            assert own == expected, f"{key} lies under the key {own}"


def _state(stage: Stage) -> str:
    row: dict[str, Any] = stage.aws.table("aggregates").get(("#windows", HOUR_ID), {})
    return str(row.get("state", {}).get("S", "open"))


def _windows(stage: Stage, key: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(stage.aws.bodies()[key])["windows"]
    return found


def _prefixes(stage: Stage, key: str) -> list[str]:
    """What the keys of the rank files begin with that a snapshot refers to: of bases, and of their deltas."""
    return [each[name] for each in _windows(stage, key) for name in ("prefix", "delta") if name in each]


def find() -> Iterator[Scenario]:
    """All scenarios of the rebuilder."""
    for name, board in BOARDS.items():
        yield Scenario(f"rebuild, {name}", board, played, rebuild_step, rebuild_again, MEANWHILE)
        yield Scenario(f"seal, {name}", board, closed, rebuild_step, seal_again, MEANWHILE)
    one = BOARDS["sum"]
    yield Scenario("first rebuild", one, lambda stage: None, rebuild_step, rebuild_again, MEANWHILE)
    yield Scenario("quiet rebuild", one, quiet, rebuild_step, rebuild_again, MEANWHILE)
    yield Scenario("sweep", one, swept, rebuild_step, sweep_again, MEANWHILE)
    yield Scenario("key move", one, moved_key, rebuild_step, move_again, MEANWHILE)
    yield Scenario("key move and back", one, moved_key, rebuild_step, move_back)
    yield Scenario("sending probes", one, prepare_hour, rebuild_step, seal_again, MEANWHILE)
    yield Scenario("probing", one, probes_on_their_way, rebuild_step, seal_again, MEANWHILE)
    yield Scenario("closing", one, drained, rebuild_step, seal_again, MEANWHILE)
    yield Scenario("forgetting", one, kept_no_longer, rebuild_step, rebuild_again, MEANWHILE)
    yield Scenario("first watch", one, played, watch_step, watch_again, {"another watch": rebuild_too})
    yield Scenario("watch", one, watched, watch_step, watch_again, {"another watch": rebuild_too})
