"""`leaderboards advance`: moves the clock of `leaderboards local` ahead."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.instants import check_instant, parse_duration
from generator.cli.operations.options import Place, check_board, local_options, name_command
from generator.cli.options import as_json_option, file_option
from generator.diagnostics.wording import join_words, plural
from generator.errors import FindingError, InputError
from generator.operations.event_text import describe_window_closed
from generator.operations.local_run import LocalRun, default_ready_file, read_local_run
from generator.operations.rehearsing import Advance, RunState, RunWindow, advance, choose_end, read_state
from runtime.domain.edges.local_time import time_zone
from runtime.domain.instants import rfc3339, to_datetime
from runtime.dynamodb.window_items import OPEN, PROBING


@click.command("advance")
@click.argument("duration", required=False)
@click.option("--to", metavar="TIME", callback=check_instant, help="To this time, such as 2026-11-27T18:00-03:00.")
@click.option("--to-reset", is_flag=True, help="To the end of the next window that ends.")
@click.option("--to-seal", is_flag=True, help="Past the end and the grace of the next window that is not sealed.")
@click.option("--board", metavar="NAME", help="Whose window --to-reset and --to-seal mean; any board's, if left out.")
@click.option(
    "--wait", type=click.IntRange(0, 3600), default=120, show_default=True, help="Most seconds to wait for seals."
)
@file_option
@local_options
@as_json_option
def advance_command(
    duration: str | None,
    to: int | None,
    to_reset: bool,
    to_seal: bool,
    board: str | None,
    wait: int,
    file: Path,
    ready_file: Path | None,
    as_json: bool,
) -> None:
    """Move the clock of `leaderboards local` ahead.

    What was written before is counted first, windows end and start on the way, and the command waits until those past
    their grace are sealed and their events are sent. The clock never goes back; sealing moves it on by another minute.
    On a long way only a board's newest windows are opened, one more than its `keep`.

    Exits with 1 if a window is not sealed in time.

    \b
    Examples:
      leaderboards advance 2h
      leaderboards advance --to 2026-11-27T18:00-03:00
      leaderboards advance --to-reset --board weekly-kills     the week has ended, late activities still count
      leaderboards advance --to-seal --board weekly-kills      its ranks are final, the event is sent
    """
    length = _check(duration, to, board, to_reset=to_reset, to_seal=to_seal)
    run = read_local_run(ready_file or default_ready_file(file))
    check_board(board, run)
    state = read_state(run)
    if length is not None:
        to = state.now + length
    done = _move(run, choose_end(state, board, sealed=to_seal) if to is None else to, wait)
    if as_json:
        print_json(_make_document(done))
    else:
        _print(done)
    if late := [f"{window.board} {window.id}" for window in done.state.due]:
        again = name_command("advance --to-seal", file, Place(run.file))
        raise FindingError(f"not sealed after {wait} seconds: {join_words(late, 'and')}; {again} goes on waiting")


def _check(duration: str | None, to: int | None, board: str | None, *, to_reset: bool, to_seal: bool) -> int | None:
    """Check what does not depend on the run. Returns the duration in milliseconds, if there is one."""
    if sum((duration is not None, to is not None, to_reset, to_seal)) != 1:
        raise InputError("say where to, once: a duration such as 2h, --to TIME, --to-reset or --to-seal")
    if board is not None and not (to_reset or to_seal):
        raise InputError("--board: all boards have one clock; it goes with --to-reset or --to-seal")
    return None if duration is None else parse_duration(duration)


def _move(run: LocalRun, to: int, wait: int) -> Advance:
    """Move the clock, and say how far it is."""
    done, said = None, ""
    say("counting what was written, then the clock moves ...")
    for done in advance(run, to, wait):
        if (stage := _describe_stage(done)) and stage != said:
            say(stage)
            said = stage
    assert done is not None
    return done


def _describe_stage(done: Advance) -> str:
    """How far it is, in words; nothing at the end."""
    if not done.arrived:
        return f"the clock is at {rfc3339(done.state.now)} ..."
    due = done.state.due
    if any(window.state in (OPEN, PROBING) for window in due):
        return f"{plural(len(due), 'window')} to seal: waiting until nothing arrives any more ..."
    return f"{plural(len(due), 'window')} to seal: waiting until no function can still write ..." if due else ""


def _print(done: Advance) -> None:
    for window in done.ended:
        write(f"{window.board}: {window.id} ended {_show_time(window.ends_at, window.timezone)}, {_tell(done, window)}")
    write(f"the clock shows {_show_now(done.state)}")
    if done.state.ahead_seconds:
        say("scripts that make ids themselves: add clock_ahead_seconds of the ready file to the time")


def _tell(done: Advance, window: RunWindow) -> str:
    """What became of a window that has ended."""
    if not window.sealed:
        until = _show_time(window.takes_until, window.timezone)
        return "is not sealed yet" if window.due else f"takes late activities until {until}; --to-seal goes past that"
    detail = done.find_event(window)
    return f"sealed; window_closed sent: {describe_window_closed(detail)}" if detail else "sealed; no event came"


def _show_now(state: RunState) -> str:
    """The time in the zone of the board that has a window; in UTC where boards have several zones."""
    zones = {window.timezone for window in state.windows}
    return _show_time(state.now, zones.pop() if len(zones) == 1 else "UTC")


def _show_time(instant: int, timezone: str) -> str:
    local = to_datetime(instant).astimezone(time_zone(timezone))
    return f"{local:%a} {local.isoformat(timespec='seconds')}"


def _make_document(done: Advance) -> dict[str, Any]:
    return {
        "from": rfc3339(done.began),
        "now": rfc3339(done.state.now),
        "ahead_seconds": done.state.ahead_seconds,
        "ended": [
            {
                "board": window.board,
                "window": window.id,
                "ends_at": rfc3339(window.ends_at),
                "takes_until": rfc3339(window.takes_until),
                "sealed": window.sealed,
                "event": done.find_event(window),
            }
            for window in done.ended
        ],
        "events": list(done.events),
    }
