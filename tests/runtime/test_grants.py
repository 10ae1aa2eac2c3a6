"""A grant is an operator's alone: nobody else makes a proof, and made-up claims cost one read of a batch."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.domain.activity import CLAIM, CLAIM_LIFE, MARK_LIFE, MAX_BACKFILLED, MAX_BEHIND, StreamRecord, make_id
from runtime.domain.instants import DAY
from runtime.dynamodb.decisions import TOMBSTONE_LIFE
from runtime.dynamodb.grants import Grant, Grants
from runtime.dynamodb.items import decided_at, mark_item
from runtime.processor import BatchResult
from tests.runtime.boards import NOW, board, item, message
from tests.runtime.world import PLAIN, World, process_messages
from tests.support.effort import examples
from tests.support.memory_aws import Call

OLD = NOW - 100 * DAY


@pytest.fixture
def world() -> World:
    return World()


def make_grant(world: World) -> Grant:
    return Grants(world._table("marks"), PLAIN).make(NOW)


def put(world: World, *items: dict[str, Any], written: int = NOW) -> BatchResult:
    """Process items in a processor that has just started."""
    messages = [message(each, str(number), written) for number, each in enumerate(items)]
    return process_messages(world.aws, messages, world.config, written)


def test_an_activity_of_last_year_counts_by_a_grant(world: World) -> None:
    grant = make_grant(world)
    good = [grant.claim(item("ann", at=at)) for at in (OLD, NOW - MAX_BACKFILLED + 999, NOW)]
    over = grant.claim(item("bob", at=NOW - MAX_BACKFILLED - 1000))
    result = put(world, *good, over)
    assert (result.counts["Counted"], result.reasons) == (3, {"too_old": 1})
    [rejected] = [row for (partition, _), row in world.aws.tables["marks"].items() if partition.startswith("#rejected")]
    assert rejected["detail"]["S"] == "the activity's time is over 365 days behind when it was written"


def test_a_number_is_the_same_in_every_spelling(world: World) -> None:
    """DynamoDB gives back 1.50 as 1.5, and 1E3 as 1000."""
    grant, spellings = make_grant(world), {"1.50": "1.5", "1E3": "1000", "0.0": "0", "-0": "0"}
    for number, (written, read) in enumerate(spellings.items()):
        claimed = grant.claim(item("ann", at=OLD, number=number) | {"damage": {"N": written}})
        assert put(world, claimed | {"damage": {"N": read}}).counts["Counted"] == 1
    digits = "1234567890" * 3 + "12345678"
    claimed = grant.claim(item("ann", at=OLD, number=9) | {"damage": {"N": digits}})
    assert put(world, claimed | {"damage": {"N": digits[:-1] + "9"}}).reasons == {"too_old": 1}


TEXTS = st.text(max_size=8)
VALUES = st.one_of(
    TEXTS.map(lambda text: {"S": text}),
    st.integers(-999, 999).map(lambda number: {"N": str(number)}),
    st.booleans().map(lambda value: {"BOOL": value}),
)
ITEMS = st.fixed_dictionaries(
    {"player_id": st.sampled_from(["ann", "bob"]).map(lambda name: {"S": name}), "type": st.just({"S": "kill"})},
    optional={"damage": VALUES, "mode": VALUES, "name": VALUES, "expires_at": VALUES, CLAIM: VALUES},
)


@given(ITEMS, ITEMS, st.integers(0, 3), st.integers(0, 3), st.data())
@examples(200)
def test_a_proof_is_good_for_its_item_alone(
    first: dict[str, Any], second: dict[str, Any], one: int, other: int, data: st.DataObject
) -> None:
    """Whatever somebody makes of what was written, by any grant that he knows or none: only that item has the grant."""
    grant = Grant("a" * 32, "secret", NOW)
    own = Grant(
        data.draw(st.sampled_from(["a", "b"])) * 32, data.draw(TEXTS.filter(lambda text: text != "secret")), NOW
    )
    before = {**first, "activity_id": {"S": make_id(OLD, one)}}
    after = {**second, "activity_id": {"S": make_id(OLD, other)}}
    claim = data.draw(
        st.one_of(
            st.just(grant.claim(before)[CLAIM]),
            st.just(own.claim(after)[CLAIM]),
            st.from_regex("[0-9a-f]{32}:[0-9a-f]{64}", fullmatch=True).map(lambda text: {"S": text}),
            st.just({"S": f"{grant.id}:{data.draw(TEXTS)}"}),
        )
    )
    forged = {**after, CLAIM: claim}
    record = read(forged)
    same = {name: value for name, value in before.items() if name != CLAIM} == {
        name: value for name, value in after.items() if name != CLAIM
    }
    assert grant.covers(record) == (same and claim == grant.claim(before)[CLAIM])
    assert not grant.covers(record._replace(written=NOW + 1))


def read(image: dict[str, Any]) -> StreamRecord:
    """The record of an item that was written at NOW."""
    return StreamRecord(image["player_id"]["S"], image["activity_id"]["S"], NOW, image)


def test_made_up_claims_cost_one_read_of_a_batch(world: World) -> None:
    make_grant(world)
    queries: list[Any] = []

    def note(call: Call, carry_out: Any) -> Any:
        if call.operation == "query" and call.request["TableName"] == "marks":
            queries.append(call.request)
        return carry_out()

    world.aws.intercept = note
    made_up = [item("ann", at=OLD, number=each) | {CLAIM: {"S": f"{each:032x}:{each:064x}"}} for each in range(20)]
    assert put(world, *made_up).reasons == {"too_old": 20}
    assert len(queries) == 1
    put(world, item("ann"), item("bob") | {CLAIM: {"S": "rubbish"}}, item("cid") | {CLAIM: {"BOOL": True}})
    assert len(queries) == 1, "what claims no grant costs nothing"


def test_a_processor_remembers_the_grants_that_it_has_read(world: World) -> None:
    grant = make_grant(world)
    stores = world.aggregates.grants
    check = stores.make_check()
    assert check(read(grant.claim(item(at=OLD)))).is_granted
    world.aws.intercept = lambda call, carry_out: pytest.fail("it is known already")
    assert stores.make_check()(read(grant.claim(item(at=OLD)))).is_granted


def test_a_board_on_a_feed_has_no_grants() -> None:
    world = World(board(decimals=0, on_feed=True))
    claimed = make_grant(world).claim(item("ann", at=OLD))
    assert put(world, claimed).reasons == {"too_old": 1}


def test_a_mark_lives_for_as_long_as_its_activity_can_come_again() -> None:
    grant = Grant("a" * 32, "secret", NOW)
    young, old, ahead = (item(at=at) for at in (NOW, NOW - 364 * DAY, NOW + 9999 * DAY))

    def life(image: dict[str, Any]) -> int:
        return int(mark_item(read(image), "counted", NOW)["expires_at"]["N"]) * 1000 - NOW

    marks = [mark_item(read(image), "counted", NOW) for image in (young, old, *map(grant.claim, (young, old)))]
    assert {decided_at(mark) for mark in marks} == {NOW}
    assert life(young) == life(old) == MARK_LIFE
    assert life(grant.claim(young)) == CLAIM_LIFE
    assert life(grant.claim(old)) == MARK_LIFE
    assert life(grant.claim(ahead)) == CLAIM_LIFE, "whatever time a game server makes up"
    assert life({**old, "activity_id": {"S": "x"}, CLAIM: grant.claim(old)[CLAIM]}) == MARK_LIFE
    assert MAX_BACKFILLED + MAX_BEHIND < CLAIM_LIFE < TOMBSTONE_LIFE
