"""A file of the past is checked whole, says what would count, and gives each row the same id each time."""

from __future__ import annotations

import gzip
import json
import random
from collections import deque
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.activities.past import PastFile, Survey
from generator.activities.seen import SeenRows
from generator.errors import InputError
from generator.operations.backfilling.past_board import PastBoard
from runtime.domain.activity import ACTIVITY_ID, StreamRecord, make_id, time_of
from runtime.domain.edges.timeline import Timelines
from runtime.domain.instants import DAY, rfc3339
from tests.runtime.boards import BOARD, NOW
from tests.support.effort import examples

OLD = NOW - 100 * DAY
AT = rfc3339(OLD)


def _forgets(_record: StreamRecord) -> bool:
    return False


def open_file(path: Path, now: int = NOW) -> PastFile:
    board = PastBoard(BOARD, now, Timelines(BOARD.windows), lambda _window: False, _forgets, lambda: _forgets)
    return PastFile(path, board)


def survey(path: Path) -> Survey:
    return next(iter(deque(open_file(path).survey(), maxlen=1)), Survey())


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def mistakes(path: Path) -> list[str]:
    with pytest.raises(InputError) as refused:
        survey(path)
    *lines, last = str(refused.value).replace(f"{path}:", "").splitlines()
    assert last == "Nothing is written."
    return lines


def ids(path: Path) -> list[str]:
    return [draft.activity_id for draft in open_file(path).read()]


def test_what_a_file_holds(tmp_path: Path) -> None:
    text = "player_id,type,name,at,mode,damage\n" + "".join(
        f"{player},{kind},,{rfc3339(NOW - days * DAY)},{mode},{damage}\n"
        for player, kind, days, mode, damage in (
            ("ann", "kill", 0, "", ""),
            ("7", "boss", 40, "ranked", "12.5"),
            ("bob", "chat", 40, "", ""),
            ("cid", "kill", 366, "", ""),
        )
    )
    found = survey(write(tmp_path, "a.csv", text))
    assert (found.rows, found.counting, found.wrong) == (4, 2, 0)
    assert found.windows == {"all-time": 2, "2026-W48": 1}
    assert found.left_out == {"ignored": 1, "too_old": 1}
    assert (found.oldest, found.newest) == (NOW - 40 * DAY, NOW)
    [first, second] = open_file(tmp_path / "a.csv").read()
    assert (first.player_id, first.fields, first.name) == ("ann", {}, None)
    assert (second.player_id, second.fields) == ("7", {"mode": {"S": "ranked"}, "damage": {"N": "12.5"}})
    assert time_of(second.activity_id) == NOW - 40 * DAY


def test_every_mistake_has_its_place_and_says_what_to_write(tmp_path: Path) -> None:
    young, ancient, version_four = make_id(OLD + 60 * DAY, 1), make_id(OLD, 1), "0192f3a0-0000-4000-8000-000000000000"
    rows = [
        f"ann,kil,{AT},,,",
        f"ann,boss,{AT},,ranked,",
        f'ann,boss,{AT},,ranked,"1,5"',
        "ann,kill,,,,",
        "ann,kill,noon,,,",
        f"ann,kill,{rfc3339(NOW + DAY)},,,",
        f"/,kill,{AT},,,",
        f"ann,kill,,{version_four},,",
        f"ann,kill,,{ancient},,",
        f"bob,kill,{AT},{young},,",
        f"ann,kill,,{young},,",
        f"ann,#probe,{AT},,,",
    ]
    path = write(tmp_path, "a.csv", "\n".join(["player_id,type,at,activity_id,mode,damage", *rows, rows[10]]) + "\n")
    assert mistakes(path) == [
        '2:2: type: no rule of weekly-kills is for the type "kil". Did you mean "kill"?',
        '3:2: type: the rules for "boss" read "damage" as a number; "damage" is missing.',
        '4:6: damage: the rules for "boss" read "damage" as a number; "damage" is the text "1,5" (write 1.5).',
        "5:1: at: is missing: write when it happened, such as 2026-11-27T18:00:00Z",
        '6:3: at: "noon" is not a time with a zone, such as 2026-11-27T18:00:00-03:00',
        "7:3: at: 2026-11-25T00:00:00.000Z is yet to come",
        '8:1: player_id: must match ^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$, not "/"',
        f'9:4: activity_id: must be a lowercase UUID of version 7, not "{version_four}"',
        "10:4: activity_id: is older than what the board remembers, which may have counted it: leave it out, to count "
        "it anew",
        f'11:3: at: "{AT}" is not the time of the activity_id, {rfc3339(OLD + 60 * DAY)}: leave one out',
        '13:2: type: no rule of weekly-kills is for the type "#probe". It counts kill and boss.',
        "14:4: activity_id: is that of line 12 too",
    ]


def test_what_no_calendar_has_and_what_the_board_sends_itself_are_mistakes(tmp_path: Path) -> None:
    last, late = "ffffffff-ffff-7fff-bfff-ffffffffffff", "9999-12-31T23:59:59-14:00"
    probe = {"type": "#probe", "window": "all-time", "token": "0" * 32, "at": AT}
    rows: list[dict[str, Any]] = [
        {"at": (1 << 48) - 1},
        {"at": late},
        {"activity_id": last},
        {"activity_id": last, "at": AT},
        probe,
    ]
    text = "".join(json.dumps({"player_id": "ann", "type": "kill", **row}) + "\n" for row in rows)
    path, such = write(tmp_path, "a.jsonl", text), "is not a time with a zone, such as 2026-11-27T18:00:00-03:00"
    assert mistakes(path) == [
        f'1:38: at: "281474976710655" {such}',
        f'2:38: at: "{late}" {such}',
        f'3:38: activity_id: "{last}" has a time after the year 9999',
        f'4:38: activity_id: "{last}" has a time after the year 9999',
        "4:38: activity_id: is that of line 3 too",
        '5:22: type: the type "#probe" is for the board\'s own items; a type begins with a letter or a digit.',
    ]


def test_mistakes_of_json_have_their_column_and_are_bounded(tmp_path: Path) -> None:
    row = '{"player_id": "ann", "at": "%s", "type": "kil"}\n'
    found = mistakes(write(tmp_path, "a.jsonl", row % AT * 150))
    assert found[0] == '1:56: type: no rule of weekly-kills is for the type "kil". Did you mean "kill"?'
    assert (len(found), found[-1]) == (101, "and 50 more")
    assert mistakes(write(tmp_path, "b.jsonl", "{\n"))[0].startswith("1:1: this is no JSON")


def test_a_packed_file_is_read_as_it_is(tmp_path: Path) -> None:
    text = f"player_id,type,at\nann,kill,{AT}\n"
    plain, packed = write(tmp_path, "a.csv", text), tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert ids(plain) == ids(packed) != []
    line = json.dumps({"player_id": "ann", "type": "kill", "at": AT})
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(line.encode()))
    assert ids(tmp_path / "a.jsonl.gz") == ids(plain)
    for broken in (b"no gzip", packed.read_bytes()[:-12]):
        packed.write_bytes(broken)
        with pytest.raises(InputError, match="is not what gzip has packed, or a part of it"):
            survey(packed)


def test_a_file_that_changes_meanwhile_is_refused(tmp_path: Path) -> None:
    file = open_file(write(tmp_path, "a.csv", f"player,type,at\nann,kill,{AT}\n"))
    list(file.survey())
    write(tmp_path, "a.csv", "player,type,at\nann,kill,noon\n")
    with pytest.raises(InputError, match="was changed while it was read, and line 2 is wrong"):
        list(file.read())


def test_what_an_export_has_is_written_anew(tmp_path: Path) -> None:
    young = make_id(NOW - 40 * DAY, 3)
    row = {"player_id": "ann", "type": "kill", "activity_id": young, "expires_at": 5, "#backfill": "x", "extra": "y"}
    [draft] = open_file(write(tmp_path, "a.jsonl", json.dumps(row))).read()
    assert (draft.activity_id, draft.fields) == (young, {"extra": {"S": "y"}})


ROWS = st.lists(
    st.fixed_dictionaries(
        {"player_id": st.sampled_from("abc"), "type": st.just("kill"), "at": st.integers(OLD, OLD + 2)},
        optional={"name": st.sampled_from("xy"), "w": st.sampled_from([1, 1.5, True, "t"])},
    ),
    max_size=25,
)


@given(ROWS, st.randoms(use_true_random=False))
@examples(60)
def test_a_row_has_its_id_wherever_it_stands(
    tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, object]], order: random.Random
) -> None:
    folder = tmp_path_factory.mktemp("rows")
    before = ids(write(folder, "a.jsonl", "".join(json.dumps(row) + "\n" for row in rows)))
    assert len(set(before)) == len(rows), "each row is an activity of its own, also of equal ones"
    assert all(ACTIVITY_ID.fullmatch(each) for each in before)
    order.shuffle(rows)
    names = ["w", "at", "name", "type", "player_id"]
    cells = [",".join(json.dumps(row[name]).strip('"') if name in row else "" for name in names) for row in rows]
    assert sorted(ids(write(folder, "b.csv", "\n".join([",".join(names), *cells])))) == sorted(before)
    more = [*rows, {"player_id": "d", "type": "kill", "at": OLD}]
    assert set(before) < set(ids(write(folder, "c.jsonl", "".join(json.dumps(row) + "\n" for row in more))))


def test_equal_keys_are_counted() -> None:
    seen = SeenRows()
    assert [seen.count(key) for key in (b"a", b"b", b"a", b"a")] == [1, 1, 2, 3]
    assert (seen.find(b"a"), seen.find(b"c")) == (3, None)
    seen.close()
