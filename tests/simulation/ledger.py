"""The ledger: what was written, and what became of it, by a naive model. It says what does not add up."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

from runtime.config import BoardConfig
from runtime.domain.activity import parse_stream_record
from runtime.dynamodb.items import mark_key
from tests.runtime.naive_rules import Rules
from tests.simulation import model
from tests.simulation.comparing import compare_run, compare_total
from tests.simulation.model import Run
from tests.support.memory_aws import Call, MemoryAws

CLOCKS = 1000
"""Milliseconds by which the clock of a process may be ahead or behind at the most."""
Key = tuple[str, str]
"""The key of an activity's mark."""
Place = tuple[str, str]
"""A window's id and a player."""


class Findings:
    """The first invariant that was found broken, with what was seen."""

    def __init__(self) -> None:
        self.invariant: str | None = None
        self.detail = ""

    def report(self, invariant: str, detail: str) -> None:
        """Say that an invariant is broken."""
        if self.invariant is None:
            self.invariant, self.detail = invariant, detail


@dataclass
class Activity:
    """One activity: what was written under its key, and what was decided."""

    written: list[tuple[dict[str, Any], int]] = field(default_factory=list)
    """Each item that was new, with the last millisecond of the second in which it was written."""
    outcome: str | None = None
    """What its mark says; None without a mark."""
    has_counted: bool = False
    is_done: bool = False
    """Whether the processor has answered for one of its messages that it did not fail."""


class Ledger:
    """Watches what the processors write, and compares it to the model."""

    def __init__(self, rules: Rules, board: BoardConfig, memory: MemoryAws, findings: Findings) -> None:
        self.rules = rules
        self.activities: dict[Key, Activity] = defaultdict(Activity)
        self.counted: dict[Place, list[tuple[int, Run]]] = defaultdict(list)
        """The runs of a player in a window, in the order in which they were counted, each with the moment."""
        self.possible: dict[Place, dict[str, Run]] = defaultdict(dict)
        """Every run that a player's place in a window may take."""
        self.keeps_one_run = board.keeps_one_run
        self._shards = board.shards
        self._drain = board.drain_seconds * 1000
        self._memory = memory
        self._findings = findings
        self._changed: dict[Place, None] = {}
        self._minutes: Counter[tuple[str, int]] = Counter()
        self._tokens: set[str] = set()
        self._cleared: set[str] = set()
        """The windows whose scores are all gone, also those that are forgotten since: see `clearing` in the runtime."""

    def write(self, record: dict[str, Any]) -> None:
        """Note a new item of the activities table, from its stream record."""
        image = record["dynamodb"]["NewImage"]
        if image.get("type", {}).get("S", "").startswith("#"):
            return
        parsed = parse_stream_record(record)
        self.activities[mark_key(parsed)].written.append((image, parsed.written))
        run = model.judge(self.rules, image, parsed.written)
        if isinstance(run, Run):
            for window, _ in run.windows:
                self.possible[window, run.player].setdefault(run.id, run)

    def observe(self, call: Call, now: int) -> None:
        """Note a write that has taken effect in one of the tables."""
        request = call.request
        if call.operation != "transact_write_items":
            self._observe([({"put_item": "Put", "update_item": "Update"}.get(call.operation, "Delete"), request)], now)
        elif (token := request.get("ClientRequestToken")) is None or token not in self._tokens:
            self._tokens.add(token or "")
            self._observe([pair for item in request["TransactItems"] for pair in item.items()], now)

    def answer(self, bodies: list[str], now: int) -> None:
        """Note the messages that a processor has answered for."""
        for body in bodies:
            try:
                key = mark_key(parse_stream_record(json.loads(body)))
            except (ValueError, TypeError):
                continue
            if key not in self.activities:
                continue
            self._check_decided(key, bodies.count(body))
            if self.activities[key].is_done:
                continue
            self.activities[key].is_done = True
            if self.keeps_one_run and self.activities[key].outcome != "rejected":
                self._count(key, set(), now)

    def _check_decided(self, key: Key, answered: int) -> None:
        """Check that an activity was decided on before its last message goes: `answered` of them go now."""
        activity = self.activities[key]
        verdicts = [model.judge(self.rules, *each) for each in activity.written]
        if self.keeps_one_run or activity.outcome or "ignored" in verdicts:
            return
        image = activity.written[0][0]
        who = image["player_id"]["S"], image["activity_id"]["S"]
        marks = self._memory.tables["marks"].values()
        listed = {(mark["by"]["S"], mark["activity"]["S"]) for mark in marks if "by" in mark}
        # A redrive that deleted the mark has sent it again before it took it from the list.
        bodies = [each for queue in self._memory.queues.values() for each in queue.bodies]
        waiting = sum(f'"{who[1]}"' in each and f'"{who[0]}"' in each for each in bodies)
        if who not in listed and waiting <= answered:
            self._findings.report("nothing lost", f"{who} was not decided on, and its last message is gone")

    def expire(self, marks: list[dict[str, Any]]) -> None:
        """Note the marks that have expired."""
        for mark in marks:
            key = mark["player_id"]["S"], mark["activity_id"]["S"]
            if key in self.activities:
                self.activities[key].outcome = None

    def check_totals(self, *, all_places: bool = False) -> None:
        """Compare the stored aggregates to the model: those that have changed since the last time, or all."""
        places = dict.fromkeys([*self.possible, *self.counted]) if all_places else self._changed
        self._changed = {}
        for place in places:
            item = self._find(place)
            window = self._memory.tables["aggregates"].get(("#windows", place[0]), {})
            if place[0] in self._cleared and item:
                self._findings.report("nothing left over", f"{place[0]} is cleared and has {item}")
            if place[0] in self._cleared or "clearing" in window:
                # Nobody can read what it had.
                continue
            runs = [run for _, run in self.counted[place]]
            if self.keeps_one_run:
                problem = compare_run(self.rules, item, runs, self.possible[place])
            else:
                problem = compare_total(self.rules, item, runs)
            if problem:
                self._findings.report("counted once", f"{place[1]} in {place[0]}: {problem}; stored: {item}")

    def check_accounts(self) -> None:
        """Check that everything that was written was counted, rejected or ignored: nothing is under way any more."""
        listed = {
            (item["by"]["S"], item["activity"]["S"])
            for key, item in self._memory.tables["marks"].items()
            if key[0].startswith("#rejected#")
        }
        for activity in self.activities.values():
            image, written = activity.written[0]
            verdicts = [model.judge(self.rules, *each) for each in activity.written]
            who_key = image["player_id"]["S"], image["activity_id"]["S"]
            who = f"{who_key} written at {written}"
            if "ignored" in verdicts:
                continue
            if activity.outcome != "counted" and who_key in listed:
                # Where a redrive died after it deleted the mark, the list still has it for the next redrive.
                continue
            if activity.outcome == "rejected":
                self._findings.report("nothing lost", f"{who} is rejected and not listed")
            elif not (activity.has_counted or (self.keeps_one_run and activity.is_done and activity.outcome is None)):
                self._findings.report("nothing lost", f"{who} was neither counted nor rejected: {verdicts}")

    def state_of(self, window: str) -> str:
        """How far a window is from sealed."""
        item = self._memory.tables["aggregates"].get(("#windows", window))
        return str(item["state"]["S"]) if item and "state" in item else "open"

    def _says_cleared(self, window: str) -> bool:
        item = self._memory.tables["aggregates"].get(("#windows", window), {})
        return bool(item.get("clearing") == {"S": "cleared"})

    def _observe(self, writes: list[tuple[str, Any]], now: int) -> None:
        reasons: dict[Key, str] = {}
        windows: dict[str, set[str]] = defaultdict(set)
        for kind, write in writes:
            if write["TableName"] == "marks" and kind == "Put" and "by" in write["Item"]:
                item = write["Item"]
                reasons[item["by"]["S"], item["activity"]["S"]] = item["reason"]["S"]
            elif write["TableName"] == "aggregates" and kind in ("Put", "Update"):
                window, shard, player = self._place(write["Item" if kind == "Put" else "Key"])
                if window:
                    windows[player].add(window)
                    self._changed[window, player] = None
                    if self.state_of(window) == "sealed":
                        self._findings.report("sealed never changes", f"{player} was written into {window}")
                elif shard == "windows" and self._says_cleared(player):
                    self._cleared.add(player)
        for kind, write in writes:
            if write["TableName"] != "marks":
                continue
            # Beside the marks there are rejected activities and the counters of minutes.
            if kind == "Put" and "outcome" in write["Item"]:
                self._mark(write["Item"], reasons, windows[write["Item"]["player_id"]["S"]], now)
            elif kind == "Delete":
                self._unmark(write["Key"])

    @staticmethod
    def _place(item: dict[str, Any]) -> tuple[str, str, str]:
        """The window, the shard and the player of an aggregate; an empty window for another item."""
        window, _, shard = item["partition"]["S"].rpartition("#")
        return ("" if window.startswith("#") else window), shard, item["player_id"]["S"]

    def _mark(self, item: dict[str, Any], reasons: dict[Key, str], windows: set[str], now: int) -> None:
        key, outcome = (item["player_id"]["S"], item["activity_id"]["S"]), item["outcome"]["S"]
        activity = self.activities.get(key)
        if activity is None or not activity.written:
            self._findings.report("nothing made up", f"{key} was {outcome} and never written")
            return
        if activity.has_counted and outcome == "counted":
            self._findings.report("counted once", f"{key} was counted twice")
        activity.outcome = outcome
        if outcome == "counted":
            self._count(key, windows, now)
            return
        image = activity.written[0][0]
        reason = reasons.get((image["player_id"]["S"], image["activity_id"]["S"]))
        if reason == "sealed":
            self._check_drained(activity, [reason], now)
        if reason is not None and not self._may_reject(activity, reason):
            self._findings.report("the rules decide", f"{key} was rejected: {reason}, {activity.written}")

    def _unmark(self, item: dict[str, Any]) -> None:
        activity = self.activities.get((item["player_id"]["S"], item["activity_id"]["S"]))
        if activity is not None:
            if activity.outcome == "counted":
                self._findings.report("counted once", f"the mark of {item} was deleted, which says that it was counted")
            activity.outcome = None

    def _count(self, key: Key, windows: set[str], now: int) -> None:
        """Count an activity in the model. `windows` were written together with its mark."""
        activity = self.activities[key]
        verdicts = [model.judge(self.rules, *each) for each in activity.written]
        run = next((each for each in verdicts if isinstance(each, Run)), None)
        if run is None:
            if not self.keeps_one_run:
                self._findings.report("the rules decide", f"{key} was counted, by the rules it is {verdicts}")
            return
        activity.has_counted = True
        missed = [window for window, _ in run.windows if window not in windows and self._is_closed(window)]
        if missed:
            self._check_drained(activity, missed, now)
        for window, _ in run.windows:
            # A batch that began before the window was closed may still have counted it there.
            if window not in missed:
                self.counted[window, run.player].append((now, run))
                self._changed[window, run.player] = None
        minute = run.player, run.at // model.MINUTE
        self._minutes[minute] += 1
        if self.rules.per_minute is not None and self._minutes[minute] > self.rules.per_minute:
            self._findings.report("limits hold", f"{key} is one too many in its minute")

    def _is_closed(self, window: str) -> bool:
        return self.state_of(window) in ("sealing", "sealed")

    def _check_drained(self, activity: Activity, missed: list[str], now: int) -> None:
        """Check that a window that missed an activity had waited for it: as long as a message can be under way.

        It was written before the end and grace, after which the wait begins. Clocks may differ by a second.
        """
        written = max(written for _, written in activity.written)
        if now < written + self._drain - 2 * CLOCKS:
            self._findings.report("sealed after the drain", f"{activity} missed {missed} at {now}")

    def _may_reject(self, activity: Activity, reason: str) -> bool:
        """Whether the rules allow that an activity is rejected for that reason now."""
        for verdict in (model.judge(self.rules, *each) for each in activity.written):
            if isinstance(verdict, str):
                if reason == verdict or reason == "too_old":
                    return True
            elif reason == "over_limit" and self.rules.per_minute is not None:
                return self._minutes[verdict.player, verdict.at // model.MINUTE] >= self.rules.per_minute
            elif reason in ("sealed", "late"):
                return all(self._is_closed(window) for window, _ in verdict.windows)
        return False

    def _find(self, place: Place) -> dict[str, Any] | None:
        table = self._memory.tables["aggregates"]
        found = (table.get((f"{place[0]}#{shard}", place[1])) for shard in range(self._shards))
        return next((item for item in found if item is not None), None)
