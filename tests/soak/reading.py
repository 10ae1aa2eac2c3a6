"""The reader of a soak, as a process: it reads all the while, and compares the answers of each snapshot."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any

from tests.end_to_end.game import get
from tests.soak.processes import Line

PAUSE_SECONDS = 0.2
PAGE = 100


@dataclass
class Findings:
    """What readers have found."""

    answers: int = 0
    snapshots: int = 0
    wrong: list[str] = field(default_factory=list)
    """What is not consistent, the first few of it."""


class Reader:
    """Reads one board."""

    def __init__(self, url: str, found: Findings, chance: random.Random) -> None:
        self._url, self._found, self._chance = url, found, chance
        self._as_of = ""

    def read(self) -> None:
        """Read a whole snapshot page by page, then some of its players in other ways."""
        first = self._ask("leaderboard?limit=100")
        as_of, entries = first["as_of"], first["entries"]
        if as_of is None:
            return
        self._check(as_of >= self._as_of, f"as_of went back from {self._as_of} to {as_of}")
        self._found.snapshots += as_of != self._as_of
        self._as_of = as_of
        while len(entries) < first["players"]:
            page = self._ask(f"leaderboard?limit={PAGE}&offset={len(entries)}&as_of={as_of}")
            self._check((page["as_of"], page["players"]) == (as_of, first["players"]), f"{page['as_of']} in {as_of}")
            if not page["entries"]:
                break
            entries += page["entries"]
        self._check(len({entry["player_id"] for entry in entries}) == first["players"], "a player twice, or missing")
        self._check([entry["rank"] for entry in entries] == [*range(1, len(entries) + 1)], "ranks with a gap")
        order = [(-entry["score"], entry["at"], entry["player_id"]) for entry in entries]
        self._check(order == sorted(order), "players that are out of order")
        if entries:
            self._read_some(as_of, entries)

    def _read_some(self, as_of: str, entries: list[dict[str, Any]]) -> None:
        chosen = sorted(self._chance.sample(range(len(entries)), min(5, len(entries))))
        ids = ",".join(entries[place]["player_id"] for place in chosen)
        friends, pages = self._ask(f"players?ids={ids}&as_of={as_of}")["entries"], [entries[place] for place in chosen]
        if len(chosen) == 1:  # who is asked for alone gets more than a page has
            friends = [{name: each[name] for name in pages[0]} for each in friends]
        self._check(friends == pages, f"friends that differ from the pages: {friends}, not {pages}")
        place = self._chance.choice(chosen)
        answer = self._ask(f"players/{entries[place]['player_id']}/neighbours?span=2&as_of={as_of}")
        around = entries[max(0, place - 2) : place + 3]
        found = answer["entries"]
        self._check(found == around, f"neighbours that differ from the pages: {found}, not {around}")

    def _ask(self, path: str) -> Any:
        status, body = get(f"{self._url}/v1/{path}")
        self._found.answers += 1
        assert status == 200, f"{path}: {status} {body}"
        return body

    def _check(self, is_right: bool, what: str) -> None:
        if not is_right and len(self._found.wrong) < 10:
            self._found.wrong.append(f"{self._url} at {self._as_of}: {what}")


def read_until_stopped(connection: Connection, urls: list[str], seed: int) -> None:
    """Read the boards with these APIs in turn, and tell the `Findings` after each."""
    line, found, chance = Line(connection), Findings(), random.Random(seed)
    readers = [Reader(url, found, chance) for url in urls]
    while not line.stopped:
        for reader in readers:
            try:
                reader.read()
            except (AssertionError, KeyError, OSError) as error:
                found.wrong[:] = [*found.wrong, f"{type(error).__name__}: {error}"][:10]
        connection.send(found)
        time.sleep(PAUSE_SECONDS)
        line.look()
    connection.send(found)
