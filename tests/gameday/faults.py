"""What is broken on a game day, one thing after the other: who breaks it, which alarms go off, and what mends it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace

from generator.local.local_bundle import generate_local_bundle
from generator.local.reporter import Reporter
from tests.end_to_end.deployed import wait_until
from tests.end_to_end.storm import begin_pipe_again, without_writing
from tests.end_to_end.watched_game import WatchedGame
from tests.gameday.throttling import throttled

SECONDS = 120.0
"""Seconds that something may take on a machine that has much else to do."""

BUG = b"\n\ndef handler(event, context):\n    raise RuntimeError('a bug of the new version')\n"
"""What a new version's processor does with every batch."""


@dataclass(frozen=True)
class Fault:
    """One thing that breaks."""

    name: str
    happens: str
    """What happens, in a sentence without a full stop."""
    breaks: Callable[[WatchedGame], AbstractContextManager[None]]
    """Breaks it inside the block. The end of the block is what a person applies to mend the cause."""
    mended: str
    """What that is."""
    alarms: frozenset[str]
    """The alarms that are on then, and no other is."""
    steps: int = 1
    """Watches of the board, five minutes apart, for which it stays broken."""
    until_well: int = 2
    """Watches after which all alarms have ended."""


@contextmanager
def stop_pipe(game: WatchedGame) -> Iterator[None]:
    """Stop the pipe, as a person can in the console. Starts it in the end if nobody has."""
    pipe = game.stack.boards[game.name].pipe
    pipe.stop()
    pipe.join(SECONDS)
    try:
        yield
    finally:
        if not game.stack.boards[game.name].pipe.is_alive():
            begin_pipe_again(game.stack, game.name, Reporter())


@contextmanager
def deploy_a_bug(game: WatchedGame) -> Iterator[None]:
    """Deploy a processor that throws at every batch."""
    own = generate_local_bundle(game.stack.boards[game.name].board)["lambda/board.zip"]
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(own)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            new.writestr(entry, old.read(entry) + (BUG if entry.filename == "runtime/processor.py" else b""))
    game.deploy_archive(made.getvalue())
    try:
        yield
    finally:
        game.deploy_archive(own)


@contextmanager
def deploy_other_rules(game: WatchedGame) -> Iterator[None]:
    """Deploy a bundle whose rules mean other numbers than those that are stored."""
    first = game.config
    (own,) = first.columns
    game.deploy_code(replace(first, columns=(replace(own, name="other"),)))
    try:
        yield
    finally:
        game.deploy_code(first)


@contextmanager
def deny_bucket(game: WatchedGame) -> Iterator[None]:
    """Let the bucket's policy deny every read."""
    s3, bucket = game.stack.aws.client("s3"), game.stack.boards[game.name].deployment.bucket
    own = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    policy = json.loads(own)
    denied = {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
    s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(policy | {"Statement": [*policy["Statement"], denied]}))
    try:
        yield
    finally:
        s3.put_bucket_policy(Bucket=bucket, Policy=own)


@contextmanager
def disable_schedule(game: WatchedGame) -> Iterator[None]:
    """Disable the schedule that rebuilds the board."""
    game.set_schedule("DISABLED")
    try:
        yield
    finally:
        game.set_schedule("ENABLED")


@contextmanager
def send_poison(game: WatchedGame) -> Iterator[None]:
    """Send what is no activity to the queue."""
    queue = game.stack.boards[game.name].deployment.queue_url
    game.stack.aws.client("sqs").send_message(QueueUrl=queue, MessageBody="poison")
    wait_until(lambda: game.count_in("activities-dead-letters") == 1, SECONDS)
    yield


LOST = frozenset(("activities-dead-letters", "processing-errors"))
"""The alarms on whatever the processor cannot process."""

FAULTS = (
    Fault(
        "stopped-pipe",
        "somebody has stopped the pipe",
        stop_pipe,
        "the pipe runs",
        frozenset(("oldest-activity",)),
        steps=3,
    ),
    Fault(
        "throwing-processor",
        "a new version of the processor throws",
        deploy_a_bug,
        "the version before is applied",
        LOST,
    ),
    Fault(
        "missing-permission",
        "the processor's role may not put items",
        without_writing,
        "the role's policy is applied again",
        LOST,
    ),
    Fault(
        "throttled-table",
        "DynamoDB throttles the aggregates table",
        lambda game: throttled(game, "aggregates"),
        "DynamoDB throttles it no more",
        LOST | {"schedule-dead-letters", "throttles"},
    ),
    Fault(
        "denied-bucket",
        "the bucket's policy denies every read",
        deny_bucket,
        "the bucket's policy is applied again",
        frozenset(("api-errors", "oldest-activity", "schedule-dead-letters")),
        steps=4,
    ),
    Fault(
        "schedule-off",
        "the schedule of the rebuilds is disabled",
        disable_schedule,
        "the schedule is enabled",
        frozenset(("snapshot-age",)),
        # The last snapshot is of some moments after the first step began: at the fourth it is not yet 15 minutes old.
        steps=5,
    ),
    Fault("poison", "a message is no activity", send_poison, "nothing sends such a message any more", LOST),
    Fault(
        "wrong-bundle",
        "a bundle with other rules is applied",
        deploy_other_rules,
        "the rules before are applied",
        LOST | {"schedule-dead-letters"},
    ),
)
"""Every fault, in the order of the day."""
