"""Parsing an activity: what is accepted, and each reason why an activity is rejected."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.domain.activity import Activity, make_id, parse_activity, parse_stream_record, time_of
from runtime.domain.instants import DAY
from runtime.domain.rejection import Rejection
from tests.runtime.boards import NOW, item, stream_record


def read(image: dict[str, Any], written: int = NOW, now: int = NOW) -> Activity | Rejection:
    return parse_activity(parse_stream_record(stream_record(image, written)), now)


def reason(image: dict[str, Any], written: int = NOW, now: int = NOW) -> str | None:
    result = read(image, written, now)
    return result.reason if isinstance(result, Rejection) else None


@given(st.integers(0, 2**48 - 1), st.integers(0, 2**74 - 1))
def test_an_id_is_a_uuid_of_version_7(at: int, bits: int) -> None:
    made = uuid.UUID(make_id(at, bits))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert time_of(make_id(at, bits)) == at == int(made) >> 80


def test_a_good_activity_is_read_whole() -> None:
    result = read(item("ann", name="Ann", damage=5, ranked=True))
    assert isinstance(result, Activity)
    assert (result.player_id, result.type, result.at, result.written, result.name) == (
        "ann",
        "kill",
        NOW,
        NOW + 999,
        "Ann",
    )
    assert (result.fields["damage"], result.fields["ranked"]) == (5, True)


@pytest.mark.parametrize("player", ["-x", "a b", "a/b", "a#b", "é", "a" * 129, "a\n"])
def test_bad_player_ids(player: str) -> None:
    assert reason(item(player)) == "bad_player_id"


@pytest.mark.parametrize(
    "made", ["x", make_id(NOW, 1).upper().replace("0", "A", 1), make_id(NOW, 1) + "\n", str(uuid.UUID(int=1))]
)
def test_bad_activity_ids(made: str) -> None:
    assert reason(item() | {"activity_id": {"S": made}}) == "bad_activity_id"


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (NOW + 999 + 300_000, None),
        (NOW + 999 + 300_001, "in_future"),
        (NOW + 999 - 30 * DAY, None),
        (NOW + 999 - 30 * DAY - 1, "too_old"),
    ],
)
def test_an_activity_is_judged_by_when_it_was_written(at: int, expected: str | None) -> None:
    assert reason(item(at=at)) == expected
    assert reason(item(at=at), now=NOW + 20 * DAY) == expected


def test_a_record_that_waited_too_long_is_refused() -> None:
    assert reason(item(), now=NOW + 999 + 30 * DAY) is None
    assert reason(item(), now=NOW + 1000 + 30 * DAY) == "too_old"


@pytest.mark.parametrize(
    ("expires_at", "expected"),
    [
        ((NOW + 31 * DAY) // 1000, None),
        ((NOW + 31 * DAY) // 1000 - 1, "expires_too_soon"),
        ("soon", "expires_too_soon"),
    ],
)
def test_an_item_must_live_31_days_from_the_activity(expires_at: Any, expected: str | None) -> None:
    assert reason(item(expires_at=expires_at)) == expected


@pytest.mark.parametrize("kind", [None, 5])
def test_a_type_must_be_a_text(kind: Any) -> None:
    assert reason(item(type=kind)) == "unknown_type"


@pytest.mark.parametrize("name", ["", " ", "x" * 65, "a\nb", "a\x00b", "\u2028", 5])
def test_a_bad_name_is_left_out_and_the_activity_counts(name: Any) -> None:
    result = read(item(name=name))
    assert isinstance(result, Activity)
    assert result.name is None


@pytest.mark.parametrize(
    "name",
    [
        *("\u00a0", "\u3000 ", "\u1680", "\u200b", "\u00ad", "\ufeff", "\u200d\u200c", "\u2060", "\u2063", "\u034f"),
        *("\u115f", "\u1160\u1160", "\u3164", "\uffa0", "\u2800", "\ufe0f", "\u180e", "\u17b4", "\ufff9\ufffb"),
        *("\u202e\u202c", "\u2066 \u2069", "\u200e", "\u061c", "\U000e0041\U000e007f", "\U000e0100", "\U0001d173"),
        *("\U0001d159", "\U00016fe4", "\U00013430", " \u3164\u200b\U000e0020\u200f"),
    ],
)
def test_a_name_that_cannot_be_seen_is_left_out(name: str) -> None:
    result = read(item(name=name))
    assert isinstance(result, Activity)
    assert result.name is None
    for around in (f"a{name}", f"{name}星"):
        seen = read(item(name=around))
        assert isinstance(seen, Activity)
        assert seen.name == around


@pytest.mark.parametrize(
    "name",
    [
        "Zoë",
        "海斗",
        "دانة",
        "👩‍🚀",
        "x" * 64,
        "می\u200cخواهم",
        "क्ष",
        "❤\ufe0f",
        "\u0301",
        "\U000323af",
        "🏴\U000e0067\U000e007f",
    ],
)
def test_names_of_any_language(name: str) -> None:
    result = read(item(name=name))
    assert isinstance(result, Activity)
    assert result.name == name


@pytest.mark.parametrize("message", [None, [], {}, {"dynamodb": {}}, {"dynamodb": {"Keys": {"player_id": "x"}}}])
def test_what_is_no_stream_record_is_an_error(message: Any) -> None:
    with pytest.raises(ValueError, match="not a stream record"):
        parse_stream_record(message)


def nested(levels: int) -> dict[str, Any]:
    value: dict[str, Any] = {"S": "x"}
    for _ in range(levels):
        value = {"L": [value]}
    return value


@pytest.mark.parametrize(
    "changes",
    [
        {"player_id": {"S": ""}},
        {"player_id": {"S": "x" * 2049}},
        {"player_id": {"S": "\ud800"}},
        {"activity_id": {"S": ""}},
        {"activity_id": {"S": "x" * 1025}},
        {"activity_id": {"S": []}, "player_id": {"S": "-"}},
        {"name": {"S": "\ud800"}},
        {"name\ud800": {"S": "x"}},
        {"damage": {"N": 5}},
        {"damage": {"N": "5", "S": "5"}},
        {"damage": {}},
        {"damage": "5"},
        {"ranked": {"BOOL": "yes"}},
        {"things": {"X": "5"}},
        {"things": {"SS": [5]}},
        {"things": {"M": {"a": 5}}},
        {"things": nested(33)},
    ],
)
def test_what_dynamodb_cannot_have_written_is_an_error(changes: dict[str, Any]) -> None:
    """What is no stream record fails alone; what DynamoDB refuses later fails with all records of the same player."""
    with pytest.raises(ValueError, match="not a stream record"):
        parse_stream_record(stream_record(item() | changes))


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), -1, 10**12, 10**40, None, "soon"])
def test_a_time_that_dynamodb_cannot_have_written_is_an_error(seconds: Any) -> None:
    record = stream_record(item())
    record["dynamodb"]["ApproximateCreationDateTime"] = seconds
    with pytest.raises(ValueError, match="not a stream record"):
        parse_stream_record(record)


def test_what_dynamodb_can_have_written_is_read() -> None:
    things = {"M": {"a": {"NULL": True}, "b": {"SS": ["x"]}, "c": {"B": "AA=="}, "d": nested(30)}}
    assert isinstance(read(item(player="x" * 128) | {"things": things, "none": {"BS": ["AA=="]}}), Activity)
    assert reason(item("é" * 1024)) == "bad_player_id"
