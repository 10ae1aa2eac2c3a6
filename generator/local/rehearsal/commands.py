"""The commands of a rehearsal that a run does for other programs: what time it is, move on, what became of windows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from generator.errors import InputError
from generator.local.doors.control import Command
from generator.local.doors.metrics_door import make_metric_commands
from generator.local.rehearsal.event_log import EventLog
from generator.local.rehearsal.passage import Passage, has_to_be_sealed, takes_until
from generator.local.stack import Stack
from generator.local.workers import Worker
from runtime.domain.instants import parse_rfc3339, rfc3339

COLLECT_SECONDS = 2.0
"""Seconds from one emptying of the events' queue to the next."""


def start_rehearsal(stack: Stack, warn: Callable[[str], None]) -> None:
    """Remember events, and answer the commands on the run's control channel, until the stack ends. It is started."""
    log = EventLog(stack.aws)
    for name, command in {**make_commands(stack, log), **make_metric_commands(stack.aws.cloudwatch)}.items():
        stack.control.register(name, command)

    def collect() -> None:
        if stack.stopping:
            worker.stop()
            return
        try:
            log.collect()
        except (ClientError, BotoCoreError) as error:  # also where the embedded AWS has been stopped
            warn(f"events cannot be collected: {error}")

    worker = Worker("events", COLLECT_SECONDS, collect, warn)
    worker.start()


def make_commands(stack: Stack, log: EventLog) -> dict[str, Command]:
    """The commands by name. Instants are texts, 2026-11-27T21:00:00.000Z.

    now      {} -> {"now", "ahead_seconds": of the machine's clock}
    advance  {"to"} -> {"now", "arrived": whether it is there; ask again where it is not}
    windows  {} -> {"now", "windows": those that close, by their end: {"board", "id", "every", "timezone", "starts_at",
             "ends_at", "takes_until": the end of its grace, "state": as `window_store` has it, "due": whether it has
             to be sealed now}}
    settle   the same, after one more step towards the seal of each window that is due
    events   {"after": a number} -> {"events": [{"number", "event": as EventBridge delivers it}]}, the newest ones
    """
    passage = Passage(stack)

    def now(_arguments: Mapping[str, Any]) -> dict[str, Any]:
        clock = stack.aws.clock
        return {"now": rfc3339(clock.now()), "ahead_seconds": clock.ahead_seconds}

    def advance(arguments: Mapping[str, Any]) -> dict[str, Any]:
        try:
            to = parse_rfc3339(arguments["to"])
        except (KeyError, TypeError, ValueError):
            raise InputError("`to` is an instant such as 2026-11-27T21:00:00.000Z") from None
        return {"arrived": passage.advance(to), **now({})}

    def windows(_arguments: Mapping[str, Any]) -> dict[str, Any]:
        # A board that is being changed may be without its tables for a moment.
        with stack.turn:
            return {**now({}), "windows": _list_windows(stack, passage)}

    def settle(_arguments: Mapping[str, Any]) -> dict[str, Any]:
        passage.settle()
        return windows({})

    def events(arguments: Mapping[str, Any]) -> dict[str, Any]:
        after = arguments.get("after", 0)
        if not isinstance(after, int):
            raise InputError("`after` is the number of an event")
        return {"events": [{"number": one.number, "event": one.document} for one in log.list_newest(after)]}

    return {"now": now, "advance": advance, "windows": windows, "settle": settle, "events": events}


def _list_windows(stack: Stack, passage: Passage) -> list[dict[str, Any]]:
    now = stack.aws.clock.now()
    found: list[tuple[int, dict[str, Any]]] = []
    for name, board in stack.boards.items():
        zones: dict[str, str] = {kind.every: kind.timezone for kind in board.board.config.windows}
        for state in passage.read_windows(board):
            window, until = state.window, takes_until(board, state)
            if window.starts_at is None or window.ends_at is None or until is None:
                continue
            document = {
                "board": name,
                "id": window.id,
                "every": window.every,
                "timezone": zones[window.every],
                "starts_at": rfc3339(window.starts_at),
                "ends_at": rfc3339(window.ends_at),
                "takes_until": rfc3339(until),
                "state": state.state,
                "due": has_to_be_sealed(board, state, now),
            }
            found.append((window.ends_at, document))
    return [document for _, document in sorted(found, key=lambda each: (each[0], each[1]["board"]))]
