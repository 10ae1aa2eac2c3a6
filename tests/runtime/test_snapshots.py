"""Snapshots: published as a whole, never replaced by an older one, and removed only when nobody can read them."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from botocore.exceptions import ClientError

from runtime.api import respond
from runtime.config import WindowKind
from runtime.domain.instants import DAY, rfc3339
from runtime.dynamodb.lease import Lease, LeaseHeldError
from runtime.queries import ProblemError
from runtime.s3 import rank_files, snapshots
from runtime.s3.ranks import base_writer, sizes
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World
from tests.support.memory_aws import Call
from tests.support.memory_aws.errors import error
from tests.support.memory_aws.interceptors import BUCKET_WRITES, fail_after, only


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "BLOCK", 4)


def test_a_rebuild_that_changes_nothing_moves_only_the_time() -> None:
    world = World()
    world.play("ann")
    quiet = NOW + 200_000
    first = world.rebuild(quiet)
    files = set(world.aws.bucket.objects)
    answer = world.api.leaderboard({}, NOW)
    # As long as the newest snapshot is fresh, there is nothing to write at all.
    assert not world.rebuild(quiet + 299_999).published
    assert set(world.aws.bucket.objects) == files
    second = world.rebuild(quiet + 300_000)
    assert second.snapshot.ranks == first.snapshot.ranks
    assert set(world.aws.bucket.objects) == files
    again = world.api.leaderboard({}, NOW)
    assert again.content_hash == answer.content_hash
    response = respond(again, world.config, f'"x", W/"{answer.content_hash}"')
    assert (response.status_code, response.body) == (304, None)
    assert response.headers["As-Of"] == "2026-11-24T00:08:20.000Z"
    world.play("bob", at=quiet + 300_001)
    world.rebuild(quiet + 300_002)
    assert world.api.leaderboard({}, NOW).content_hash != answer.content_hash


def test_a_rebuild_that_dies_anywhere_leaves_the_old_snapshot() -> None:
    world = World()
    world.play(*(f"p{n}" for n in range(9)))
    world.rebuild(NOW + 1)
    old = world.page(limit="100")
    for deadline in range(100):
        world.play("p3")
        world.aws.before = only(fail_after(deadline), *BUCKET_WRITES)
        try:
            world.rebuild(NOW + 2 + deadline)
        except Exception:  # the point is what is left behind
            assert world.page(limit="100") == old
        else:
            assert world.page(limit="100")["entries"][0]["score"] == 10 * (deadline + 2)
            assert deadline > 5
            return
    raise AssertionError("no rebuild came through")


def test_the_newest_snapshot_can_be_pinned_though_later_rebuilds_died_before_the_pointer_moved() -> None:
    world = World()
    world.play("ann")
    world.rebuild(NOW)
    as_of = world.page()["as_of"]
    world.die_at(snapshots.POINTER)
    world.play("ann")
    with pytest.raises(ClientError, match="InternalError"):
        world.rebuild(NOW + 1)
    late = NOW + 3_600_000
    old = world.page(late)["entries"]
    assert world.page(late, as_of=as_of)["entries"] == old
    # The dead rebuild's snapshot was shown to nobody, so nobody can pin it, though its file lies there.
    for later in (NOW + 2, late):
        with pytest.raises(ProblemError, match="can no longer be read"):
            world.page(later, as_of=rfc3339(NOW + 1))
    # It never replaced the one before. Only now it is replaced, and stays for ten minutes.
    world.aws.unhook()
    world.rebuild(late)
    world.snapshots.sweep(late, 30)
    assert world.page(late + 600_000, as_of=as_of)["entries"] == old
    with pytest.raises(ProblemError, match="can no longer be read"):
        world.page(late + 600_001, as_of=as_of)


def test_a_slower_rebuild_that_began_earlier_does_not_undo_a_newer_one() -> None:
    world = World()
    world.play("ann")
    world.overtake_next_rebuild(at=NOW + 20)
    assert not world.rebuild(NOW + 10).published
    assert world.page()["entries"][0]["score"] == 20


def test_the_sweep_removes_only_what_nobody_can_read() -> None:
    world = World()
    for minute in range(40):
        world.play("ann", at=NOW + minute * 60_000)
        world.rebuild(NOW + minute * 60_000)
    end = NOW + 39 * 60_000
    assert world.snapshots.sweep(end, 30) > 0
    history = [key for key in world.aws.bucket.objects if key.startswith(snapshots.HISTORY)]
    # Those that were replaced in the last 32 minutes and 30 seconds, and the newest.
    assert len(history) == 34
    for key in history:
        for ranked in json.loads(world.aws.bucket.objects[key].body)["windows"]:
            assert f"{ranked['prefix']}top" in world.aws.bucket.objects
    # Their files stay for longer than readers can pin them, and the pointer names no more than those who can.
    for minute in range(40):
        at, pinned = NOW + minute * 60_000, {"as_of": rfc3339(NOW + minute * 60_000)}
        if minute < 28:
            with pytest.raises(ProblemError, match="can no longer be read"):
                world.page(end, **pinned)
        else:
            assert world.page(end, **pinned)["entries"][0]["score"] == 10 * (minute + 1), at
    assert len(json.loads(world.aws.bucket.objects[snapshots.POINTER].body)["replaced"]) == 12
    before = world.page()
    assert world.snapshots.sweep(end + 2 * 3_600_000, 30) > 0
    assert world.page() == before
    assert len([key for key in world.aws.bucket.objects if key.startswith(snapshots.HISTORY)]) == 1
    newest = world.snapshots.read_newest()
    assert newest is not None
    files = [key for key in world.aws.bucket.objects if key.startswith(rank_files.ROOT)]
    assert {base_writer.prefix_of(key) for key in files} == newest.prefixes


def test_activities_that_arrive_just_after_the_end_still_show() -> None:
    world = World(board(decimals=0, windows=(WindowKind("day", grace_seconds=600),)))
    world.play("ann")
    world.rebuild(NOW + DAY - 1)
    assert not world.put(item("ann", at=NOW + DAY - 1, number=99), written=NOW + DAY + 60_000).failed
    world.rebuild(NOW + DAY + 120_000)
    assert world.page(now=NOW + DAY + 120_000, window="2026-11-24")["entries"][0]["score"] == 20


@pytest.mark.parametrize("code", ["ConditionalRequestConflict", "NoSuchKey"])
def test_a_pointer_that_moves_or_goes_away_meanwhile_is_read_again(code: str) -> None:
    world = World()
    world.play("ann")
    world.rebuild(NOW + 1)

    def interfere(call: Call) -> None:
        if (key := call.request["Key"]) == snapshots.POINTER:
            world.aws.unhook()
            if code != "NoSuchKey":
                raise error(code, call.operation)
            del world.aws.bucket.objects[key]

    world.play("bob")
    world.aws.before = only(interfere, *BUCKET_WRITES)
    assert world.rebuild(NOW + 2).published
    assert world.page()["as_of"] == "2026-11-24T00:00:00.002Z"


def move_key(world: World) -> None:
    """Make two snapshots under one key, then deploy another key."""
    world.deploy(world.config, "old")
    world.play(*(f"p{n}" for n in range(9)))
    world.rebuild(NOW + 1)
    world.play("p1")
    world.rebuild(NOW + 2)
    assert set(world.aws.bucket.kms_keys().values()) == {"old"}
    world.deploy(world.config, "new")


def find_keys(world: World) -> dict[str, str | None]:
    """The key of each object that the newest snapshot refers to, and of the pointer."""
    newest = world.snapshots.read_newest()
    assert newest is not None
    prefixes = tuple(ranks.prefix for ranks in newest.ranks)
    return {
        name: key
        for name, key in world.aws.bucket.kms_keys().items()
        if name.startswith((*prefixes, snapshots.POINTER))
    }


def test_another_key_takes_over_every_file_that_the_snapshot_refers_to() -> None:
    world = World()
    move_key(world)
    content = world.aws.bucket.bodies()
    old = world.page(limit="100")
    world.rebuild(NOW + 3)
    assert set(find_keys(world).values()) == {"new"}
    assert len(find_keys(world)) > 5
    # Nothing changed but the time, so no file was written anew.
    assert {name: world.aws.bucket.objects[name].body for name in content if "ranks" in name} == {
        name: data for name, data in content.items() if "ranks" in name
    }
    assert world.page(limit="100") == old | {"as_of": "2026-11-24T00:00:00.003Z"}
    world.aws.calls.clear()
    world.rebuild(NOW + 4)
    writes = [call.request["Key"] for call in world.aws.calls if call.operation in BUCKET_WRITES]
    assert writes
    assert [name for name in writes if name.startswith(rank_files.ROOT)] == []


def test_a_rebuild_that_dies_while_the_key_moves_is_done_again() -> None:
    for deadline in range(100):
        world = World()
        move_key(world)
        world.aws.before = only(fail_after(deadline), *BUCKET_WRITES)
        try:
            world.rebuild(NOW + 3)
        except Exception:  # the point is what is left behind
            world.aws.unhook()
            assert world.page()["as_of"] == "2026-11-24T00:00:00.002Z"
            world.rebuild(NOW + 4)
            assert set(find_keys(world).values()) == {"new"}
        else:
            assert deadline > 5
            return
    raise AssertionError("no rebuild came through")


@pytest.mark.parametrize("deadline", [1, 2, 5])
def test_a_board_that_goes_back_while_its_key_moves_has_every_file_under_the_old_key(deadline: int) -> None:
    world = World()
    move_key(world)
    world.aws.before = only(fail_after(deadline), *BUCKET_WRITES)
    with pytest.raises(ClientError, match="InternalError"):
        world.rebuild(NOW + 3)
    world.aws.unhook()
    world.deploy(world.config, "old")
    world.rebuild(NOW + 4)
    assert set(find_keys(world).values()) == {"old"}


def test_the_key_moves_under_the_lease() -> None:
    world = World()
    move_key(world)
    settled = [world.rebuild(NOW + minute * 60_000).settled for minute in range(1, 10)]
    assert settled[-1]
    world.deploy(world.config, "newer")
    Lease(world.table, 60).take(NOW + 600_000)
    with pytest.raises(LeaseHeldError):
        replace(world.rebuilder(NOW + 600_000), lease=Lease(world.table, 60)).rebuild()


def test_a_snapshot_that_names_no_key_is_moved_too() -> None:
    world = World()
    world.play("ann")
    world.rebuild(NOW + 1)
    stored = json.loads(world.aws.bucket.objects[snapshots.POINTER].body)
    del stored["key"]
    world.aws.bucket.write(snapshots.POINTER, json.dumps(stored).encode())
    world.deploy(world.config, "new")
    world.rebuild(NOW + 2)
    assert set(find_keys(world).values()) == {"new"}


def test_files_that_s3_keeps_are_told_of() -> None:
    world = World()
    for number in range(1500):
        world.aws.bucket.write(f"{number}", b"")
    world.aws.bucket.undeletable = {"7", "1400"}
    with pytest.raises(RuntimeError, match="keeps 2 of 1500 files, the first with AccessDenied"):
        world.bucket.delete(list(world.aws.bucket.objects))
    assert world.aws.bucket.objects.keys() == {"7", "1400"}
