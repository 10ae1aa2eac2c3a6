"""The search by display name: compared to a scan of all names, what it reads, and a board that begins to search."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import partial

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runtime.config import Segment
from runtime.domain.instants import MINUTE
from runtime.domain.texts import folding
from runtime.queries import MAX_FOUND, ProblemError
from runtime.s3 import rank_files
from runtime.s3.ranks import names, sizes
from tests.runtime.boards import NOW, board, item
from tests.runtime.daily import DAILY, seal
from tests.runtime.object_reads import list_reads
from tests.runtime.world import World
from tests.support.effort import examples

pytestmark = pytest.mark.usefixtures("one_thread")
SEARCHED = board(decimals=0, search_names=True)
COUNTRY = Segment("country", "country", "Country")
NAMES = st.text("aAäÄ\u0308bBłŁß ıİ한하\u200b\u202e<'か\u3099ﬁ9\U0001f389", min_size=1, max_size=5)
FOLDED_BY_HAND = {"Ä": "a", "ä": "a", "\u0308": "", "Ł": "l", "ł": "l", "ß": "ss", "ı": "i", "İ": "i", "ﬁ": "fi"}
FOLDED_BY_HAND |= {"\u200b": "", "\u202e": "", "한": "\u1112\u1161\u11ab", "하": "\u1112\u1161"}
"""Characters whose folded form is another one than their lower case."""


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "BLOCK", 3)
    monkeypatch.setattr(sizes, "NAMES", 4)
    monkeypatch.setattr(names, "MOST_NAMES", 20)


def search(world: World, name: str, now: int = NOW, **query: str) -> list[str]:
    """The ids of the players that a search finds."""
    body = world.api.friends({"name": name, **query}, now).body
    return [entry["player_id"] for entry in body["entries"]]


def fold_by_hand(name: str) -> str:
    """What a search compares, made another way: character by character, out of a table."""
    folded = "".join(FOLDED_BY_HAND.get(each, each.lower()) for each in name)
    # A name of nothing but accents keeps them, each of them.
    return " ".join(folded.split()) or " ".join(name.replace("\u200b", "").replace("\u202e", "").split())


def play_all(world: World, names: dict[str, str | None]) -> None:
    """Let each player make a kill, the first one first."""
    images = [item(player, NOW + at, at, name=name) for at, (player, name) in enumerate(names.items())]
    assert not world.put(*images).failed


@example(["\u0308", "\u0308 \u0308"], ["\u0308\u0308", "\u0308"], 2)
@given(st.lists(st.none() | NAMES, max_size=25), st.lists(NAMES, min_size=1, max_size=4), st.integers(1, 6))
@examples(60)
def test_a_search_finds_what_a_scan_of_all_names_finds(given: list[str | None], texts: list[str], limit: int) -> None:
    world = World(SEARCHED)
    play_all(world, {f"p{number:02}": name for number, name in enumerate(given)})
    world.rebuild()
    entries = world.page(limit="100")["entries"]
    named = [(fold_by_hand(entry["name"]), place) for place, entry in enumerate(entries) if entry["name"] is not None]
    for text in [*texts, *(name[:2] for name in given[:3] if name)]:
        folded = fold_by_hand(text)
        if not folded:
            with pytest.raises(ProblemError, match="name is the beginning of a display name"):
                search(world, text)
            continue
        body = world.api.friends({"name": text, "limit": str(limit)}, NOW).body
        scanned = [entries[place] for name, place in sorted(named) if name.startswith(folded)]
        assert body["entries"] == scanned[:limit]
        assert body["more"] is (len(scanned) > limit)


def test_exact_names_come_first_then_names_then_the_order_of_the_board() -> None:
    world = World(SEARCHED)
    play_all(world, {"a": "Novak", "b": "nova", "c": "Nova 2", "d": "NOVÁ", "e": "Nov", "f": "Supernova", "g": None})
    world.play("d", at=NOW + 9)
    world.rebuild(NOW + 10)
    assert search(world, "nova") == ["d", "b", "c", "a"]
    assert search(world, "nov")[0] == "e"
    body = world.api.friends({"name": "nova", "limit": "1"}, NOW).body
    assert (body["entries"], body["more"]) == ([world.page()["entries"][0]], True)


@example([("\u0308", "BR")], "\u0308\u0308", 1)
@given(st.lists(st.tuples(NAMES, st.sampled_from(["BR", "DE", None])), max_size=20), NAMES, st.integers(1, 6))
@examples(40)
def test_a_search_within_a_value_finds_what_a_scan_of_it_finds(
    given: list[tuple[str, str | None]], text: str, limit: int
) -> None:
    world = World(replace(SEARCHED, segments=(COUNTRY,)))
    for at, (name, country) in enumerate(given):
        fields = {"country": {"S": country}} if country else {}
        assert not world.put({**item(f"p{at:02}", NOW + at, at, name=name), **fields}).failed
    world.rebuild()
    folded = fold_by_hand(text)
    if not folded or "BR" not in {country for _, country in given}:
        return
    entries = world.page(limit="100", segment="country:BR")["entries"]
    # A name that nobody can see is none.
    named = [(fold_by_hand(entry["name"]), entry["rank"], entry) for entry in entries if entry["name"] is not None]
    scanned = [entry for name, _, entry in sorted(named, key=lambda each: each[:2]) if name.startswith(folded)]
    body = world.api.friends({"name": text, "limit": str(limit), "segment": "country:BR"}, NOW).body
    assert body["entries"] == scanned[:limit]
    assert body["more"] is (len(scanned) > limit)
    assert (body["segment"], body["players"]) == ({"name": "country", "value": "BR"}, len(entries))


def test_a_search_within_a_value_ends_and_says_that_there_may_be_more() -> None:
    """However many players outside the value have a name that begins alike."""
    world = World(replace(SEARCHED, segments=(COUNTRY,)))
    for at in range(30):
        country = "BR" if at == 29 else "DE"
        world.put({**item(f"p{at:02}", NOW + at, at, name=f"Nova {at:02}"), "country": {"S": country}})
    world.rebuild()
    for name, found, more in (("nova", [], True), ("nova 2", ["p29"], False)):
        body = world.api.friends({"name": name, "segment": "country:BR"}, NOW).body
        assert ([entry["player_id"] for entry in body["entries"]], body["more"]) == (found, more)


def test_a_search_reads_few_files_of_a_large_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "NAMES", 50)
    world = World(SEARCHED)
    play_all(world, {f"p{number:03}": f"Nova {number * 7 % 300:03}" for number in range(300)})
    world.rebuild()
    for name, limit in (("nova", 20), ("nova 04", 20), ("nova 1", 1), ("zz", 20), ("a", 20), ("nova 049", 20)):
        world.deploy(world.config)
        reads = list_reads(world, partial(search, world, name, limit=str(limit)))
        # The two pieces are neighbours: one request, where one pack has both.
        assert reads == ["current.json", "names/index", "names/000000"]


def test_a_board_that_does_not_search_writes_what_it_did() -> None:
    plain, searched = World(board(decimals=0)), World(SEARCHED)
    for world in (plain, searched):
        play_all(world, {f"p{number:02}": f"N{number}" for number in range(9)})
        world.rebuild()
    files = [files_of(world) for world in (plain, searched)]
    # Which bucket a player is in depends on the content, which says whether there is an index.
    shared = [{path: body for path, body in each.items() if "/players/" not in path} for each in files]
    assert {path: body for path, body in shared[1].items() if "/names/" not in path} == shared[0]
    # Nine names in a pack of three pieces, and their index, in each of two windows.
    assert len(files[1]) - len(files[0]) == 2 * (1 + 1)
    # A release before there was such an index reads these ranks too, and knows no more fields than these.
    pointers = [world.aws.bucket.bodies()["snapshots/current.json"] for world in (plain, searched)]
    stored = [json.loads(pointer)["windows"] for pointer in pointers]
    assert [[*ranks] for ranks in stored[1]] == [[*ranks] for ranks in stored[0]]
    assert [len(ranks["content"]) for ranks in stored[0]] == [32, 32]


def files_of(world: World) -> dict[str, bytes]:
    """The rank files, by window and path."""
    found = {}
    for key, body in world.aws.bucket.bodies().items():
        if key.startswith(rank_files.ROOT):
            window, _, path = key.removeprefix(rank_files.ROOT).split("/", 2)
            found[f"{window}/{path}"] = body
    return found


def test_a_running_board_begins_to_search_though_nothing_is_played_and_stops_again() -> None:
    world = World(board(decimals=0, stale_seconds=120))
    play_all(world, {"ann": "Zoë", "bob": None})
    # The third rebuild reads nothing, as nothing has changed.
    results = [world.rebuild(NOW + run * 3 * MINUTE) for run in range(3)]
    assert results[-1].settled
    now = NOW + 9 * MINUTE
    world.deploy(board(decimals=0, stale_seconds=120, search_names=True))
    with pytest.raises(ProblemError, match="2026-W48 is not searched by name: its ranks were made before that began"):
        search(world, "zoe", now)
    before = world.api.leaderboard({}, now)
    assert world.rebuild(now).settled
    assert search(world, "zoe", now) == search(world, "ZO", now, window="all_time") == ["ann"]
    assert world.api.leaderboard({}, now).body["entries"] == before.body["entries"]
    # It is made once.
    prefix = world.rebuild(now + MINUTE).newest.ranks[0].prefix
    assert world.rebuild(now + 2 * MINUTE).newest.ranks[0].prefix == prefix
    world.deploy(board(decimals=0, stale_seconds=120))
    with pytest.raises(ProblemError, match="finds players by id, not by name"):
        search(world, "zoe", now + 2 * MINUTE)
    assert not any(ranks.names for ranks in world.rebuild(now + 3 * MINUTE).newest.ranks)


def test_names_that_are_folded_in_another_way_get_a_new_index(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(SEARCHED)
    play_all(world, {"ann": "Zoë"})
    first = world.rebuild(NOW).newest.ranks[0].prefix
    play_all(world, {"ann": "Zoë"})
    assert world.rebuild(NOW + 1).newest.ranks[0].prefix == first
    monkeypatch.setattr(folding, "VERSION", 99)
    world.play("bob")
    assert world.rebuild(NOW + 2).newest.ranks[0].prefix != first


def test_an_archive_keeps_the_index_that_it_was_sealed_with() -> None:
    for searches in (True, False):
        world = World(replace(DAILY, search_names=searches))
        play_all(world, {"ann": "Nova"})
        world.rebuild(NOW + 1)
        now = seal(world)
        # The board may change its mind either way: what is final stays.
        for later, searches_now in enumerate((True, False, True), start=1):
            world.deploy(replace(DAILY, search_names=searches_now))
            world.rebuild(now + later * MINUTE)
        now += 4 * MINUTE
        assert search(world, "nova", now, window="all_time") == ["ann"]
        if searches:
            assert search(world, "nova", now, window="2026-11-24") == ["ann"]
            continue
        with pytest.raises(ProblemError, match="its ranks were final before that began") as found:
            search(world, "nova", now, window="2026-11-24")
        assert found.value.status == 404


def test_a_pinned_snapshot_is_searched_as_it_was() -> None:
    world = World(SEARCHED)
    play_all(world, {"ann": "Nova"})
    as_of = world.rebuild(NOW).snapshot.as_of
    world.put(item("ann", NOW + 50, 50, name="Vega"))
    world.rebuild(NOW + MINUTE)
    assert (search(world, "nova", NOW), search(world, "vega", NOW)) == ([], ["ann"])
    assert as_of == NOW
    pinned = {"as_of": "2026-11-24T00:00:00.000Z"}
    assert [search(world, name, NOW + MINUTE, **pinned) for name in ("nova", "vega")] == [["ann"], []]


def test_before_the_first_snapshot_and_in_an_empty_window_nobody_is_found() -> None:
    world = World(SEARCHED)
    for _ in range(2):
        body = world.api.friends({"name": "nova"}, NOW).body
        assert (body["entries"], body["more"], body["players"]) == ([], False, 0)
        world.rebuild()


@pytest.mark.parametrize(
    ("query", "detail"),
    [
        ({}, "ids or name is required"),
        ({"name": "a", "ids": "b"}, "ids can not stand beside name"),
        ({"name": "\u200b \u3000"}, "name is the beginning of a display name, 1 to 64 characters that can be seen"),
        ({"name": "a" * 65}, "name is the beginning of a display name, 1 to 64 characters that can be seen"),
        ({"name": "a", "limit": "21"}, f"limit is a whole number from 1 to {MAX_FOUND}"),
        ({"name": "a", "limit": "0"}, f"limit is a whole number from 1 to {MAX_FOUND}"),
    ],
)
def test_a_request_that_makes_no_sense_is_told_why(query: dict[str, str], detail: str) -> None:
    with pytest.raises(ProblemError) as found:
        World(SEARCHED).api.friends(query, NOW)
    assert (found.value.status, found.value.detail) == (400, detail)


def test_a_board_without_the_search_says_how_to_have_it() -> None:
    with pytest.raises(ProblemError) as found:
        World(board()).api.friends({"name": "ann"}, NOW)
    detail = "this board finds players by id, not by name; api.search_names in its YAML changes that"
    assert (found.value.status, found.value.detail) == (404, detail)


def test_what_is_of_no_use_changes_nothing() -> None:
    """Some clients send a default for each parameter that they know."""
    world = World(SEARCHED)
    play_all(world, {"ann": "Nova", "bob": "Nova"})
    world.rebuild()
    assert search(world, "nova", span="1") == ["ann", "bob"]
    assert world.api.friends({"ids": "ann,bob", "limit": "1"}, NOW) == world.api.friends({"ids": "ann,bob"}, NOW)


def test_an_answer_to_a_name_is_known_by_the_snapshot() -> None:
    world = World(SEARCHED)
    play_all(world, {"ann": "Nova"})
    world.rebuild()
    first = world.api.friends({"name": "n"}, NOW)
    assert first.cached
    world.rebuild(NOW + 1)
    assert world.api.friends({"name": "n"}, NOW).content_hash == first.content_hash
    world.play("bob", at=NOW + 2)
    world.rebuild(NOW + 2)
    assert world.api.friends({"name": "n"}, NOW).content_hash != first.content_hash
