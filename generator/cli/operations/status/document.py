"""What `leaderboards status --json` says of a board or a feed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from generator.board.board import Board
from generator.cli.operations.status.one import count_players
from generator.cli.operations.status.words import complete_command
from generator.operations.status.facts import BoardFacts, Facts
from generator.operations.status.fleet import BundleStatus
from generator.operations.status.judging import list_unsealed, measure_age, measure_wait
from generator.operations.status.rebuild_cost import estimate_rebuild
from runtime.domain.edges.timeline import Timelines
from runtime.domain.instants import rfc3339, rfc3339_or_none
from runtime.domain.windows import describe


def describe_status(status: BundleStatus, options: Sequence[str], *, more: bool) -> dict[str, Any]:
    """A bundle as an object of JSON. `more`: with what is read only where one is asked for.

    `options`: those by which other commands find the same place.
    """
    bundle, facts = status.bundle, status.facts
    found: dict[str, Any] = {
        "name": bundle.name,
        "team": bundle.team,
        "environment": bundle.environment,
        "state": status.state,
        "failure": status.failure or None,
        "at": facts and rfc3339(facts.now),
        "problems": [
            {**vars(each), "since": rfc3339_or_none(each.since), "command": complete_command(each, options)}
            for each in status.problems
        ],
    }
    if facts is None or not facts.is_deployed:
        return found
    found["queues"] = [vars(queue) for queue in facts.queues]
    found["alarms"] = [
        {"name": alarm.name, "state": alarm.state, "since": rfc3339_or_none(alarm.since and alarm.since * 1000)}
        for alarm in status.measured.alarms
    ]
    found["missing"] = list(facts.missing)
    return found | (_describe_board(bundle, facts, status, more) if isinstance(bundle, Board) else {})


def _describe_board(board: Board, facts: Facts, status: BundleStatus, more: bool) -> dict[str, Any]:
    own, measured = facts.board, status.measured
    assert own is not None
    found: dict[str, Any] = {
        "snapshot": {
            "as_of": own.snapshot and rfc3339(own.snapshot.as_of),
            "age_seconds": measure_age(facts),
            "too_old_seconds": board.snapshot_age_seconds,
        },
        "lag": {"counted_seconds": measured.lag_seconds, "ranked_seconds": measure_wait(facts)},
        "rejected_last_hour": measured.rejected_hour,
        "windows": _describe_windows(board, facts),
        **({"assemblies": _describe_assemblies(own)} if board.config.assembly else {}),
        "version": {
            "digest": own.expected.digest,
            "from": own.expected.source,
            "functions": {part: vars(code) for part, code in own.codes.items()},
        },
    }
    if more:
        found["rejected"] = {"last_hour": dict(measured.reasons_hour), "last_day": dict(measured.reasons_day)}
        found["rebuild"] = (
            None
            if own.snapshot is None
            else {
                "as_of": rfc3339(own.snapshot.as_of),
                "seconds": measured.rebuild_seconds,
                "players": max(count_players(board, own.snapshot), default=0),
                "dollars_at_most": float(
                    estimate_rebuild(board, count_players(board, own.snapshot), measured.rebuild_seconds)
                ),
            }
        )
    return found


def _describe_assemblies(facts: BoardFacts) -> list[dict[str, str | None]]:
    """The windows that are being assembled, or could not be, and since when."""
    return [
        {"id": window_id, "since": rfc3339(each.since), "failed_at": rfc3339_or_none(each.failed_at)}
        for window_id, each in facts.assemblies.items()
    ]


def _describe_windows(board: Board, facts: Facts) -> list[dict[str, Any]]:
    """The window of now of each kind, then those that are on their way to being sealed."""
    assert facts.board is not None
    timelines = Timelines(board.config.windows, [state.window for state in facts.board.states])
    current = [timelines.of(kind).current(facts.now) for kind in board.config.windows]
    return [
        *({**describe(window), "state": "open"} for window in current if window),
        *(
            {**describe(each.state.window), "state": each.state.state, "probes": len(each.state.probes)}
            for each in list_unsealed(board, facts.board.states, facts.now)
        ),
    ]
