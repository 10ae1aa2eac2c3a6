"""A board that lives in a world: its producers, its functions and its operators, in one thread and with counted ids."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import pytest

from generator.operations.activity_item import DraftActivity
from generator.operations.audit.forgetting import forget_player
from generator.operations.audit.reading import list_deeds
from generator.operations.audit.trail import open_trail
from generator.operations.backfilling.loading import load
from generator.operations.backfilling.past_board import read_past_board
from generator.operations.corrections.correction import Correction
from generator.operations.corrections.counting import count_correction
from generator.operations.following import PutBack, follow
from generator.operations.players import deciding
from generator.operations.players.erasing import erase
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.players.showing import show_player
from generator.operations.ranks.rebuilding import rebuild_when_free
from generator.operations.redrives.putting_back import redrive_dead_letters, redrive_rejected
from generator.operations.rejections import list_rejections
from generator.operations.replays import replaying
from generator.operations.replays.replaying import Replay
from generator.operations.replays.windows import find_window
from generator.operations.running_board import RunningBoard
from runtime import aws, config, rebuilder, simulator
from runtime.config import BoardConfig
from runtime.domain.activity import make_id
from runtime.domain.events import WINDOW_CLOSED
from runtime.domain.instants import DAY
from runtime.dynamodb.aggregates import read_player
from runtime.dynamodb.decisions import Decisions
from runtime.dynamodb.items import outbox_item
from runtime.lifecycle.assembling.steps import run_step
from runtime.lifecycle.sorted_reading import read_sorted
from runtime.processor import process
from tests.operations.managed import MemoryFiles
from tests.runtime.assembled.assembler import list_calls
from tests.runtime.boards import NOW, item, message
from tests.runtime.world import World
from tests.support.executors import use_one_thread
from tests.support.lambda_context import CONTEXT


class Life:
    """A board that lives in a world, as its producers, its functions and its operators make it live."""

    def __init__(
        self, world: World, monkeypatch: pytest.MonkeyPatch, kms_keys: Mapping[str, str] | None = None
    ) -> None:
        """`monkeypatch` gives the functions their time, their clients, and ids that are the same each time.

        `kms_keys` are the ARNs of the keys `old` and `new`, where they must exist.
        """
        self.world = world
        self.now = NOW
        self.numbers = count()
        self._kms_keys = kms_keys or {}
        self._read_of_stream = 0
        world.aws.clock = lambda: self.now
        queues = world.aws.queues
        self.queue, self.dead_letters = queues["activities"], queues["activities-dead-letters"]
        self.sqs = world.aws.client("sqs")
        self._patch(monkeypatch)
        tables = world.activities, world._table("marks")
        urls = self.queue.url, self.dead_letters.url
        self.running = RunningBoard(*tables, self.sqs, *urls, "eu-central-1", now=lambda: self.now)
        self.running = replace(self.running, client=world.aws.client)

    def kms_key(self, name: str) -> str:
        """The ARN of the board's KMS key of that name."""
        return self._kms_keys.get(name, name)

    def be_deployed(self, config: BoardConfig, key: str | None = None) -> None:
        """Start the functions with another board, or another KMS key."""
        self.world.deploy(config, key)

    def write(self, *items: dict[str, Any]) -> None:
        """Write activities, as producers do, and let the pipe carry them to the queue."""
        for each in items:
            self.world.activities.put(each)
        self.carry()

    def kill(self, *players: str, **fields: Any) -> None:
        """Let players make a kill each."""
        self.write(*(item(player, at=self.now, number=next(self.numbers), **fields) for player in players))

    def carry(self) -> None:
        """Carry what is new in the stream of the activities to the queue, as the pipe does: inserted items only."""
        stream = self.world.aws.tables["activities"].stream
        fresh = [record for record in stream[self._read_of_stream :] if record["eventName"] == "INSERT"]
        self._read_of_stream = len(stream)
        for first in range(0, len(fresh), 10):
            entries = [
                {"Id": str(number), "MessageBody": json.dumps(record)}
                for number, record in enumerate(fresh[first : first + 10])
            ]
            self.sqs.send_message_batch(QueueUrl=self.queue.url, Entries=entries)

    def process(self) -> None:
        """Let the processor work until the queue is empty, as Lambda calls it."""
        while True:
            answer = self.sqs.receive_message(
                QueueUrl=self.queue.url,
                MaxNumberOfMessages=10,
                MessageSystemAttributeNames=["ApproximateReceiveCount"],
            )
            if not (received := answer.get("Messages")):
                return
            batch = [{"messageId": each["MessageId"], "body": each["Body"]} for each in received]
            world = self.world
            result = process(batch, world.config, world.window_store, world.aggregates, world.heartbeats, self.now)
            done = [each["ReceiptHandle"] for each in received if each["MessageId"] not in result.failed]
            entries = [{"Id": str(number), "ReceiptHandle": handle} for number, handle in enumerate(done)]
            if not entries:
                return
            self.sqs.delete_message_batch(QueueUrl=self.queue.url, Entries=entries)

    def run(self, task: str = "rebuild") -> dict[str, Any]:
        """Run the rebuilder's handler."""
        return rebuilder.handler({"task": task}, CONTEXT)

    def read(self) -> None:
        """Ask the API everything."""
        world, api, now = self.world, self.world.api, self.now
        as_of = world.page(now)["as_of"]
        if as_of is not None:
            world.page(now, as_of=as_of)
        for kind in world.config.windows:
            world.page(now, window=kind.every)
        api.friends({"ids": "ann,bob"}, now)
        for segment in api.segments({}, now).body["segments"]:
            for each in segment["values"]:
                world.page(now, segment=f"{segment['name']}:{each['value']}")
        api.windows(now)
        states = world.window_store.read_all()
        read_player(world.table, [state.window for state in states], "ann")
        for state in states:
            with read_sorted(world.config, world.table, [state], Decisions()) as lines:
                assert all(lines)

    def pass_by(self, time: int, *, every: int) -> None:
        """Let time pass, in steps of `every` milliseconds."""
        for _ in range(time // every):
            self.now += every
            self.run("watch")
            self.run()
            self.carry()
            self.process()

    def redrive(self) -> None:
        """Put everything back that was rejected or is a dead letter, of which there is one at least."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = self.sqs.get_queue_attributes(QueueUrl=self.dead_letters.url, AttributeNames=names)["Attributes"]
        assert any(map(int, counts.values()))
        self._age_rejection()
        put_back = PutBack()
        with open_trail(self.running).deed("redrive", {"from": "rejected"}, player="ann") as deed:
            deed.outcome({})
        assert forget_player(self.running.marks, "ann") == 1
        list(redrive_rejected(self.running, list_rejections(self.running.marks, self.now), put_back))
        list(redrive_dead_letters(self.running, put_back))
        assert next(follow(self.running, put_back, seconds=0)).unknown

    def correct(self, *numbers: int, player: str = "ann", window: str = "all_time", reopen: bool = False) -> None:
        """Set the score of a player to some numbers one after another, as an operator does."""
        name = self.world.config.columns[0].name
        for number in numbers:
            erased_until = show_player(self._managed(), player, 1).erased_until
            asked = Correction(player, "set", {name: number}, (window,), "ticket", erased_until)
            assert count_correction(self._managed(), asked, reopen=reopen)[1]
        list(rebuild_when_free(self._managed().rebuild))

    def backfill(self) -> None:
        """Load an activity of the past twice."""
        past = read_past_board(self.world.config, self.running, "aggregates")
        draft = DraftActivity("gus", make_id(self.now - 99 * DAY, 7), "kill")
        for _ in range(2):
            list(load(self.running, past, [draft], 100, PutBack()))
        self.carry()

    def manage_players(self, limit: int = 3) -> None:
        """Show, hide, rename, restore and erase bob, as an operator does, with ann's dead letter beside bob's."""
        managed = self._managed()
        show_player(managed, "bob", limit)
        deciding.hide(managed, "bob", None)
        deciding.rename(managed, "bob", "Player 7", "an abusive name")
        self.run()
        show_player(managed, "bob", limit)
        deciding.restore(managed, "bob", None)
        self.world.table.put(
            outbox_item(WINDOW_CLOSED, [{"id": "x", "top": [{"player_id": "ann"}, {"player_id": "bob"}]}])
        )
        self.world.table.put(outbox_item(WINDOW_CLOSED, [{"id": "y", "player_id": "bob"}]))
        list(erase([managed], self.world.activities, "bob", ["Bobby"], lambda seconds: None))
        assert list(list_deeds(self.running.marks))

    def _managed(self) -> ManagedBoard:
        world = self.world
        files = MemoryFiles(world)
        return ManagedBoard(
            "kills", world.config, self.running, world.table, world.bucket, files, self.run, counts_exactly=True
        )

    def replay(self, window: str) -> None:
        """Compare, swap, undo and swap again, as an operator does."""
        managed = replace(self._managed(), config=self.world.config)

        def begin() -> Replay:
            return Replay(managed, find_window(managed, window), 10**9, lambda seconds: None)

        with patch.object(replaying, "find_players", lambda activities, window: iter([["ann", "bob", "eve"]])):
            list(begin().compare())
            list(begin().swap(accept_missing=False))
            begin().undo()
            list(begin().swap(accept_missing=False))

    def _age_rejection(self) -> None:
        """Let one rejection be as an older bundle has written it, without a token."""
        marks = self.running.marks
        item = marks.get(next(iter(list_rejections(marks, self.now))).key)
        assert item is not None
        marks.put({name: value for name, value in item.items() if name != "rejection"})

    def assemble(self) -> None:
        """Let the assemblies that were started be done; the state machine knows nothing of it."""
        for name, execution in self.world.aws.step_functions.executions.items():
            for step, number in list_calls(execution.input):
                run_step(self.world.config, self.world.table, self.world.bucket, name, step, number)

    def simulate(self) -> None:
        """Let the simulator write some activities."""
        simulator.handler({"activities": 5, "seconds": 1e-9, "seed": 1}, CONTEXT)
        self.carry()

    def make_dead_letter(self) -> None:
        """Let a message become a dead letter that the processor can work on now."""
        body = message(item("fay", at=self.now, number=next(self.numbers)))["body"]
        self.sqs.send_message(QueueUrl=self.queue.url, MessageBody=body)
        for _ in range(self.queue.max_receives + 1):
            self.sqs.receive_message(QueueUrl=self.queue.url, MaxNumberOfMessages=10, VisibilityTimeout=0)

    def _patch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        use_one_thread(monkeypatch)
        client = self.world.aws.client("dynamodb")
        monkeypatch.setattr(aws, "events", lambda: self.world.event_bus)
        monkeypatch.setattr(aws, "dynamodb", lambda: client)
        monkeypatch.setattr(config, "load_board", lambda: self.world.config)
        monkeypatch.setattr("runtime.clock.now", lambda: self.now)
        monkeypatch.setattr(rebuilder, "_rebuilder", lambda: self.world.rebuilder(self.now))
        monkeypatch.setenv("ACTIVITIES_TABLE", "activities")
        monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "arcade")
        # Secrets and random ids are other ones each time: here they are counted, so that a seed replays.
        monkeypatch.setattr("secrets.token_hex", lambda size: f"{next(self.numbers):0{2 * size}x}")
        monkeypatch.setattr("secrets.randbits", lambda bits: next(self.numbers))
        monkeypatch.setattr("secrets.randbelow", lambda most: next(self.numbers) % most)
        system = SimpleNamespace(getrandbits=lambda bits: next(self.numbers))
        monkeypatch.setattr("random.SystemRandom", lambda: system)
