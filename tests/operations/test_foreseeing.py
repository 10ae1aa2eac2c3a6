"""What `leaderboards record` makes of its words, and what it says of an activity before it is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from generator.errors import InputError
from generator.operations.activity_item import DraftActivity, parse_fields, parse_value, spell_number
from generator.operations.foreseeing import foresee
from runtime.config import BoardConfig, Limits, Points, Rule, Season, WindowKind
from runtime.domain.activity import make_id
from runtime.domain.instants import DAY
from tests.runtime.boards import NOW, board
from tests.runtime.world import World

PER_DAMAGE = Rule("boss", (Points(Decimal(50), "damage", Decimal("0.01")),), (("mode", ("ranked", "duel")),))
KILLS = board(rules=(Rule("kill", (Points(Decimal(10)),)), PER_DAMAGE), limits=Limits(max_points=100_00))
SEASONS = board(
    windows=(
        WindowKind("season", seasons=(Season("spring", date(2026, 1, 1), date(2026, 4, 1)),)),
        WindowKind("season", seasons=(Season("next", date(2027, 1, 1), date(2027, 4, 1)),)),
    )
)


@pytest.mark.parametrize(
    ("text", "attribute"),
    [
        ("12.5", {"N": "12.5"}),
        ("-0", {"N": "-0"}),
        ("1e3", {"N": "1e3"}),
        ("007", {"S": "007"}),
        ("1.", {"S": "1."}),
        ("NaN", {"S": "NaN"}),
        ("ranked", {"S": "ranked"}),
        ("", {"S": ""}),
        ("true", {"BOOL": True}),
        ("false", {"BOOL": False}),
        ("True", {"S": "True"}),
        ('"7"', {"S": "7"}),
        ('"true"', {"S": "true"}),
        ('"a\\nb"', {"S": "a\nb"}),
        ('"a\\b""', {"S": 'a\\b"'}),
        ('"', {"S": '"'}),
        ("9" * 38, {"N": "9" * 38}),
        ("1e125", {"N": "1e125"}),
        ("1" + "0" * 60, {"N": "1" + "0" * 60}),
    ],
)
def test_a_value_has_the_type_that_it_is_written_in(text: str, attribute: dict[str, Any]) -> None:
    assert parse_value(text) == attribute


@pytest.mark.parametrize("text", ["9" * 39, "1e126", "1e-131"])
def test_a_number_that_dynamodb_refuses_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="38 digits"):
        parse_value(text)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        *((".5", "0.5"), ("+5", "5"), ("1,5", "1.5"), ("-,25", "-0.25"), ("007", "7"), ("5.", "5"), (" 5 ", "5")),
        *((text, None) for text in ("", ".", "-", "1,500", "1.2.3", "NaN", "0x10", "٣", "5 kg", "9" * 40)),
    ],
)
def test_a_number_in_another_spelling_is_told_in_ours(text: str, number: str | None) -> None:
    assert spell_number(text) == number
    assert number is None or "N" in parse_value(number)


def test_every_wrong_word_is_named() -> None:
    with pytest.raises(InputError) as raised:
        parse_fields(["damage", "=3", "type=kill", "mode=a", "mode=b", f"big={'9' * 60}", "ok=1"])
    assert str(raised.value).splitlines() == [
        '"damage" is no FIELD=VALUE, such as damage=12.5 or mode=ranked.',
        '"=3" is no FIELD=VALUE, such as damage=12.5 or mode=ranked.',
        '"type=kill": write --type for it.',
        'the field "mode" is given twice.',
        f'"big={"9" * 53}...": DynamoDB\'s numbers have up to 38 digits and lie between 1e-130 and 1e126; '
        "for a text write it in double quotes.",
    ]


def draft(
    *words: str, player: str = "ann", kind: str = "boss", at: int = NOW, name: str | None = None
) -> DraftActivity:
    return DraftActivity(player, make_id(at, 1), kind, name, parse_fields(words))


@pytest.mark.parametrize(
    ("config", "activity", "problem"),
    [
        (
            KILLS,
            draft(kind="kil"),
            'unknown_type: no rule of weekly-kills is for the type "kil". Did you mean "kill"?',
        ),
        (
            KILLS,
            draft(kind="win"),
            'unknown_type: no rule of weekly-kills is for the type "win". It counts kill and boss.',
        ),
        (KILLS, draft(kind="chat"), 'ignored: weekly-kills ignores the type "chat".'),
        (
            KILLS,
            draft("mode=story", "damage=1"),
            'ignored: the rules for "boss" apply where mode is "ranked" or "duel"; "mode" is the text "story".',
        ),
        (
            KILLS,
            draft("mod=ranked", "damage=1"),
            'ignored: the rules for "boss" apply where mode is "ranked" or "duel"; '
            '"mode" is missing (is "mod" meant to be it?).',
        ),
        (
            KILLS,
            draft("mode=duel", "dmg=1"),
            'bad_field: the rules for "boss" read "damage" as a number; '
            '"damage" is missing (is "dmg" meant to be it?).',
        ),
        (
            KILLS,
            draft("mode=duel", 'damage="7"'),
            'bad_field: the rules for "boss" read "damage" as a number; "damage" is the text "7" (write damage=7).',
        ),
        (
            KILLS,
            draft("mode=duel", "damage=,5"),
            'bad_field: the rules for "boss" read "damage" as a number; "damage" is the text ",5" (write damage=0.5).',
        ),
        (
            KILLS,
            draft("mode=duel", "damage=9000"),
            "over_limit: score is over what one activity may give: 140.0, where limits.points has max 100.0.",
        ),
        (
            KILLS,
            draft(kind="kill", at=NOW - 31 * DAY),
            "too_old: the activity's time is over 30 days behind when it was written: it is 2026-10-24T00:00:00.000Z, "
            "now 2026-11-24T00:00:00.000Z.",
        ),
        (
            KILLS,
            draft("expires_at=5", kind="kill"),
            "expires_too_soon: expires_at must be epoch seconds, 31 days after the activity's time.",
        ),
        (
            board(windows=(WindowKind("day", grace_seconds=60),)),
            draft(kind="kill", at=NOW - DAY),
            "late: it was written after its window's end and grace: 2026-11-23 ended 2026-11-24T00:00:00.000Z, "
            "it is 2026-11-24T00:00:00.000Z.",
        ),
        (
            SEASONS,
            draft(kind="kill"),
            "no_window: its time lies between two seasons; next starts 2027-01-01T00:00:00.000Z.",
        ),
        (
            board(windows=SEASONS.windows[:1]),
            draft(kind="kill"),
            "no_window: its time lies between two seasons, and none is to come.",
        ),
        (KILLS, draft(kind="#probe", at=NOW), 'unknown_type: no rule of weekly-kills is for the type "#probe". '),
    ],
    ids=lambda value: value.split(":")[0] if isinstance(value, str) else "",
)
def test_why_it_would_not_count(config: BoardConfig, activity: DraftActivity, problem: str) -> None:
    now = NOW if "late:" not in problem else NOW + 61_000
    problem = problem.replace("it is 2026-11-24T00:00:00.000Z.", "it is 2026-11-24T00:01:01.000Z.")
    problem = problem.replace("2026-10-24T00:01:01", "2026-10-24T00:00:00")
    forecast = foresee(config, activity, now)
    assert forecast.contribution is None
    (said,) = forecast.problems
    assert said.startswith(problem)
    assert forecast.ignored == said.startswith("ignored")
    # The processor says the same of it.
    world = World(config)
    batch = world.put(activity.item, written=now)
    assert [*batch.reasons] == ([] if forecast.ignored else [said.split(":")[0]])
    assert batch.counts["Ignored"] == forecast.ignored


def test_every_mistake_is_named_at_once() -> None:
    version_4 = "3f1c9a52-7f0e-4b7a-9d55-0b1f6a1f0c11"
    forecast = foresee(KILLS, DraftActivity("a b", version_4, "kil", fields=parse_fields(["expires_at=5"])), NOW)
    assert [problem.split(":")[0] for problem in forecast.problems] == [
        "bad_player_id",
        "bad_activity_id",
        "expires_too_soon",
        "unknown_type",
    ]
    assert "this one is of version 4. Without --id one is made." in forecast.problems[1]


def test_between_two_short_windows_the_next_one_is_named() -> None:
    evening, minute = WindowKind("day", at_minutes=20 * 60, lasts_seconds=7200), WindowKind("hour", lasts_seconds=60)
    at = NOW + 61_000
    (problem,) = foresee(board(windows=(evening, minute)), draft(kind="kill", at=at), at).problems
    assert problem == ("no_window: its time lies between two windows; 2026-11-24T01 starts 2026-11-24T01:00:00.000Z.")


def test_a_sealed_window_is_foreseen() -> None:
    config = board(windows=(WindowKind("day", grace_seconds=3600),))
    late = draft(kind="kill", at=NOW - 1)
    assert foresee(config, late, NOW).contribution is not None
    (problem,) = foresee(config, late, NOW, None, lambda window: window.id == "2026-11-23").problems
    assert problem.startswith("sealed: its window is sealed: 2026-11-23 ended")


def test_what_is_odd_and_counts_all_the_same_is_noted() -> None:
    forecast = foresee(KILLS, draft("mode=duel", "damage=1", "damgae=2", "colour=red", name="\u200b"), NOW)
    assert forecast.contribution is not None
    assert forecast.problems == ()
    assert [note.split(" a name has")[0] for note in forecast.notes] == [
        'no rule for "boss" reads the field "damgae". Did you mean "damage"?',
        'no rule for "boss" reads the field "colour".',
        'the name "\\u200b" is left out, the points count:',
    ]


def test_what_cannot_be_attached_is_noted() -> None:
    attaching = board(rules=KILLS.rules, attach=("photo", "level", "lure"))
    words = ("mode=duel", "damage=1", "photo=https://example.com/a", "level=1e99", "lure=true", "phot=x")
    forecast = foresee(attaching, draft(*words), NOW)
    assert forecast.contribution is not None
    assert [note.split(": it is")[0] for note in forecast.notes] == [
        'no rule for "boss" reads the field "phot". Did you mean "photo"?',
        'the attached field "level" is left out, the points count',
        'the attached field "lure" is left out, the points count',
    ]


def test_a_number_that_the_decimals_round_is_noted() -> None:
    """A board reads 7.35 kg, and has no decimals: 7 counts, which nobody meant."""
    catch = Rule("boss", (Points(Decimal(0), "kg"),))
    for decimals, amount, notes in ((0, "7.35", ["7"]), (1, "7.35", ["7.4"]), (2, "7.35", []), (0, "7", [])):
        forecast = foresee(board(rules=(catch,), decimals=decimals), draft(f"kg={amount}"), NOW)
        found = [note.split(": ")[0] for note in forecast.notes]
        assert found == [f'the field "kg" gives 7.35, which counts as {note}' for note in notes]
    counting = board(rules=(catch,), decimals=0, aggregate="count")
    assert foresee(counting, draft("kg=7.35"), NOW).notes == ()


def test_the_item_is_what_a_game_server_writes() -> None:
    made = draft("mode=duel", "damage=12.5", "flag=true", name="Zoë")
    assert made.item == {
        "player_id": {"S": "ann"},
        "activity_id": {"S": make_id(NOW, 1)},
        "type": {"S": "boss"},
        "name": {"S": "Zoë"},
        "expires_at": {"N": str((NOW + 40 * DAY) // 1000)},
        "mode": {"S": "duel"},
        "damage": {"N": "12.5"},
        "flag": {"BOOL": True},
    }


def test_a_feed_hands_a_board_no_other_type() -> None:
    """Even where the activity has other faults, the board never sees it, so there is nothing to wait for."""
    counting = replace(KILLS, on_feed=True)
    found = foresee(counting, DraftActivity("a b", make_id(NOW, 1), "kil", fields={}), NOW)
    (problem,) = found.problems
    assert problem == (
        'never delivered: no rule of weekly-kills is for the type "kil", so its feed does not hand weekly-kills this '
        "activity. "
        'Did you mean "kill"?'
    )
    assert found.ignored
    assert not foresee(KILLS, DraftActivity("p", make_id(NOW, 1), "kil", fields={}), NOW).ignored
    assert foresee(counting, DraftActivity("p", make_id(NOW, 1), "kill", fields={}), NOW).contribution
