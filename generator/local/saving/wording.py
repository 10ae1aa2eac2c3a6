"""Says of what was saved what `generate` would say: each edit, its class, and the ways out of a refused one."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from functools import partial

from generator.board.board import Board
from generator.board.feed import Feed
from generator.changes.bundles import Former, Sort
from generator.changes.edits import Edit, Kind, ways_out
from generator.changes.facts import facts_of
from generator.changes.finding import find_changes
from generator.diagnostics.wording import join_words


class SavedEdits:
    """The edits of a save, and the refused ones of those before that still stand.

    An edit is refused by how the run had it first, as `generate` refuses it by what is in build/. To put it back
    is no refused edit.
    """

    def __init__(self) -> None:
        self._first: dict[str, Board | Feed] = {}
        """Each board or feed as this run had it first, but for those that are refused as a whole."""
        self._edits: dict[str, Sequence[Edit]] = {}
        self._refused: dict[str, Sequence[Edit]] = {}

    def compare(self, running: Iterable[Board | Feed], saved: Sequence[Board | Feed], now: int) -> None:
        """Compare what runs with what was saved. `now`: milliseconds since 1970, as the run has it."""
        before = {each.name: each for each in running}
        self._first = {name: each for name, each in before.items() if name not in self._refused} | self._first
        back = {each.name: self._first[each.name] for each in saved if each.name in self._first}
        self._edits = _find_edits((back | before).values(), saved, now)
        found = _find_edits(self._first.values(), saved, now)
        refused = {name: [edit for edit in edits if edit.kind is Kind.REFUSED] for name, edits in found.items()}
        self._refused = {name: edits for name, edits in refused.items() if edits}

    def describe(self, name: str, became: str = "", *, rebuilds_here: bool) -> str:
        """Say the edits of a board or feed in a line, or in one each below what became of it.

        `rebuilds_here`: ranks come every two seconds, whatever the board's schedule.
        """
        refused = self._refused.get(name)
        lines = [_describe_edit(edit, bool(refused), rebuilds_here) for edit in self._edits.get(name, ())]
        if refused:
            lines.append(f"`leaderboards generate` refuses it, here it is tried. {ways_out(name, refused[0])}")
        if not became and len(lines) == 1:
            return lines[0]
        return "\n  ".join([became or "taken up", *lines])

    def describe_standing(self, told: Container[str]) -> str:
        """Say which refused edits of earlier saves stand, of boards that were not just told of; "" where none does."""
        left = {name: edits for name, edits in self._refused.items() if name not in told}
        found = [f"{name} ({join_words([edit.what for edit in edits], 'and')})" for name, edits in left.items()]
        return f"`leaderboards generate` still refuses {join_words(found, 'and')}" if found else ""


def _describe_edit(edit: Edit, stands: bool, rebuilds_here: bool) -> str:
    if edit.kind is Kind.REFUSED and not stands:
        return f"{edit.what}; as this run had it first"
    here = "; here every two seconds" if rebuilds_here and edit.what.startswith("rebuild ") else ""
    return f"{edit.sentence}{here}"


def _find_edits(before: Iterable[Board | Feed], after: Sequence[Board | Feed], now: int) -> dict[str, Sequence[Edit]]:
    """The edits of each board or feed that is there now, by its name."""
    changes = find_changes([*map(_make_former, before)], after, {each.folder for each in after}, now)
    return {change.board: change.edits for change in changes if change.change != "removed"}


def _make_former(bundle: Board | Feed) -> Former:
    kind: Sort = "feed" if isinstance(bundle, Feed) else "board"
    return Former(bundle.folder, bundle.environment, bundle.team, bundle.name, kind, partial(facts_of, bundle))
