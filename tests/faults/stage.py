"""A board between two steps: its AWS in memory, what producers wrote, and the ways in which its life goes on."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from runtime.config import BoardConfig, Points, Rule
from runtime.domain.activity import time_of
from runtime.s3.snapshots import POINTER
from tests.faults.aws import DEAD_LETTERS, Aws
from tests.faults.processes import TOKENS, Process, Step
from tests.runtime.boards import NOW, item
from tests.runtime.naive_rules import Rules, Run
from tests.runtime.random_boards import config_of
from tests.support.memory_aws import Interceptor
from tests.support.memory_aws.sqs import Message

SECOND, MINUTE, HOUR, DAY = 1000, 60_000, 3_600_000, 86_400_000
MAX_RECEIVES = 5
"""How often the queue delivers a message before it is a dead letter."""
TTL_SECONDS = 31 * 86_400
"""How long an activity's item lives after the activity's time: as long as it must, no longer."""
BATCH = 200
"""The most messages of one batch."""
LATER_TYPE = "later"
"""A type of activity whose rule is missing at first."""


@dataclass(frozen=True)
class Written:
    """What a producer wrote, or something that came into the queue in another way."""

    run: Run | None
    """None for what the model does not know: it is never counted."""
    type: str
    body: str
    """The message that carries its stream record."""


class StepFailedError(Exception):
    """A step failed, as a function fails whose error Lambda sees."""


@dataclass
class Stage:
    """One board. Times are in milliseconds."""

    rules: Rules
    config: BoardConfig
    now: int = NOW + 20 * MINUTE
    key: str | None = None
    written: list[Written] = field(default_factory=list)
    number: int = 0
    piped: int = 0
    """How many records of the activities table's stream have gone through the pipe."""
    newest: int = 0
    """The time of the newest snapshot that a reader has seen."""
    disturbed: bool = False
    """Whether something else happened while the step ran."""
    hidden: frozenset[str] = frozenset()
    """Players whom an operator hides."""
    warm: dict[str, Process] = field(default_factory=dict)
    """The process of each role that Lambda would use again."""

    def __post_init__(self) -> None:
        self.aws = Aws(lambda: self.now)

    @classmethod
    def of(cls, rules: Rules) -> Stage:
        """A new board."""
        config = config_of(rules)
        return cls(rules, replace(config, ignore=("chat",)))

    def save(self) -> tuple[Any, ...]:
        """Keep everything but the processes."""
        rest = (self.config, self.now, self.key, tuple(self.written), self.number, self.piped, TOKENS.given)
        return self.aws.save(), rest

    def restore(self, state: tuple[Any, ...]) -> None:
        """Put back what `save` gave. All processes have ended."""
        kept, rest = state
        self.aws.restore(kept)
        self.config, self.now, self.key, written, self.number, self.piped, TOKENS.given = rest
        self.written, self.warm, self.disturbed, self.newest = list(written), {}, False, 0

    def changes(self) -> Any:
        """All that a later step may see of what happened since the state was put back."""
        return self.aws.changes(), self.config, self.now, self.key, len(self.written)

    @property
    def settings(self) -> dict[str, str]:
        """The settings of a function that change in the life of a board."""
        return {"KEY_ARN": self.key or "", "AGGREGATES_STREAM_ARN": self.aws.memory.stream.arn}

    # What people and producers do.

    def write(self, player: str, *values: int, at: int | None = None, kind: str = "run", **fields: Any) -> Written:
        """Write an activity now, as a producer: into the table, through the stream and the pipe, into the queue."""
        self.number += 1
        at = self.now if at is None else at
        image = item(player, at=at, number=self.number, type=kind, **fields)
        for number, value in enumerate(values or (6,) * len(self.rules.orders)):
            image[f"c{number}"] = {"N": str(Decimal(value))}
        return self.put(image)

    def put(self, image: dict[str, Any]) -> Written:
        """Put an item into the activities table; where it is new, its record comes into the queue."""
        seconds = -(-time_of(image["activity_id"]["S"]) // 1000)
        expires_at = {"N": str(seconds + TTL_SECONDS)}
        self.aws.client("dynamodb").put_item(TableName="activities", Item={"expires_at": expires_at, **image})
        self.carry()
        return self.written[-1]

    def send(self, written: Written) -> None:
        """Put a message into the queue, once more if it was there before."""
        self.aws.send(written.body)

    def add_rule(self) -> None:
        """Deploy the board with the rule that was missing."""
        columns = tuple(Points(Decimal(0), column.name) for column in self.config.columns)
        self.config = replace(self.config, rules=(*self.config.rules, Rule(LATER_TYPE, columns)))
        self.warm = {}

    # What AWS does.

    def run(self, step: Step, intercept: Interceptor | None = None, process: Process | None = None) -> Any:
        """Run a step in the process of its role, or in another one. Raises StepFailedError where it fails."""
        process = process or self.warm.setdefault(step.role, Process(self.aws.client))
        self._see_newest()
        try:
            return process.run(step, self.config, self.settings, lambda: self.now, intercept)
        except Exception as error:
            raise StepFailedError(repr(error)) from error
        finally:
            self._see_newest()

    def _see_newest(self) -> None:
        """Look at the newest snapshot, as a reader does: its time never goes back."""
        stored = self.aws.memory.bucket.objects.get(POINTER)
        as_of = json.loads(stored.body)["as_of"] if stored else 0
        assert as_of >= self.newest, f"the newest snapshot was {self.newest}, and now it is {as_of}"
        self.newest = as_of

    def run_other(self, step: Step) -> Any:
        """Run a step in a process of its own."""
        return self.run(step, process=Process(self.aws.client))

    def batch(self) -> Step:
        """The processor's step for all messages in the queue, up to BATCH."""
        return Step("processor", [(each.id, each.body) for each in self.aws.queue()[:BATCH]])

    def acknowledge(self, step: Step, answer: dict[str, Any] | None) -> None:
        """Delete the messages of a batch that the processor answered well; None where it did not answer."""
        failed = {each["itemIdentifier"] for each in answer["batchItemFailures"]} if answer else None
        delivered = {message_id for message_id, _ in step.event}
        kept: list[Message] = []
        for message in self.aws.queue():
            if message.id not in delivered:
                kept.append(message)
            elif failed is None or message.id in failed:
                message.receives += 1
                (kept if message.receives < MAX_RECEIVES else self.aws.queue(DEAD_LETTERS)).append(message)
        self.aws.queue()[:] = kept

    def process_queue(self) -> None:
        """Deliver what is in the queue until it is empty."""
        for _ in range(1000):
            step = self.batch()
            if not step.event:
                return
            self.acknowledge(step, self.run(step))
        raise AssertionError("messages are never acknowledged")

    def carry(self, most: int = 1000) -> None:
        """Carry new items of the activities table to the queue, at most so many, as the stream and the pipe do."""
        stream = self.aws.memory.tables["activities"].stream
        while self.piped < len(stream) and most:
            record = stream[self.piped]
            self.piped += 1
            if record["eventName"] == "INSERT":
                most -= 1
                image = record["dynamodb"]["NewImage"]
                written = Written(self._run_of(image, record), image["type"]["S"], json.dumps(record))
                self.send(written)
                if not written.type.startswith("#"):
                    self.written.append(written)

    def _run_of(self, image: dict[str, Any], record: dict[str, Any]) -> Run | None:
        """The activity of an item, as the model takes it."""
        if image["type"]["S"] not in ("run", LATER_TYPE):
            return None
        columns = tuple(Fraction(image[f"c{number}"]["N"]) for number in range(len(self.rules.orders)))
        activity_id, name = image["activity_id"]["S"], image.get("name", {}).get("S")
        written = record["dynamodb"]["ApproximateCreationDateTime"] * 1000 + 999
        return Run(image["player_id"]["S"], activity_id, time_of(activity_id), written, name, columns)

    def rebuild(self) -> Any:
        """Run the rebuilder now."""
        return self.run(Step("rebuilder", {"task": "rebuild"}))
