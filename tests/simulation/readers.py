"""Readers of the API: each answer is compared to the snapshot that it says it comes from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from runtime.answers import ApiAnswer, BoardApi
from runtime.queries import ProblemError
from tests.simulation.functions import Functions
from tests.simulation.ledger import Findings
from tests.simulation.model import Entry
from tests.simulation.scheduler import Scheduler
from tests.simulation.script import Action, Script
from tests.simulation.shown import READABLE, Display
from tests.simulation.within import entries_within

Body = dict[str, Any]


class Readers:
    """Makes the requests of readers, one after the other for each reader."""

    def __init__(
        self, script: Script, functions: Functions, display: Display, scheduler: Scheduler, findings: Findings
    ) -> None:
        self._script = script
        self._rules = script.rules
        self._functions = functions
        self._display = display
        self._scheduler = scheduler
        self._findings = findings
        self._seen = 0
        """The newest `as_of` of the answers that have arrived."""

    def read(self, action: Action) -> None:
        """One reader: loops through a window's pages, pinned to one snapshot, and asks about a player on the way."""
        chance = self._scheduler.chance_of(f"reader {action.number}")
        kinds = [every for every, _ in self._rules.windows]
        query = {"window": chance.choice(kinds), "limit": str(chance.choice((1, 2, 3)))}
        first = self._ask(partial(_ask_page, query), pinned=None)
        if first is None or first["as_of"] is None:
            return
        pin = {**query, "window": first["window"]["id"], "as_of": first["as_of"]}
        entries, page = list(first["entries"]), first
        while page["entries"]:
            self._scheduler.sleep(action.amount)
            following = {**pin, "offset": str(len(entries))}
            answer = self._ask(partial(_ask_page, following), first["as_of"])
            if answer is None:
                return
            page = answer
            entries += page["entries"]
        self._compare(first, entries)
        if entries:
            self._ask_about(chance.choice(entries)["player_id"], pin, first, entries)
            self._ask_within(pin)

    def _ask_about(self, player: str, pin: dict[str, str], first: Body, entries: list[Body]) -> None:
        """Ask about one player, in each way that there is."""
        pinned = {name: value for name, value in pin.items() if name != "limit"}
        place = [entry["player_id"] for entry in entries].index(player)
        answer = self._ask(lambda api, now: api.player(player, pinned, now), first["as_of"])
        if answer is not None:
            shown = {name: value for name, value in answer["entry"].items() if name in entries[place]}
            if shown != entries[place]:
                self._findings.report("one snapshot per read", f"{answer} and {entries}")
            self._check_percentile(answer["entry"]["percentile"], place, entries)
        span = {**pinned, "span": "1"}
        answer = self._ask(lambda api, now: api.neighbours(player, span, now), first["as_of"])
        if answer is not None and answer["entries"] != entries[max(0, place - 1) : place + 2]:
            self._findings.report("one snapshot per read", f"neighbours {answer} and {entries}")
        friends = {**pinned, "ids": f"{player},{entries[0]['player_id']},nobody"}
        ranks_of_friends = [entries[each]["rank"] for each in sorted({0, place})]
        answer = self._ask(lambda api, now: api.friends(friends, now), first["as_of"])
        if answer is not None and [each["rank"] for each in answer["entries"]] != ranks_of_friends:
            self._findings.report("one snapshot per read", f"friends {answer} and {entries}")

    def _ask_within(self, pin: dict[str, str]) -> None:
        """Ask for the board of each country, and compare it to what the snapshot has of it."""
        shown = self._display.snapshots.get(_instant(pin["as_of"]))
        entries = shown.entries.get(pin["window"], []) if shown and self._rules.segments else []
        for country, own in entries_within(self._rules, entries).items():
            query = {**pin, "segment": f"country:{country}", "limit": "100"}
            answer = self._ask(partial(_ask_page, query), pin["as_of"])
            if answer is not None and answer["entries"] != [self._entry(each) for each in own]:
                self._findings.report("one snapshot per read", f"{country}: {answer}, the snapshot has {own}")
            last = self._ask(partial(_ask_around, own[-1].player, query), pin["as_of"])
            if last is not None and last["entries"] != [self._entry(each) for each in own[-6:]]:
                self._findings.report("one snapshot per read", f"around {own[-1]}: {last}, the snapshot has {own}")

    def _check_percentile(self, found: float, place: int, entries: list[Body]) -> None:
        others = len(entries) - 1
        if self._rules.ties == "first":
            worse = others - place
        else:
            worse = sum(entry["columns"] != entries[place]["columns"] for entry in entries[place:])
        if others and abs(found - 100 * worse / others) > 0.051:
            self._findings.report("one snapshot per read", f"percentile {found} of place {place} in {entries}")

    def _ask(self, question: Callable[[BoardApi, int], ApiAnswer], pinned: str | None) -> Body | None:
        """Ask until there is an answer, and check it. None where the snapshot may not be read any more."""
        for _ in range(4):
            began, seen, newest = self._scheduler.now, self._seen, self._display.newest
            process = self._scheduler.wait_for(self._functions.ask(question))
            if process.error is None and not process.dead:
                body: Body = process.result.body
                self._check(body, pinned, seen)
                self._check_hidden(body, newest)
                return body
            if not process.faults and not self._may_refuse(process.error, pinned, began):
                self._findings.report("the API answers", f"{process.name}: {process.error!r}")
                return None
            self._scheduler.sleep(1000)
        return None

    def _may_refuse(self, error: Exception | None, pinned: str | None, now: int) -> bool:
        """Whether a request may be refused: for a snapshot that was replaced long ago, or a window not shown yet."""
        if not isinstance(error, ProblemError):
            return False
        if pinned is None:
            return error.status == 404
        shown = self._display.snapshots.get(_instant(pinned))
        if shown is None or shown.replaced is None:
            return False
        # A pin ends where an operator decides about a player.
        return now > shown.replaced + READABLE or self._display.decided.has_changed(shown.began)

    def _check(self, body: Body, pinned: str | None, seen: int) -> None:
        if body["as_of"] is None:
            if self._seen:
                self._findings.report("as_of never back", f"no snapshot after {self._seen}")
            return
        as_of = _instant(body["as_of"])
        if pinned is not None and body["as_of"] != pinned:
            self._findings.report("one snapshot per read", f"{body['as_of']} where {pinned} was asked for")
        elif pinned is None and as_of < seen:
            self._findings.report("as_of never back", f"{as_of} after {seen}")
        if pinned is None:
            self._seen = max(self._seen, as_of)
        if as_of not in self._display.snapshots:
            self._findings.report("one snapshot per read", f"as_of {as_of} was never published")

    def _check_hidden(self, body: Body, newest: int | None) -> None:
        """Check that nobody is in an answer who was hidden before the newest snapshot was made, as it was at first."""
        if newest is None:
            return
        began = self._display.snapshots[newest].began
        for entry in [*body.get("entries", ()), *filter(None, [body.get("entry")])]:
            if self._display.decided.was_hidden(entry["player_id"], began, self._scheduler.now):
                self._findings.report("nobody hidden is shown", f"{entry} in {body}, hidden before {began}")

    def _compare(self, head: Body, entries: list[Body]) -> None:
        """Compare the entries of all pages to the snapshot's."""
        shown = self._display.snapshots.get(_instant(head["as_of"]))
        expected = shown.entries.get(head["window"]["id"], []) if shown else []
        if [self._entry(each) for each in expected] != entries or head["players"] != len(expected):
            self._findings.report("one snapshot per read", f"{head} with {entries}, the snapshot has {expected}")

    def _entry(self, entry: Entry) -> Body:
        scales = [10**decimals for _, decimals in self._rules.columns]
        columns = {f"c{number}": value / scales[number] for number, value in enumerate(entry.columns)}
        at = datetime.fromtimestamp(entry.at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        row = {"rank": entry.rank, "player_id": entry.player, "name": entry.name, "score": columns["c0"]}
        attached = {"note": entry.note} if entry.note is not None else {}
        more = {"attached": attached} if self._rules.attach else {}
        return {**row, "columns": columns, "at": at, **more}


def _ask_page(query: dict[str, str], api: BoardApi, now: int) -> ApiAnswer:
    return api.leaderboard(query, now)


def _ask_around(player: str, query: dict[str, str], api: BoardApi, now: int) -> ApiAnswer:
    return api.neighbours(player, query, now)


def _instant(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)
