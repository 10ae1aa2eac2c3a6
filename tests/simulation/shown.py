"""What is shown: snapshots, answers and events, each compared to the ledger and to one another."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import Any

from tests.runtime.naive_files import DisagreeError, read_values, read_window
from tests.runtime.naive_rules import Rules
from tests.simulation import model
from tests.simulation.decided import Decided
from tests.simulation.ledger import Findings, Ledger
from tests.simulation.model import Entry, Run
from tests.simulation.within import find_disagreement
from tests.support.memory_aws import Call, MemoryAws

POINTER, RANKS = "snapshots/current.json", "snapshots/ranks/"
BOUND = 10**15 - 1
READABLE = 600_000
"""How long a snapshot stays readable after it was replaced, in milliseconds: ten minutes."""


PROCESSOR = 60_000
"""For how long a processor may run at the most, in milliseconds."""


@dataclass
class Shown:
    """A snapshot that was published: the window's JSON and the entries of each window, by its id."""

    windows: dict[str, dict[str, Any]]
    entries: dict[str, list[Entry]]
    began: int
    """When the rebuild began that made it."""
    replaced: int | None = None


class Display:
    """Watches what is published, and checks each piece of it."""

    def __init__(
        self,
        rules: Rules,
        memory: MemoryAws,
        ledger: Ledger,
        decided: Decided,
        began: dict[int, int],
        findings: Findings,
    ) -> None:
        self.snapshots: dict[int, Shown] = {}
        self.newest: int | None = None
        self.events: dict[str, tuple[str, str]] = {}
        """What was sent under each id: the type and the detail."""
        self.final: dict[str, list[Entry]] = {}
        """The entries of each window when it was sealed."""
        self._last: dict[str, list[Entry]] = {}
        """The newest entries of each window that is sealed: others only where a player is hidden, or shown again."""
        self._kept: dict[tuple[str, str], Entry] = {}
        """What a player has in a window that is sealed, whatever the rank."""
        self._rules = rules
        self._memory = memory
        self._ledger = ledger
        self.decided = decided
        self._began = began
        self._findings = findings
        self._files: dict[str, list[Entry]] = {}
        self.lags = False
        """Whether operators' decisions are shown later, as windows are assembled: all but who is hidden, as long as a
        window is not sealed."""

    def observe(self, call: Call, answer: Any, now: int) -> None:
        """Note a call of S3 or EventBridge that has taken effect."""
        if call.operation == "put_object" and call.request["Key"] == POINTER:
            self._publish(json.loads(call.request["Body"]), now)
        elif call.operation == "delete_objects":
            self._check_deleted([item["Key"] for item in call.request["Delete"]["Objects"]], now)
        elif call.operation == "put_events":
            for entry, result in zip(call.request["Entries"], answer["Entries"], strict=True):
                if "ErrorCode" not in result:
                    self._check_event(entry["DetailType"], entry["Detail"])

    def check_events(self) -> None:
        """Check that each thing that happened has its event, and nothing else has: after all of them were sent."""
        expected = self._find_milestones()
        details = [json.loads(detail) for type_, detail in self.events.values() if type_.endswith("milestone_reached")]
        found = sorted((each["window"], each["player_id"], each["milestone"]) for each in details)
        told = {each for each, must in expected.items() if must}
        if len(found) != len({*found}) or not told <= {*found} <= expected.keys():
            self._findings.report("one event each", f"milestones {found}, expected {expected}")
        closed = [json.loads(detail) for type_, detail in self.events.values() if type_.endswith("window_closed")]
        if sorted(each["window"]["id"] for each in closed) != sorted(self.final):
            self._findings.report("one event each", f"closed: {closed}, sealed: {sorted(self.final)}")
        for each in closed:
            final = self.final.get(each["window"]["id"], [])
            top = [(row["rank"], row["player_id"], row["name"]) for row in each["top"]]
            wanted = [(row.rank, row.player, row.name) for row in final[: len(top)]]
            # The rebuild that sealed a window may have died: the first final ranks that are shown are those of another,
            # before which an operator may have decided otherwise.
            is_decided = any(
                map(self.decided.was_ever_hidden, {*(row.player for row in final), *(row[1] for row in top)})
            )
            if not is_decided and (each["players"] != len(final) or top != wanted):
                self._findings.report("sealed never changes", f"the event {each} and the ranks {final}")

    def _find_milestones(self) -> dict[tuple[str, str, int], bool]:
        """Every milestone that was reached: the window, the player and the milestone; and whether it must be told.

        None is told of a player who was hidden then. A processor knows what was decided when it began.
        """
        found: dict[tuple[str, str, int], bool] = {}
        for (window, player), runs in self._ledger.counted.items():
            if not self._rules.milestones or window.startswith("rolling"):
                continue
            before: frozenset[int] = frozenset()
            for number, (moment, _) in enumerate(runs, 1):
                reached = model.score(self._rules, [run for _, run in runs[:number]]).reached
                hidden = self.decided.was_hidden(player, moment - PROCESSOR, moment)
                if hidden is not True:
                    found |= {(window, player, milestone): hidden is False for milestone in reached - before}
                before = reached
        return found

    def check_final(self) -> None:
        """Check that what was counted in each sealed window is what its final ranks show."""
        for window, entries in self._last.items():
            counted = self._players(window)
            shown = {each.player: (each.columns, each.at) for each in entries}
            scores = {player: model.score(self._rules, runs) for player, runs in counted.items()}
            wanted = {player: (score.columns, score.at) for player, score in scores.items()}
            # Where one run is kept, the ledger knows what must be in it, and more may be.
            is_right = wanted.keys() <= shown.keys() if self._ledger.keeps_one_run else wanted == shown
            if not is_right:
                self._findings.report("sealed never changes", f"{window} has {wanted}, its final ranks are {shown}")

    def check_rolling(self) -> None:
        """Check that the newest snapshot shows what was counted in the days of a rolling window: all is at rest."""
        days = dict(self._rules.windows).get("rolling")
        if days is None or self.newest is None:
            return
        runs: dict[str, list[Run]] = {}
        for day in model.rolling_ids(days, self.newest):
            for player, some in self._players(day).items():
                runs.setdefault(player, []).extend(some)
        shown = {each.player: each for each in self.snapshots[self.newest].entries[f"rolling-{days}d"]}
        scores = {player: model.score(self._rules, some) for player, some in runs.items()}
        wanted = {player: (score.columns, score.at) for player, score in scores.items()}
        found = {player: (each.columns, each.at) for player, each in shown.items()}
        is_right = wanted.keys() <= found.keys() if self._ledger.keeps_one_run else wanted == found
        if not is_right:
            self._findings.report("all before as_of", f"the rolling window has {wanted}, and shows {found}")

    def check_left_overs(self) -> None:
        """Check that no file is left that no snapshot refers to, long after the last rebuild that left some."""
        keys = sorted(self._memory.bucket.objects)
        windows = [ranks for shown in self._history() for ranks in shown["windows"]]
        used = {ranks[name] for ranks in windows for name in ("prefix", "delta") if name in ranks}
        used |= {former["prefix"] for ranks in windows for former in ranks.get("former", ())}
        lost = [key for key in keys if key.startswith(RANKS) and not any(key.startswith(prefix) for prefix in used)]
        if lost:
            self._findings.report("nothing left over", f"no snapshot refers to {lost}")

    def _history(self) -> list[dict[str, Any]]:
        objects = self._memory.bucket.objects
        return [json.loads(objects[key].body) for key in objects if key.startswith("snapshots/at/") or key == POINTER]

    def _publish(self, snapshot: dict[str, Any], now: int) -> None:
        as_of = snapshot["as_of"]
        if self.newest is not None and as_of < self.newest:
            self._findings.report("as_of never back", f"the pointer moved from {self.newest} to {as_of}")
        began = self._began.get(as_of, as_of)
        shown = Shown({}, {}, began)
        for ranks in snapshot["windows"]:
            window = ranks["span"]["id"]
            shown.windows[window] = ranks
            shown.entries[window] = self._read(ranks)
            self._check_sealed(window, ranks, shown.entries[window], began, now)
            self._check_content(window, shown.entries[window], began, now, ranks["sealed"])
        if as_of == self.newest:
            # The pointer is written again, for example after its files have moved to another key.
            return
        if self.newest is not None:
            self.snapshots[self.newest].replaced = now
        self.snapshots[as_of], self.newest = shown, as_of

    def _read(self, ranks: dict[str, Any]) -> list[Entry]:
        """Read the entries of a window from its files, and check that the files agree."""
        prefix = ranks.get("delta", ranks["prefix"])
        if prefix in self._files:
            return self._files[prefix]
        objects, columns = self._memory.bucket.bodies(), len(self._rules.orders)
        try:
            lines = read_window(objects, ranks, columns)
            values = read_values(objects, ranks, columns)
        except DisagreeError as error:
            self._findings.report("whole snapshots", f"the files of {prefix}: {error}")
            return []
        entries = [self._entry(line) for line in lines]
        in_order = sorted(entries, key=lambda each: (model.better(self._rules, each.columns), each.at, each.player))
        places = model.ranks(self._rules, [(each.player, each.columns) for each in entries])
        entries = [replace(each, rank=rank) for rank, each in zip(places, entries, strict=True)]
        players = [each.player for each in entries]
        if len(set(players)) != len(players) or [each.player for each in in_order] != players:
            self._findings.report("whole snapshots", f"the files of {prefix} have the players {players}")
        if disagreement := find_disagreement(self._rules, entries, lines, values, columns):
            self._findings.report("whole snapshots", f"the segments of {prefix}: {disagreement}")
        self._files[prefix] = entries
        return entries

    def _entry(self, line: bytes) -> Entry:
        """An entry out of its line: 16 digits for each column, 15 for the time, the player, and more as JSON."""
        key, _, more = line.decode().partition("\t")
        stored: list[Any] = [*json.loads(more), {}, {}]
        name, attached, values = stored[:3]
        columns = []
        for number, order in enumerate(self._rules.orders):
            shifted = int(key[16 * number : 16 * number + 16])
            columns.append(BOUND - shifted if order == "descending" else shifted - BOUND)
        rest = key[16 * len(columns) :]
        note, country = attached.get("note"), values.get("country")
        return Entry(0, rest[15:], name, tuple(columns), int(rest[:15]), note, country)

    def _check_sealed(self, window: str, ranks: dict[str, Any], entries: list[Entry], began: int, now: int) -> None:
        """Check that final ranks stay what they were, but for players whom an operator hides or shows again."""
        if not ranks["sealed"]:
            if window in self.final:
                self._findings.report("sealed never changes", f"{window} was sealed, and no longer is")
            return
        is_first = window not in self.final
        before = self.final.setdefault(window, entries)
        shown = {each.player: replace(each, rank=0) for each in entries}
        for player in {*shown, *(each.player for each in before)}:
            own = shown.get(player)
            if own is None:
                is_right = self.decided.was_hidden(player, began, now) is not False or self._may_lag(player)
            else:
                is_new = (window, player) not in self._kept
                is_right = self._kept.setdefault((window, player), own) == own
                is_right &= is_first or not is_new or self.decided.was_ever_hidden(player)
            if not is_right:
                self._findings.report("sealed never changes", f"{window} was {before}, is {entries}")
        self._last[window] = entries

    def _check_content(self, window: str, entries: list[Entry], began: int, now: int, sealed: bool) -> None:
        """Check that a window shows all that was counted before the rebuild began, and nothing that never was."""
        shown = {each.player: each for each in entries}
        for player in shown:
            if self.decided.was_hidden(player, began, now) and not (self.lags and sealed):
                self._findings.report("nobody hidden is shown", f"{player} is in {window}, rebuilt from {began} on")
        if window.startswith("rolling"):
            return
        for player, runs in self._players(window).items():
            before = sum(moment < began for moment, _ in self._ledger.counted[window, player])
            is_hidden = self.decided.was_hidden(player, began, now)
            if before and player not in shown and is_hidden is False and not self._may_lag(player):
                self._findings.report("all before as_of", f"{player} is missing in {window}, rebuilt from {began} on")
            elif player in shown and not self._is_state(window, shown[player], runs, before):
                self._findings.report("all before as_of", f"{shown[player]} in {window} from {began}; counted: {runs}")

    def _may_lag(self, player: str) -> bool:
        """Whether it may take a while until a player is shown again."""
        return self.lags and self.decided.was_ever_hidden(player)

    def _is_state(self, window: str, entry: Entry, runs: list[Run], before: int) -> bool:
        """Whether an entry shows what was counted at one moment, at which at least `before` runs were."""
        looks = entry.columns, entry.at, entry.name, entry.note
        if self._ledger.keeps_one_run:
            possible = self._ledger.possible[window, entry.player].values()
            shown = [each for each in possible if (each.columns, each.at, each.name, each.note) == looks]
            return any(model.keep_run(self._rules, [*runs[:before], run]) in shown for run in shown)
        for length in range(max(before, 1), len(runs) + 1):
            state = model.score(self._rules, runs[:length])
            if (state.columns, state.at, state.name, state.note) == looks and state.country == entry.country:
                return True
        return False

    def _players(self, window: str) -> dict[str, list[Run]]:
        """What was counted in a window, by player."""
        counted = self._ledger.counted
        return {player: [run for _, run in runs] for (each, player), runs in counted.items() if each == window and runs}

    def _check_deleted(self, keys: list[str], now: int) -> None:
        kept = now - READABLE
        readable = [shown for shown in self.snapshots.values() if shown.replaced is None or shown.replaced > kept]
        windows = [ranks for shown in readable for ranks in shown.windows.values()]
        used = {ranks[name] for ranks in windows for name in ("prefix", "delta") if name in ranks}
        for key in keys:
            if any(key.startswith(prefix) for prefix in used):
                self._findings.report("nothing read is swept", f"{key} was deleted, and can still be read")

    def _check_event(self, type_: str, detail: str) -> None:
        id_ = json.loads(detail)["id"]
        if self.events.setdefault(id_, (type_, detail)) != (type_, detail):
            self._findings.report("one event each", f"{id_} was {self.events[id_]}, is {detail}")
