"""What the pipe gave up comes back, from the stream or from the table, and counts once wherever the redrive dies."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from generator.operations.following import PutBack
from generator.operations.redrives.pipe import redrive_pipe
from generator.operations.redrives.putting_back import MESSAGE_BYTES, RedriveCounts
from generator.operations.redrives.receiving import HIDDEN_SECONDS, delete, receive_all
from runtime.domain.instants import DAY
from tests.operations.game import BOARDS, LATER, Game
from tests.operations.lost import SHARD, Lost
from tests.runtime.boards import NOW, item
from tests.support.executors import use_one_thread
from tests.support.memory_aws import Call
from tests.support.memory_aws.sqs import Chooser

PLAYERS = ("ann", "bob", "cid", "dan", "eve")


class Death(BaseException):
    """Stands for the death of the program at this point."""


@pytest.fixture(params=list(BOARDS))
def game(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Game:
    """A board of each kind of storage."""
    use_one_thread(monkeypatch)
    return Game(replace(BOARDS[request.param], ignore=("chat",)))


def redrive(lost: Lost, put_back: PutBack | None = None) -> RedriveCounts:
    """Redrive to the end."""
    *_, done = redrive_pipe(lost.running, put_back, ("chat",))
    return done


def give_up_some(game: Game) -> Lost:
    """Five players made a kill each, and one a second: of two letters the stream has the second only."""
    lost = Lost(game)
    lost.write(*(item(player, number=number) for number, player in enumerate(PLAYERS)))
    probe = item("#probe-1", number=90, type="#probe")
    lost.write(probe, {**probe, "type": {"S": "#other"}})
    lost.write(item("ann", number=50))
    # What has come through before: another kill of Bob's, and one that was rejected.
    through = [item("bob", number=70), item("bob", number=71, type="nonsense")]
    lost.write(item("ann", number=72, type="chat"), *through)
    game.world.put(*through)
    lost.give_up(0, 1)
    lost.give_up(2, 7)
    lost.trimmed = 2
    return lost


def check(game: Game, lost: Lost) -> None:
    """Nothing is lost, and nothing counts twice."""
    game.process_queue()
    best = game.config.aggregate == "best"
    twice = 10 if best else 20
    assert game.scores() == {"ann": twice, "bob": twice, "cid": 10, "dan": 10, "eve": 10}
    assert lost.letters.messages == []


def test_what_the_stream_has_comes_back_and_the_rest_from_the_table(game: Game) -> None:
    lost, put_back = give_up_some(game), PutBack()
    done = redrive(lost, put_back)
    # cid, dan, eve and Ann's second from the stream; then from the table what else has no mark.
    unmarked = 6 if game.config.aggregate == "sum" else 7
    assert done == RedriveCounts(sent=unmarked, searched=1)
    assert put_back.total == unmarked
    sent = [json.loads(body)["dynamodb"] for body in game.queue.bodies]
    assert [each["Keys"]["player_id"]["S"] for each in sent][:4] == ["cid", "dan", "eve", "ann"]
    assert [each["Keys"]["player_id"]["S"] for each in sent].index("#probe-1") == len(sent) - 1, "probes go last"
    assert {each["ApproximateCreationDateTime"] for each in sent} == {NOW // 1000}
    check(game, lost)
    assert redrive(lost) == RedriveCounts()


def run_and_die(game: Game, lost: Lost, number: int, when: str) -> bool:
    """Redrive, and die before or after a call. False where there are fewer calls."""
    made = 0

    def intercept(call: Call, carry_out: Callable[[], Any]) -> Any:
        nonlocal made
        made += 1
        if made == number and when == "before":
            raise Death
        try:
            return carry_out()
        finally:
            if made == number and when == "after" and call.is_write:
                raise Death

    game.aws.intercept = intercept
    try:
        redrive(lost)
    except Death:
        return True
    finally:
        game.aws.intercept = game.aws.call_hooks
    return False


@pytest.mark.parametrize("processed_between", [False, True])
def test_a_redrive_that_dies_at_any_call_is_completed_by_the_next(game: Game, processed_between: bool) -> None:
    number = 1
    while _die_and_go_on(game, number, "before", processed_between):
        _die_and_go_on(game, number, "after", processed_between)
        number += 1
    assert number > 25, "each call of the redrive was one to die at"


def _die_and_go_on(game: Game, number: int, when: str, processed_between: bool) -> bool:
    """Redrive, die at a call, and redrive to the end. False where the first redrive did not die."""
    trial = Game(game.config)
    lost = give_up_some(trial)
    died = run_and_die(trial, lost, number, when)
    if processed_between:
        trial.process_queue()
    trial.now += HIDDEN_SECONDS * 1000
    redrive(lost)
    check(trial, lost)
    return died


def test_two_redrives_at_once_lose_nothing_and_count_nothing_twice(game: Game) -> None:
    number = 1
    while _redrive_beside_another(game, number):
        number += 1
    assert number > 25


def _redrive_beside_another(game: Game, number: int) -> bool:
    """Redrive, and let another redrive run as a whole before a call. False where there are fewer calls."""
    trial = Game(game.config)
    lost = give_up_some(trial)
    made = 0

    def intercept(call: Call, carry_out: Callable[[], Any]) -> Any:
        nonlocal made
        made += 1
        if made == number:
            trial.now += HIDDEN_SECONDS * 1000  # the first one is slow: its letters are to be had again
            redrive(lost)
            trial.process_queue()
        return carry_out()

    trial.aws.intercept = intercept
    redrive(lost)
    trial.aws.intercept = trial.aws.call_hooks
    trial.now += HIDDEN_SECONDS * 1000
    redrive(lost)
    check(trial, lost)
    return made >= number


def test_an_activity_of_the_table_is_put_back_as_if_written_with_its_letter(game: Game) -> None:
    """Not as of now, when it would be too late or too old; and none that was made after the letter."""
    lost = Lost(game)
    lost.write(item("ann", at=NOW - 2 * DAY), item("bob", at=NOW + DAY, number=1), item("a/b", number=2))
    lost.write(item("cid", at=NOW - 31 * DAY, number=3))
    lost.give_up(0, 0, shardId=SHARD[:-1] + "0")
    assert redrive(lost) == RedriveCounts(sent=1, searched=1)
    (body,) = game.queue.bodies
    change = json.loads(body)["dynamodb"]
    assert (change["Keys"]["player_id"]["S"], change["ApproximateCreationDateTime"]) == ("ann", NOW // 1000)
    game.process_queue(LATER + 13 * DAY)
    assert game.scores(LATER + 13 * DAY) == {"ann": 10}


def test_what_nobody_can_put_back_stays_and_is_told(game: Game) -> None:
    lost = Lost(game)
    large: dict[str, Any] = {f"f{number}": "\x01" * 3000 for number in range(120)}
    lost.write(item("ann", **large), item("bob", number=1))
    lost.give_up(0, 1)
    lost.give_up(1, 1, streamArn="arn:aws:dynamodb:eu-central-1:0:table/other/stream/x")
    lost.give_up(1, 1, endSequenceNumber="1")
    lost.running.sqs.send_message(QueueUrl=lost.letters.url, MessageBody="[]")
    assert redrive(lost) == RedriveCounts(sent=1, too_large=1, unreadable=3)
    assert len(lost.letters.messages) == 4
    assert max(len(body) for body in game.queue.bodies) < MESSAGE_BYTES
    assert redrive(lost) == RedriveCounts(hidden=4)


def test_a_receive_that_brings_nothing_is_not_the_end() -> None:
    """A short poll asks only some of the servers, and a long one may time out."""

    class Hesitant(Chooser):
        asked = 0

        def pick(self, visible: Any, most: int) -> Any:
            self.asked += 1
            return [] if self.asked % 3 else visible[:most]

    game = Game(BOARDS["keeps totals"])
    game.dead_letters.chooser = Hesitant()
    for number in range(25):
        game.send_to_dead_letters(str(number))
    found = [letter.body for some in receive_all(game.running.sqs, game.dead_letters.url) for letter in some]
    assert sorted(map(int, found)) == list(range(25))


def test_a_letter_that_another_redrive_has_taken_is_no_failure() -> None:
    game = Game(BOARDS["keeps totals"])
    game.send_to_dead_letters("{}")
    [[letter]] = receive_all(game.running.sqs, game.dead_letters.url)
    delete(game.running.sqs, game.dead_letters.url, replace(letter, handle="long gone"))
    assert game.dead_letters.bodies == ["{}"]
    with pytest.raises(ClientError, match="NonExistentQueue"):
        delete(game.running.sqs, "https://sqs.invalid/other", letter)
