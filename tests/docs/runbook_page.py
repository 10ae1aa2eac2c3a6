"""The sections of docs/alarms.md that the runbook gives, for any board and any feed."""

from __future__ import annotations

import re
from collections.abc import Iterable

from generator.board.runbook.bundles import list_general_entries
from generator.board.runbook.entries import Entry, Severity


def fill_runbook(page: str) -> str:
    """A page with its entries made anew: they stand between `<!-- runbook of WHAT: ... -->` and `<!-- end -->`."""
    own, on_feed, feeds = list_general_entries(False), list_general_entries(False, "FEED"), list_general_entries(True)
    names = {entry.alarm for entry in own}
    boards = (*own, *(entry for entry in on_feed if entry.alarm not in names))
    for name, level, entries in (("boards", 3, boards), ("feeds", 4, feeds)):
        pattern = rf"(<!-- runbook of {name}: [^\n]*-->\n).*?(<!-- end -->)"
        match = re.search(pattern, page, re.DOTALL)
        assert match, f"the page has no place for the runbook of {name}"
        page = f"{page[: match.end(1)]}\n{_write(entries, level)}\n\n{page[match.start(2) :]}"
    return page


def _write(entries: Iterable[Entry], level: int) -> str:
    return "\n\n".join(_write_entry(entry, "#" * level) for entry in entries)


def _write_entry(entry: Entry, heading: str) -> str:
    pages = ", which pages" if entry.severity is Severity.PAGE else ""
    told = {"Goes off when": entry.fires, "Players:": entry.players, "Ends when": entry.ends, "First:": entry.first}
    lines = [f"- **{label}** {text}." for label, text in told.items()]
    return "\n".join([f"{heading} `{entry.alarm}`{pages}", "", *lines, "", "```sh", entry.command, "```"])
