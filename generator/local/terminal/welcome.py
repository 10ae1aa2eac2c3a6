"""The words that a person reads on a terminal once the boards run: where they are, what to do next, what flows."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from generator.diagnostics.wording import plural
from generator.local.flows import Flow
from generator.local.terminal.screen import Line, measure, pad


@dataclass(frozen=True)
class Address:
    """Where a board is. `page` is None where it has none."""

    board: str
    page: str | None
    api: str


def make_welcome(index: str, boards: Sequence[Address], seconds: float, steps: Sequence[tuple[str, str]]) -> list[Line]:
    """The welcome: the address of the list of all boards, each board's, and what to do next.

    `seconds`: how long the start took. `steps`: what may come next, and what to type or to do for it.
    """
    number = f"{len(boards)} board{'s run' if len(boards) != 1 else ' runs'}"
    return [
        Line(""),
        Line(f"{number} on this machine, after {seconds:.0f} s. Ctrl-C stops everything.", "bold"),
        *make_address_lines(index, boards),
        Line("  The API of a board is below its page: v1/leaderboard", "dim"),
        Line(""),
        *([Line("Next:", "bold")] if steps else []),
        *(line for what, how in steps for line in (Line(f"  {what}:"), Line(f"    {how}", "bold"))),
        Line(""),
    ]


def make_address_lines(index: str, boards: Sequence[Address]) -> list[Line]:
    """Where the list of all boards is, and each board."""
    rows = [("all boards", index), *((one.board, one.page or f"{one.api}/v1/leaderboard") for one in boards)]
    return [Line(""), *(Line(f"  {line}") for line in align([("board", "page"), *rows])), Line("")]


def make_flow_lines(flows: Sequence[Flow], columns: int, lines: int, *, simulated: bool = False) -> list[Line]:
    """A table of what flows, for a terminal of so many columns and lines, with what was rejected, by reason, below.

    `simulated`: whether the simulator plays.
    """
    shown = sorted(sorted(flows, key=lambda flow: -flow.written)[: max(1, lines - 6)], key=flows.index)
    heads = ["", "written", "in queue", "counted", "rejected", "ignored"]
    more = {
        "put back": [flow.again for flow in shown],
        "repeated": [flow.repeated for flow in shown],
        "dead letters": [flow.dead for flow in shown],
    }
    more = {name: numbers for name, numbers in more.items() if any(numbers)}
    rows = [
        [
            flow.board,
            *(f"{number:,}" for number in (flow.written, flow.waiting, flow.counted, flow.rejected, flow.ignored)),
            *(f"{numbers[index]:,}" for numbers in more.values()),
            _word_snapshot(flow),
        ]
        for index, flow in enumerate(shown)
    ]
    table = align([[*heads, *more, "last snapshot"], *rows], right=range(1, len(heads) + len(more)))
    if any(measure(line) >= columns for line in table):
        table = _narrow(shown)
    rest = [f"and {plural(len(flows) - len(shown), 'more board')}"] if len(shown) < len(flows) else []
    reasons = [
        f"{flow.board}: {', '.join(f'{number:,} {reason}' for reason, number in flow.reasons.items())}"
        for flow in shown
        if flow.reasons
    ]
    meant = " (the simulator makes some mistakes on purpose)" if simulated else ""
    told = textwrap.wrap(f"rejected: {'; '.join(reasons)}{meant}", max(20, columns - 1)) if reasons else []
    rejected = [Line(line, "yellow") for line in told[: max(1, lines - len(shown) - len(rest) - 2)]]
    return [Line(table[0], "dim"), *map(Line, (*table[1:], *rest)), *rejected]


def align(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Rows as lines with aligned columns. `right`: the columns that are aligned to the right, as numbers are."""
    widths = [max(map(measure, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            pad(cell, width, index in right) for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _narrow(flows: Sequence[Flow]) -> list[str]:
    """The table for a terminal that is too narrow for all of it."""
    rows = [[flow.board, f"{flow.written:,}", f"{flow.counted:,}"] for flow in flows]
    return align([["", "written", "counted"], *rows], right=(1, 2))


def _word_snapshot(flow: Flow) -> str:
    if flow.snapshot_seconds is None:
        return "none yet"
    number, unit = (flow.snapshot_seconds, "s") if flow.snapshot_seconds < 120 else (flow.snapshot_seconds / 60, "min")
    return f"{number:.0f} {unit} ago" + (", no change since" if flow.is_snapshot_current else "")
