"""Ranks within the values of a segment: the naive ones, and whether a snapshot's files and answers agree with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

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


def find_disagreement(rules: Rules, entries: Sequence[Entry], files: Mapping[str, Any]) -> str | None:
    """What is wrong with the files of a window's segment; None for nothing."""
    folders = sorted({name.split("/")[1] for name in files if name.startswith("segments/")})
    names = [name for name, _, _ in rules.segments]
    if folders != names or files["index.json"].get("segments", []) != names:
        return f"the board has the segments {names}, and files of {folders}"
    if not names:
        return None
    expected = entries_within(rules, entries)
    index = files["segments/country/index.json"]
    blocks = [block for name, block in files.items() if name.startswith("segments/country/blocks/")]
    found = [row[0] for block in blocks for row in block]
    keys = {entry.player: row[0] for entry, row in zip(entries, _rows(files), strict=True)}
    wanted = [keys[entry.player] for own in expected.values() for entry in own]
    starts = [sum(len(own) for own in list(expected.values())[:number]) for number in range(len(expected))]
    values = [[country, start, len(own)] for start, (country, own) in zip(starts, expected.items(), strict=True)]
    ranks = [entry.rank for own in expected.values() for entry in own][:: index["block"]]
    if found != wanted or index["values"] != values or index["ranks"] != ranks or index["others"] != 0:
        return f"countries {expected}, {index} and {found}"
    return None


def _rows(files: Mapping[str, Any]) -> list[Any]:
    return [row for name, block in files.items() if name.startswith("blocks/") for row in block]
