"""What became of activities that were put back: found by the marks that the real processor leaves."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from generator.cli.operations.redrive_text import describe_fate
from generator.errors import OperationError
from generator.operations import following
from generator.operations.following import Fate, PutBack, follow
from generator.operations.redrives.putting_back import redrive_dead_letters, redrive_rejected
from generator.operations.rejections import list_rejections
from generator.operations.running_board import EMPTY_SECONDS, EMPTY_SECONDS_HERE
from runtime.domain.instants import DAY
from tests.operations.game import BOARDS, LATER, Game
from tests.runtime.boards import item, stream_record

SECONDS = 240


class Watcher:
    """An operator who redrives and waits, while `between` happens from one look to the next."""

    def __init__(self, game: Game, between: Callable[[], object] = lambda: None) -> None:
        self.game = game
        self.between = between
        self.passed = 0.0

    def redrive(self, source: str = "rejected", now: int = LATER) -> list[Fate]:
        """Put everything back. Returns what each look has shown."""
        put_back, running = PutBack(), self.game.running
        if source == "rejected":
            list(redrive_rejected(running, list_rejections(running.marks, now), put_back))
        else:
            list(redrive_dead_letters(running, put_back))
        return list(follow(running, put_back, SECONDS, lambda: self.passed, self.sleep))

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.passed += seconds
        self.between()


@pytest.fixture
def totals() -> Game:
    """A board that keeps totals: it marks what it counts."""
    return Game(BOARDS["keeps totals"])


def test_what_counts_and_what_is_rejected_again_is_told_with_the_reason(totals: Game) -> None:
    totals.world.put(item("ann", type="new_kill"), item("bob", number=1, type="nothing"), item("a/b", number=2))
    totals.add_missing_rule()
    assert Watcher(totals, totals.process_queue).redrive() == [
        Fate(unknown=3),
        Fate(counted=1, rejected={"unknown_type": 1, "bad_player_id": 1}),
    ]


def test_an_activity_rejected_again_on_another_day_has_its_reason(totals: Game) -> None:
    totals.world.put(item("ann", type="new_kill"))
    later = LATER + 2 * DAY
    assert Watcher(totals, lambda: totals.process_queue(later)).redrive(now=later)[-1] == Fate(
        rejected={"unknown_type": 1}
    )


def test_what_stays_in_the_queue_is_not_known(totals: Game) -> None:
    totals.world.put(item("ann", type="new_kill"))
    watcher = Watcher(totals)
    assert set(map(str, watcher.redrive())) == {str(Fate(unknown=1))}
    assert SECONDS - 1 <= watcher.passed <= SECONDS


def test_a_board_that_keeps_one_run_leaves_no_mark_of_what_it_counted() -> None:
    game = Game(BOARDS["keeps one run"])
    game.world.put(item("ann", type="new_kill"), item("bob", number=1, type="nothing"))
    game.add_missing_rule()
    watcher = Watcher(game, game.process_queue)
    *before, fate = watcher.redrive()
    assert fate == Fate(rejected={"unknown_type": 1}, unmarked=1)
    assert before[-1] == Fate(rejected={"unknown_type": 1}, unknown=1)
    # SQS may leave out of its counts what was sent a minute ago, so looks at an empty queue prove nothing before.
    assert watcher.passed >= EMPTY_SECONDS


def test_a_queue_that_seems_empty_and_then_does_not_is_not_empty() -> None:
    game = Game(BOARDS["keeps one run"])
    game.world.put(item("ann", type="new_kill"))
    late = game.queue.messages[:0]

    def count_late() -> None:
        """Leave the message out of the queue's counts until two minutes have passed."""
        if not late and watcher.passed < 120:
            late.extend(game.queue.messages)
            game.queue.messages.clear()
        elif late and watcher.passed >= 120:
            game.queue.messages.extend(late)  # and here it stays
            late.clear()

    watcher = Watcher(game, count_late)
    assert watcher.redrive()[-1] == Fate(unknown=1)


def test_the_counts_of_the_embedded_aws_are_believed_at_once() -> None:
    game = Game(BOARDS["keeps one run"])
    game.running = replace(game.running, empty_seconds=EMPTY_SECONDS_HERE)
    game.world.put(item("bob", type="new_kill"))
    game.add_missing_rule()
    watcher = Watcher(game, game.process_queue)
    assert watcher.redrive()[-1] == Fate(unmarked=1)
    assert watcher.passed < 10


def test_a_dead_letter_that_fails_again_is_dead_again(totals: Game) -> None:
    totals.send_to_dead_letters("no stream record")
    totals.send_to_dead_letters(json.dumps(stream_record(item("ann"))))

    def fail() -> None:
        for body in totals.queue.bodies:
            if not body.startswith("{"):
                totals.send_to_dead_letters(body)
        totals.process_queue()

    assert Watcher(totals, fail).redrive("dead letters") == [Fate(unknown=2), Fate(counted=1, dead=1)]


def test_dead_letters_from_before_are_not_dead_again(totals: Game) -> None:
    totals.send_to_dead_letters("an older one")
    totals.world.put(item("ann", type="new_kill"))
    totals.add_missing_rule()
    assert Watcher(totals, totals.process_queue).redrive()[-1] == Fate(counted=1)


def test_the_same_activity_put_back_twice_is_one(totals: Game) -> None:
    totals.send_to_dead_letters(json.dumps(stream_record(item("ann"))))
    totals.send_to_dead_letters(json.dumps(stream_record(item("ann"))))
    assert Watcher(totals, totals.process_queue).redrive("dead letters")[-1] == Fate(counted=1)


def test_many_are_read_in_parts_and_more_than_can_be_followed_are_unknown(
    totals: Game, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MOST_FOLLOWED", 250)
    for number in range(253):
        totals.send_to_dead_letters(json.dumps(stream_record(item(f"p{number}", number=number))))

    def process_and_fail() -> None:
        totals.process_queue()
        totals.send_to_dead_letters("one more")

    first, second, *_ = Watcher(totals, process_and_fail).redrive("dead letters")
    assert (first, second) == (Fate(unknown=253), Fate(counted=250, dead=1, unknown=2))


def test_a_refusal_of_aws_is_one_sentence(totals: Game) -> None:
    put_back = PutBack()
    put_back.add(None)
    nowhere = replace(totals.running, queue_url="https://sqs.example.com/0/nowhere")
    with pytest.raises(OperationError, match=r"^AWS: .*NonExistentQueue"):
        next(follow(nowhere, put_back, SECONDS))


@pytest.mark.parametrize(
    ("fate", "one_run", "text"),
    [
        (Fate(rejected={"unknown_type": 1}), False, "0 counted, 1 rejected again: unknown_type"),
        (
            Fate(2, {"unknown_type": 3, "late": 1}, 1, 5, 6),
            False,
            "2 counted, 4 rejected again: 1 late and 3 unknown_type, 1 ignored, 5 dead again, 6 on their way",
        ),
        (Fate(unmarked=3), True, "3 counted or ignored"),
    ],
)
def test_the_outcome_in_words(fate: Fate, one_run: bool, text: str) -> None:
    assert describe_fate(fate, one_run, " again") == text
