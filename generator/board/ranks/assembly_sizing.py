"""Decides how windows are assembled that are too large for one function: how many calls at once, and how large each.

A board whose players one function ranks has none of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.aws import assembling, limits, rebuilding
from generator.aws.assembling import Assembly
from generator.aws.rebuilding import RankedBoard
from generator.board.decisions import FIXED, Decision, bound, divide
from generator.diagnostics.wording import plural
from runtime.s3.cache import CACHED_PART

_CALL_SECONDS = limits.MAX_SECONDS + 10
"""When the state machine gives up a call: later than the function, whose end says why."""
_LONGEST_WAIT = 60
"""MaxDelaySeconds of a call for which no function is free: it waits for half of that on average, as chance has it."""


@dataclass(frozen=True)
class AssemblySizing:
    """Every decision about a board's assemblies."""

    most: Decision
    part: Decision
    begun: Decision
    parts: Decision
    reads_at_once: Decision
    at_once: Decision
    memory: Decision
    room: Decision
    timeout: Decision
    call: Decision
    seconds: Decision
    """An estimate, not deployed."""
    patience: Decision
    tries: Decision


def decide_assembly(assembly: Assembly, rate: int, gap: int) -> AssemblySizing:
    """Decide everything about the assemblies of a board. `rate`: activities a second, `gap`: seconds between two
    rebuilds."""
    return AssemblySizing(
        most=_decide_most(assembly),
        part=Decision("assembly, players of a part", assembling.PART, "", FIXED),
        begun=_decide_begun(assembly, rate, gap),
        parts=_decide_parts(assembly),
        reads_at_once=_decide_reads(assembly),
        at_once=_decide_at_once(assembly),
        memory=Decision("assembler, memory", limits.WHOLE_PROCESSOR_MB, "MB", "a whole processor"),
        room=_decide_room(assembly),
        timeout=Decision("assembler, timeout", limits.MAX_SECONDS, "s", "the most that AWS allows"),
        call=Decision(
            "assembly, a call is given up after", _CALL_SECONDS, "s", "a little after the function's timeout"
        ),
        seconds=_estimate(assembly),
        patience=(patience := _decide_patience(assembly)),
        tries=_decide_tries(patience.value),
    )


def decide_api_memory(ranked: RankedBoard, assembly: Assembly | None, rate: int, gap: int) -> Decision:
    """Decide on the API's memory. `rate`: activities a second, `gap`: seconds between two rebuilds."""
    step, delta = rebuilding.MEMORY_STEP_MB, f"up to {ranked.most_held:,} changes"
    held = ranked.api_megabytes(ranked.most_held)
    if assembly:
        held, delta = assembly.api_megabytes(rate, gap), "what changes until a second assembly is done"
    value = limits.ceil_div(held, step) * step
    how = (
        f"{CACHED_PART} x what it keeps of a window: the first key of each block, and a delta of {delta} = {held:,}, "
        f"in steps of {step} = {value:,}"
    )
    return bound("API, memory", value, "MB", how, 512, limits.MAX_MEMORY_MB)


def _decide_most(assembly: Assembly) -> Decision:
    """Up to which size of a window the rebuilder ranks it by itself."""
    ranked, most = assembly.ranked, assembly.ranked.most_players()
    if most == rebuilding.MOST_ROOM_MB * 1_000_000 // ranked.bytes_of_a_player:
        how = f"{rebuilding.MOST_ROOM_MB:,} MB on its disk / {ranked.bytes_of_a_player:,} bytes of a player = {most:,}"
    else:
        days = f"{ranked.days} / ({rebuilding.MOST_PROCESSORS} processors x {ranked.read_per_second:,})"
        how = (
            f"{limits.MAX_SECONDS} s / ({days} s to read and {ranked.windows} / {ranked.written_per_second:,} s to "
            f"write a player) = {most:,}"
        )
    return Decision("one function ranks up to", most, "players", how)


def _decide_begun(assembly: Assembly, rate: int, gap: int) -> Decision:
    """Decide with how many changes a window's next base is assembled: the later, the less is written for each."""
    least, most, value = assembly.least_begun, assembly.most_begun, assembly.begun(rate, gap)
    meanwhile = assembly.count_meanwhile(rate, gap, 2)
    room = assembling.MOST_HELD - meanwhile
    how = (
        f"{assembling.MOST_HELD:,} changes that a delta has room for - {meanwhile:,} until a second assembly is done = "
        f"{room:,}"
    )
    if least < value < min(room, most):
        how = f"{how}, of which the API has memory for {value:,}"
    return Decision("assembly, begun with", value, "changes", f"{how}; at least {least:,} and at most {most:,}")


def _decide_parts(assembly: Assembly) -> Decision:
    text = f"{assembly.ranked.players:,} players / {assembling.PART:,}"
    value, how = divide(text, assembly.ranked.players, assembling.PART)
    return Decision("assembly, parts of a window", value, "", how)


def _decide_reads(assembly: Assembly) -> Decision:
    """How many calls read at once: as many as the table has read units for."""
    ranked = assembly.ranked
    most = assembly.unbounded_reads
    shared = "" if ranked.windows == 1 else f" / {ranked.windows} windows"
    how = (
        f"{limits.TABLE_UNITS:,} read units/s of a table x {assembling.READ_UNIT_BYTES:,} bytes / "
        f"({assembly.item_bytes} bytes of a player x 2 x {ranked.read_per_second:,} read per second){shared} = {most:,}"
    )
    least = min(assembly.reads, assembly.most_at_once)
    return bound("assembly, reads at once", most, "", how, 1, least)


def _decide_at_once(assembly: Assembly) -> Decision:
    shared = "" if assembly.ranked.windows == 1 else f" / {assembly.ranked.windows} windows"
    most = f"a twentieth of the {limits.ACCOUNT_CONCURRENCY:,} functions that an account runs at once{shared}"
    how = f"{assembly.parts:,} parts; {most} = {assembly.most_at_once}"
    return Decision("assembly, parts at once", assembly.at_once, "", how)


def _decide_room(assembly: Assembly) -> Decision:
    """Decide on the room of the assembler: parts are cut by what was seen of the keys, so that some are larger."""
    size, step = assembly.written_bytes, rebuilding.ROOM_STEP_MB
    room = limits.ceil_div(assembling.PART * size * 3, 2 * 1_000_000)
    value = limits.ceil_div(room, step) * step
    how = f"1.5 x {assembling.PART:,} players x {size:,} bytes = {room:,} MB, in steps of {step} = {value:,}"
    return bound("assembler, room", value, "MB", how, rebuilding.LEAST_ROOM_MB, rebuilding.MOST_ROOM_MB)


def _estimate(assembly: Assembly) -> Decision:
    days = "" if assembly.longest_days == 1 else f" of one of {assembly.longest_days} days"
    how = (
        f"{plural(assembly.read_turns, 'turn')} of {assembly.reads:,} reads, {assembly.reads_at_once} at once, x "
        f"{assembly.read_seconds} s for {assembling.PART:,} players{days} + {plural(assembly.turns, 'turn')} of "
        f"{assembly.parts:,} parts, {assembly.at_once} at once, x {assembly.part_seconds} s + "
        f"{assembling.STEPS_SECONDS} s for the steps themselves = {assembly.seconds:,}"
    )
    return Decision("a window is assembled in", assembly.seconds, "s", f"{how}; {assembling.MOST_SECONDS:,} at most")


def _decide_patience(assembly: Assembly) -> Decision:
    value = 2 * assembly.seconds
    how = f"2 x {assembly.seconds:,} s for an assembly = {value:,}"
    return bound("assembly, given up after", value, "s", how, 3600, 2 * assembling.MOST_SECONDS)


def _decide_tries(patience: int) -> Decision:
    wait = _LONGEST_WAIT // 2
    how = f"{patience:,} s for all of an assembly / {wait} s between two tries on average"
    value, how = divide(how, patience, wait)
    return Decision("assembly, tries of a call that finds no function free", value, "", how)
