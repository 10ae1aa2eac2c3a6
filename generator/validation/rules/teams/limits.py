"""Rules of `teams.T.limits`: how much a team may have, board by board and in all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import plural, quote
from generator.source.nodes import Node
from generator.validation.enforcing import is_faster
from generator.validation.field_place import FieldPlace
from generator.validation.loading import Loaded
from generator.validation.merging import MergedBoard
from generator.validation.rules.teams.enforced import compare_schedules, name_rule

_SUMS: dict[str, tuple[tuple[str, ...], str]] = {
    "players": (("traffic", "players"), "players"),
    "peak": (("traffic", "activities_per_second", "peak"), "activities a second at the peak"),
}
"""Limits of a sum: the path of the key that is added up, and what that is."""


@dataclass(frozen=True)
class _Part:
    """A board's part of a sum."""

    board: MergedBoard
    place: FieldPlace
    number: int


def check_limits(loaded: Loaded) -> Iterator[Diagnostic]:
    """Check that no team has more than its limits, in any environment."""
    teams = loaded.root.get("teams") if loaded.root else None
    for name, team in teams.mapping().items() if teams else ():
        limits = team.get("limits")
        if limits is None or not limits.mapping():
            continue
        for environment in dict.fromkeys(board.environment for board in loaded.boards):
            boards = [each for each in loaded.boards if each.environment == environment and each["team"].text == name]
            yield from _check_number(boards, name, limits.get("boards"))
            for key, (path, what) in _SUMS.items():
                yield from _check_sum(boards, name, limits.get(key), path, what)
            for board in boards:
                yield from _check_board(board, name, limits)


def _whole(limit: Node | None) -> int | None:
    """The number of a limit; None if there is none, or if it is wrong, which the model says."""
    value = limit.value if limit else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _check_number(boards: list[MergedBoard], team: str, limit: Node | None) -> Iterator[Diagnostic]:
    """Check that a team has not too many boards."""
    most = _whole(limit)
    if most is None or limit is None:
        return
    for number, board in enumerate(boards[most:], most + 1):
        message = f"is board {number:,} of {quote(team)}, which may have {most:,} ({name_rule(limit)})"
        yield _report(board, board["name"], message, "Remove a board of the team, or have its limit raised.")


def _check_sum(
    boards: list[MergedBoard], team: str, limit: Node | None, path: Iterable[str], what: str
) -> Iterator[Diagnostic]:
    """Check that a number of all boards of a team is not too high, in all. Reported at the board that passes it."""
    most = _whole(limit)
    if most is None or limit is None:
        return
    total = 0
    for count, board in enumerate(boards):
        place = board.check.tree.top
        for key in path:
            place = place[key]
        number = place.effective
        if not isinstance(number, int):  # wrong, which the model says
            continue
        before, total = total, total + number
        if total > most:
            others = f" + {before:,} of {plural(count, 'board')} before it = {total:,}" if count else ""
            message = f"{number:,}{others}: {quote(team)} may have {most:,} {what} ({name_rule(limit)})"
            hint = "Write less, for this or for another board of the team, or have its limit raised."
            yield _report(board, place, message, hint)
            return


def _check_board(board: MergedBoard, team: str, limits: Node) -> Iterator[Diagnostic]:
    """Check that a board is within what each board of its team may have."""
    top, limit = board["top"], limits.get("top")
    most = _whole(limit)
    if limit and most is not None and isinstance(top.effective, int) and top.effective > most:
        message = f"{top.effective:,} entries: a board of {quote(team)} may have {most:,} ({name_rule(limit)})"
        yield _report(board, top, message, f"Write `top: {most}` or less.")
    fastest = limits.get("fastest_rebuild")
    rebuild = board["rebuild"]
    schedule = rebuild.effective
    if fastest and isinstance(schedule, str) and is_faster(schedule, fastest.text() or ""):
        message = f"{compare_schedules(schedule, fastest)} allows {quote(team)}"
        yield _report(board, rebuild, message, f"Write `rebuild: {fastest.text()}`, or one that is slower.")


def _report(board: MergedBoard, place: FieldPlace, message: str, hint: str) -> Diagnostic:
    """Report a board that goes beyond a limit: at its own value; at its name, if it has that value by default."""
    origin = place.node.steps[:3:2]
    if place.exists and not {"defaults", "enforce"} & {*origin}:
        return place.diagnostic("team-limit", message, hint)
    name = board.written.node.get("name") or board.written.node
    key = ".".join(map(str, place.steps))
    return name.diagnostic("team-limit", f"by its default for `{key}`, {message}", hint)
