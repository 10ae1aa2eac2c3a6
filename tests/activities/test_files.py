"""Files of activities: every mistake at once with its place, and the same ids each time."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.activities import files, rows
from generator.activities.files import open_data, timeless_part
from generator.errors import InputError
from runtime.domain.activity import ACTIVITY_ID, time_of

NOW = 1_795_000_000_000
CSV = """player_id,type,name,at,weight,mode,legal
ann,catch,Ann,2026-11-27T18:00:00-03:00,12.5,ranked,true
7,catch,,1795812000,3,"a, b",
ann,catch,Ann,2026-11-27T18:00:00-03:00,12.5,ranked,true
"""
JSON = """
{"player": "ann", "type": "catch", "name": "Ann", "at": "2026-11-27T21:00:00Z", "weight": 12.50, "legal": true}
{"player_id": "bob", "type": "catch", "at": 1795812000123, "weight": 1e3, "mode": "7", "note": null}
"""


def write(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(text, encoding="utf-8", newline="")
    return file


def mistakes(file: Path, *boards: str) -> list[str]:
    with pytest.raises(InputError) as refused:
        open_data([str(file)], boards or ("fish",))
    *lines, last = str(refused.value).replace(f"{file}:", "").splitlines()
    assert last == "Nothing is written."
    return lines


def test_a_csv_file(tmp_path: Path) -> None:
    (file,) = open_data([str(write(tmp_path, "a.csv", "\ufeff" + CSV.replace("\n", "\r\n")))], ["fish"])
    assert (file.rows, file.timeless) == (3, 0)
    (_, first), (_, second), (_, third) = file.read(NOW)
    assert first.item.keys() == {"player_id", "activity_id", "type", "name", "expires_at", "weight", "mode", "legal"}
    assert (first.player_id, first.name, first.fields["weight"]) == ("ann", "Ann", {"N": "12.5"})
    assert first.fields["legal"] == {"BOOL": True}
    assert (second.player_id, second.fields) == ("7", {"weight": {"N": "3"}, "mode": {"S": "a, b"}})
    assert time_of(first.activity_id) == 1_795_813_200_000
    assert time_of(second.activity_id) == 1_795_812_000_000
    assert third.activity_id != first.activity_id, "two equal rows are two activities"
    assert all(ACTIVITY_ID.fullmatch(each.activity_id) for each in (first, second, third))


def test_json_lines(tmp_path: Path) -> None:
    (file,) = open_data([str(write(tmp_path, "a.jsonl", JSON))], ["fish"])
    (board, first), (_, second) = file.read(NOW)
    assert (board, first.player_id, time_of(first.activity_id)) == ("fish", "ann", 1_795_813_200_000)
    assert first.fields == {"weight": {"N": "12.50"}, "legal": {"BOOL": True}}
    assert second.fields == {"weight": {"N": "1E3"}, "mode": {"S": "7"}}
    assert time_of(second.activity_id) == 1_795_812_000_123


def test_the_same_file_gives_the_same_activities(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", CSV)
    once, again = (list(open_data([str(file)], ["fish"])[0].read(now)) for now in (NOW, NOW + 5))
    assert once == again
    (other,) = open_data([f"birds={file}"], ["fish", "birds"])
    assert {draft.activity_id for _, draft in other.read(NOW)}.isdisjoint(draft.activity_id for _, draft in once)


def test_rows_without_a_time_are_of_now_in_their_order(tmp_path: Path) -> None:
    (file,) = open_data([str(write(tmp_path, "a.csv", "player,type\nann,catch\nbob,catch\n"))], ["fish"])
    assert file.timeless == 2
    assert [time_of(draft.activity_id) for _, draft in file.read(NOW)] == [NOW - 1, NOW]


def test_rows_without_a_time_that_were_written_before_are_left_out(tmp_path: Path) -> None:
    text = "player,type,at\nann,catch,\nann,catch,\nbob,catch,\nbob,catch,2026-11-27T18:00:00Z\n"
    (file,) = open_data([str(write(tmp_path, "a.csv", text))], ["fish"])
    first = list(file.read(NOW))
    written = {(board, timeless_part(draft.activity_id)) for board, draft in first}
    assert len(written) == 4
    assert list(file.read(NOW + 9, written)) == first[3:], "a row with a time is written again, under the same id"
    once = {next(iter(written & {("fish", timeless_part(first[0][1].activity_id))}))}
    assert [draft.player_id for _, draft in file.read(NOW + 9, once)] == ["ann", "bob", "bob"]
    assert len(list(file.read(NOW + 9, {("birds", part) for _, part in written}))) == 4


def test_a_column_names_the_board(tmp_path: Path) -> None:
    file = write(tmp_path, "a.csv", "player,type,board\nann,catch,fish\nbob,sight,birds\n")
    (opened,) = open_data([str(file)], ["fish", "birds"])
    assert [board for board, _ in opened.read(NOW)] == ["fish", "birds"]
    assert mistakes(file, "fish", "bird") == ['3:3: board: no board "birds" runs here. Did you mean "bird"?']
    without = write(tmp_path, "b.csv", "player,type\nann,catch\n")
    (line,) = mistakes(without, "fish", "birds")
    assert line.startswith("2:1: board: is missing: several boards run.")


def test_every_mistake_is_said_at_once_with_its_place(tmp_path: Path) -> None:
    text = (
        "player_id,type,at,weight,activity_id,name\n"
        "a/b,catch,yesterday,1,,\n"
        ",,2026-11-27T18:00:00,1,,\n"
        "ann,catch,,1,2f1e1f0a-0000-4000-8000-000000000000,\n"
        "ann,catch,,1,019e2f3a-7c00-7abc-8def-0123456789ab,\n"
        "ann,catch,,1,019e2f3a-7c00-7abc-8def-0123456789ab,\n"
        f"ann,catch,,{'9' * 39},,\n"
        f"ann,catch,,1,,{'x' * 65}\n"
        "ann,catch,,1,,,,\n"
    )
    found = mistakes(write(tmp_path, "a.csv", text))
    assert [line.split(" ")[0] + " " + line.split(" ")[1] for line in found] == [
        "2:1: player_id:",
        "2:3: at:",
        "3:1: player_id:",
        "3:1: type:",
        "3:3: at:",
        "4:5: activity_id:",
        "6:5: activity_id:",
        "7:4: weight:",
        "8:6: name:",
        "9:7: has",
    ]
    assert found[6].endswith("is that of line 5 too")


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("a.csv", "", "1:1: the first line has no names of columns"),
        ("a.csv", "player,type,player\n", '1:3: a second column is called "player"'),
        ("a.csv", "player,type,\n", "1:3: a column has no name"),
        ("a.csv", "type,at\n1,2\n", "1:1: there is no column player_id"),
        ("a.csv", "player\nann\n", "1:1: there is no column type"),
        ("a.csv", 'player,type,w\n"a/\n\nb",x,1\n', "2:1: player: must match"),
        ("a.csv", 'player,type,w,x\nann,x,"' + "\u20ac" * 70_000 + '",' + "y" * 200_000 + "\n", "2:1: has 410,0"),
        ("a.jsonl", '{"player": true, "type": "x"}\n', "1:2: player: must be a text"),
        ("a.jsonl", '{"player": "ann", "type": "x", "w": 1e99999}\n', "1:32: w: is too large"),
        ("a.jsonl", '{"player": "ann", "type": "x", "w": "\\ud800"}\n', "1:32: w: has half of a character"),
        ("a.jsonl", '{"player": "ann", "type": "x", "": 1}\n', "1:32: : is no name of a field"),
        ("a.csv", 'player,type\nann,"catch\n', "this is no CSV"),
        ("a.jsonl", '{"player": "ann", "type": }\n', "1:27: this is no JSON"),
        ("a.jsonl", "[]\n", "1:1: each line is an object"),
        ("a.jsonl", '{"player": "ann", "type": "x", "w": [1]}\n', "1:32: w: must be a text, a number, true or false"),
        ("a.jsonl", '{"player": "ann", "type": "x", "w": NaN}\n', "1:32: w: is not a finite number"),
        ("a.jsonl", "[" * 100_000 + "\n", "1:1: "),
    ],
)
def test_what_is_no_such_file(tmp_path: Path, name: str, text: str, found: str) -> None:
    (line,) = mistakes(write(tmp_path, name, text))
    assert found in line


def test_what_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"player,type\nann,\xff\n")
    with pytest.raises(InputError) as refused:
        open_data([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")], ["fish"])
    assert str(refused.value).splitlines() == [
        f"{tmp_path}/a.csv is not UTF-8",
        f"{tmp_path}/b.csv cannot be read: No such file or directory",
        "Nothing is written.",
    ]
    with pytest.raises(InputError, match=r'no board "fsh" runs here\. Did you mean "fish"\?'):
        open_data(["fsh=b.csv"], ["fish"])


def test_hostile_text_is_escaped_and_long_reports_are_cut(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows_ = "".join(f"\x1b[2J{number},catch\n" for number in range(150))
    found = mistakes(write(tmp_path, "a.csv", "player,type\n" + rows_))
    assert (len(found), found[-1]) == (files.MOST_MISTAKES + 1, "and 50 more")
    assert "\x1b" not in "".join(found)
    monkeypatch.setattr(files, "MOST_ROWS", 2)
    (line,) = mistakes(write(tmp_path, "b.csv", "player,type\n" + "ann,catch\n" * 3))
    assert "more than 2 rows" in line
    monkeypatch.setattr(rows, "MOST_CHARACTERS", 100)
    (line,) = mistakes(write(tmp_path, "c.jsonl", '{"player": "' + "x" * 200))
    assert "over 100 characters" in line


@pytest.mark.parametrize(("separator", "called"), [(";", "semicolons"), ("\t", "tabs")])
def test_what_a_spreadsheet_separates_by_another_sign_is_said(tmp_path: Path, separator: str, called: str) -> None:
    file = write(tmp_path, "a.csv", CSV.replace(",", separator))
    assert mistakes(file) == [f"1:1: columns are separated by commas here, not by {called}"]


def test_a_file_for_a_board_that_does_not_run_says_what_to_write() -> None:
    with pytest.raises(InputError, match=r"no board \"xyz\" runs here\. Write fish=FILE or birds=FILE\."):
        open_data(["xyz=a.csv"], ["fish", "birds"])
