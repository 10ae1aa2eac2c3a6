"""Runs one seed: the script, the pipeline, the functions and the checks, and a quiet end in which all must add up."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from tests.simulation import model
from tests.simulation.decided import Decided
from tests.simulation.executions import Executions
from tests.simulation.functions import Functions
from tests.simulation.ledger import Findings, Ledger
from tests.simulation.network import FAULTS, Network, Weather
from tests.simulation.pipeline import Chances, Lag, Mapping, Pipe, Rates, Received, passes
from tests.simulation.readers import Readers
from tests.simulation.redriving import redrive_dead, redrive_rejected
from tests.simulation.scheduler import Process, Scheduler
from tests.simulation.script import LENGTH, Action, Script, draw
from tests.simulation.shown import Display
from tests.support.memory_aws import Call, MemoryAws

POISON = ("", "{}", "[1]", '{"dynamodb": {"Keys": {}}}')
"""Messages that are no stream records."""
CALM = Weather(dict.fromkeys(FAULTS, 0.0), skew=0)


@dataclass(frozen=True)
class Cut:
    """What is left out of a run, to find the shortest that still breaks an invariant."""

    faults: frozenset[str] = frozenset()
    actions: frozenset[int] = frozenset()
    is_orderly: bool = False
    """Whether the pipe and the queue deliver each thing once and in order."""
    has_skew: bool = True
    """Whether clocks may differ."""


@dataclass(frozen=True)
class Outcome:
    """What became of a run."""

    seed: int
    cut: Cut
    broken: str | None
    """The invariant that was broken first; None where all held."""
    detail: str
    trace: tuple[str, ...]
    """A line for each call and each action, where it was asked for."""


def run_seed(seed: int, cut: Cut = Cut(), *, traced: bool = False) -> Outcome:
    """Run one seed, and say which invariant broke first."""
    world = World(seed, draw(seed), cut, [] if traced else None)
    with world.functions.installed():
        try:
            world.run()
        finally:
            world.scheduler.close()
    found = world.findings
    return Outcome(seed, cut, found.invariant, found.detail, tuple(world.trace or ()))


class World:
    """A board, and all that happens around it."""

    def __init__(self, seed: int, script: Script, cut: Cut, trace: list[str] | None) -> None:
        self.script, self.cut, self.trace = script, cut, trace
        self.scheduler = scheduler = Scheduler(str(seed), script.start)
        self.findings = Findings()
        self.memory = memory = MemoryAws(lambda: scheduler.now)
        memory.set_page_items(script.page)
        queue, dead = memory.queues["activities"], memory.queues["activities-dead-letters"]
        queue.visibility_seconds, queue.max_receives = script.visibility, script.receives
        weather, rates = Weather.draw(scheduler.chance_of("weather")), Rates.draw(scheduler.chance_of("rates"))
        skew = weather.skew if cut.has_skew else 0
        weather = Weather(weather.rates | dict.fromkeys(sorted(cut.faults), 0.0), skew)
        rates = Rates() if cut.is_orderly else rates
        queue.chooser = dead.chooser = self.chances = Chances(scheduler.chance_of("queues"), rates.duplicate)
        self.network = Network(scheduler, weather, self._carry_out, trace)
        self.functions = Functions(scheduler, memory, self.network, script.board)
        self.ledger = Ledger(script.rules, script.board, memory, self.findings)
        self.decided = Decided(memory)
        began = self.functions.began
        self.display = Display(script.rules, memory, self.ledger, self.decided, began, self.findings)
        self.display.lags = script.board.assembly is not None
        self.readers = Readers(script, self.functions, self.display, scheduler, self.findings)
        self._sqs = memory.client("sqs", lambda call, do: self._carry_out(None, call, do))
        if script.gives_up:
            rates = replace(rates, fail=0.3)
            slow = {} if "slow" in cut.faults else {"slow": 0.08}
            self.network.weather = Weather(weather.rates | slow, weather.skew)
        retries = 0 if script.gives_up else scheduler.chance_of("retries").choice((0, 1, 3, 20))
        self.pipe = Pipe(scheduler, self._send, passes, rates, script.shards, retries)
        self.mapping = Mapping(scheduler, self._sqs, queue, self.functions.process, self._processed, rates)
        self.lag = Lag(memory.stream, scheduler.chance_of("lag"))
        self.executions = Executions(scheduler, memory.step_functions, self.functions)
        self._carried = 0

    def run(self) -> None:
        """Play the script, and then let the board come to rest."""
        for _ in range(self.script.processors):
            self.scheduler.spawn(self.mapping.poll)
        for action in self.script.actions:
            if action.number not in self.cut.actions:
                self.scheduler.spawn(partial(self._act, action), action.at)
        self._wait(LENGTH)
        self._calm_down()
        self._redrive()
        self._seal()
        self._check_end()
        self._wait(26 * model.HOUR)
        self._rebuild_all(2, 11 * model.MINUTE)
        if not self.scheduler.stopped:
            self.display.check_left_overs()
        if self.script.is_long:
            self._go_on_for_a_month()

    def _calm_down(self) -> None:
        """End the faults, and wait for everything that is under way."""
        self.network.weather = CALM
        self.pipe.rates = self.mapping.rates = Rates()
        self.lag.longest = 0
        self.chances.rate = 0
        self._wait(max(0, self.mapping.stuck_until - self.scheduler.now, self.pipe.stuck_until - self.scheduler.now))
        for player in sorted(self.decided.hidden()):
            self.functions.decide(player, hidden=False)
        # What failed in the storm comes again, and what was received too often becomes a dead letter.
        self._wait(1000 * self.script.visibility * (self.script.receives + 1) + model.MINUTE)

    def _redrive(self) -> None:
        """Redrive what the pipe and the queue gave up."""
        self._redrive_pipe()
        self.functions.command("operator", redrive_dead)
        if self.script.is_long:
            now = self.scheduler.now
            self.functions.command("operator", lambda board: redrive_rejected(board, now))
        self._wait(1000 * self.script.visibility * (self.script.receives + 1) + model.MINUTE)

    def _redrive_pipe(self) -> None:
        """Read the positions that the pipe gave up, and send what is there, as the runbook says."""
        given_up, self.pipe.dead_letters = self.pipe.dead_letters, []
        for record in (record for batch in given_up for record in batch):
            self._send(json.dumps(record))

    def _seal(self) -> None:
        """Rebuild until every window that has ended is sealed."""
        is_large = self.script.board.assembly is not None
        # Where an assembly has failed in the storm, and a rebuild has seen it, another one is begun an hour later.
        self._rebuild_all(is_large, model.HOUR)
        for _ in range(24 if is_large else 12):
            ended = self._ended()
            if all(self.ledger.state_of(window) == "sealed" for window in ended):
                break
            self._rebuild_all(1, 1000 * self.script.board.drain_seconds // 2 + 31_000)
        else:
            self.findings.report("ended windows are sealed", f"not all of {ended} were sealed")
        # What the last rebuilds have begun to assemble is adopted by the next ones.
        self._rebuild_all(12 if is_large else 2, 3 * model.MINUTE)

    def _ended(self) -> list[str]:
        """The ids of the windows that have ended, with their grace."""
        opened = {key[1]: item for key, item in self.memory.tables["aggregates"].items() if key[0] == "#windows"}
        edges = {window: json.loads(item["window"]["S"]) for window, item in opened.items()}
        return [
            window
            for window, each in edges.items()
            if each["every"] not in ("all_time", "rolling") and each["ends_at"] + model.GRACE < self.scheduler.now
        ]

    def _check_end(self) -> None:
        if self.scheduler.stopped:
            return
        self.ledger.check_totals(all_places=True)
        self.ledger.check_accounts()
        self.display.check_final()
        self.display.check_rolling()
        self.display.check_events()
        left = [body for queue in self.memory.queues.values() for body in queue.bodies if body not in POISON]
        if left:
            self.findings.report("nothing lost", f"messages stay in the queues: {left}")
        self._stop_where_broken()

    def _go_on_for_a_month(self) -> None:
        """Let items expire, write some of them again, and let the marks expire, too."""
        for days in (32, 32):
            self._wait(days * model.DAY)
            gone = self.memory.expire()
            self.ledger.expire([item for item in gone if "outcome" in item])
            for action in self.script.actions:
                if action.kind == "play" and action.number % 3 == 0:
                    self.functions.produce(action.item)
            self._wait(20 * model.MINUTE)
        self._rebuild_all(1, model.MINUTE)
        if not self.scheduler.stopped:
            self.ledger.check_totals(all_places=True)

    def _rebuild_all(self, times: int, gap: int) -> None:
        for _ in range(times):
            self.functions.rebuild()
            self._wait(gap)

    def _wait(self, milliseconds: int) -> None:
        self.scheduler.run(self.scheduler.now + milliseconds, self._stop_where_broken)

    def _stop_where_broken(self) -> None:
        if self.findings.invariant is not None:
            self.scheduler.stopped = True

    def _act(self, action: Action) -> None:
        """Do one action of the script."""
        if self.trace is not None:
            self.trace.append(
                f"{self.scheduler.now} #{action.number} {action.kind} {json.dumps(action.item)} {action.amount}"
            )
        match action.kind:
            case "play":
                self._play(action)
            case "rebuild":
                self.functions.rebuild()
            case "watch":
                self.functions.rebuild({"task": "watch"})
            case "read":
                self.readers.read(action)
            case "stop queue":
                self.mapping.stuck_until = self.scheduler.now + action.amount
            case "stop pipe":
                self.pipe.stuck_until = self.scheduler.now + action.amount
            case "redrive rejected":
                now = self.scheduler.now
                self.functions.command("operator", lambda board: redrive_rejected(board, now))
            case "redrive pipe":
                self._redrive_pipe()
            case "redrive dead":
                self.functions.command("operator", redrive_dead)
            case "forget":
                self.functions.forget()
            case "hide" | "restore":
                self.functions.decide(action.item["player_id"]["S"], hidden=action.kind == "hide")
            case "poison" if POISON[action.amount]:
                self._send(POISON[action.amount])

    def _play(self, action: Action) -> None:
        """Write an activity, as often as it takes."""
        for _ in range(3):
            process = self.scheduler.wait_for(self.functions.produce(action.item))
            if process.error is None and not process.dead:
                return
            self.scheduler.sleep(2000)

    def _send(self, body: str) -> None:
        self._sqs.send_message(QueueUrl=self.memory.queues["activities"].url, MessageBody=body)

    def _carry_out(self, process: Process | None, call: Call, do: Callable[[], Any]) -> Any:
        """What AWS does with a call, at the moment at which it takes effect."""
        now = self.scheduler.now
        answer = self.lag.carry_out(do, now)
        if call.service == "dynamodb":
            if call.is_write:
                self.decided.observe(call, now)
                self.ledger.observe(call, now)
                self.ledger.check_totals()
                self._carry_stream()
        elif call.service == "stepfunctions":
            self.executions.observe(call)
        elif call.service == "sqs":
            if call.operation == "send_message":
                self.mapping.wake()
        else:
            self.display.observe(call, answer, now)
        return answer

    def _carry_stream(self) -> None:
        """Give the pipe what is new in the stream of the activities table."""
        stream = self.memory.tables["activities"].stream
        while self._carried < len(stream):
            record = stream[self._carried]
            self._carried += 1
            if record["eventName"] == "INSERT":
                self.ledger.write(record)
            self.pipe.take(record)

    def _processed(self, process: Process, batch: list[Received], failed: set[str]) -> None:
        """After each invocation of the processor: check what can be checked now."""
        self.ledger.answer([each["Body"] for each in batch if each["MessageId"] not in failed], self.scheduler.now)
        if not self.functions.running:
            self.ledger.check_totals()
