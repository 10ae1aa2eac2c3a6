"""Ranks within the values of a segment: the naive ones, and whether a snapshot's files and answers agree with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from tests.runtime.naive_files import player_of
from tests.runtime.naive_rules import Rules
from tests.simulation import model
from tests.simulation.model import Entry


def entries_within(rules: Rules, entries: Sequence[Entry]) -> dict[str, list[Entry]]:
    """The entries of a window by the player's country, ranked among themselves; countries in order."""
    countries = sorted({entry.country for entry in entries if entry.country is not None})
    found = {}
    for country in countries:
        own = [entry for entry in entries if entry.country == country]
        ranks = model.ranks(rules, [(entry.player, entry.columns) for entry in own])
        found[country] = [replace(entry, rank=rank) for entry, rank in zip(own, ranks, strict=True)]
    return found


def find_disagreement(
    rules: Rules,
    entries: Sequence[Entry],
    lines: Sequence[bytes],
    values: Mapping[str, Mapping[str, Sequence[bytes]]],
    columns: int,
) -> str | None:
    """What is wrong with the lines of a window's segments, by their values; None for nothing."""
    names = [name for name, _, _ in rules.segments]
    # A window that nobody is in has no files.
    if sorted(values) != sorted(names) and lines:
        return f"the board has the segments {names}, and files of {sorted(values)}"
    expected = {
        country: [entry.player for entry in own] for country, own in entries_within(rules, entries).items() if names
    }
    own_lines = {player_of(line, columns): line for line in lines}
    wanted = {country: [own_lines[player] for player in own] for country, own in expected.items()}
    found = values.get("country", {})
    if found != wanted or list(found) != sorted(found):
        return f"countries {expected}, and {found}"
    return None
