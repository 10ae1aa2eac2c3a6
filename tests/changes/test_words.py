"""What is said of an edit is said for the way that it goes: something taken out is not said as something put in."""

from __future__ import annotations

import pytest

from generator.changes import reports
from generator.changes.comparing import compare_bundle
from generator.changes.edits import Kind
from generator.changes.facts import facts_of
from generator.changes.guard import describe_refusals
from tests.changes.edited import NOW, compare, decide

HEAD = """\
version: 1
project: arcade
region: eu-central-1
teams: {nebula: {owner: nebula@example.com, notify: ["mailto:a@example.com"]}}
boards:
"""
BOARD = """\
  - name: kills
    team: nebula
    scoring:
      rules: [{activity: kill, per: {field: damage, points: 1}}]
      attach: [car, {field: photo, link: true}]
      limits: {points: {max: 50}, activities_per_minute: 9}
    window: [{every: week, lasts: 2d6h, grace: 90s, keep: 3}, {every: rolling, days: 7}]
    segments: [{name: country}]
    traffic: {reads_per_second: 100}
    api:
      domain: kills.example.com
      certificate_arn: arn:aws:acm:us-east-1:222222222222:certificate/5b1d9c3e-7a42-4f60-9e8b-2d4c6a8f0b13
      web_acl_arn: arn:aws:wafv2:us-east-1:222222222222:global/webacl/w/c4e8a1f7-3b5d-4962-a0d7-9f1b3e5c7a24
      cors_origins: ["https://game.example.com"]
"""
DOMAIN, CERTIFICATE, ACL, ORIGINS = (f"{line}\n" for line in BOARD.splitlines()[-4:])
"""The last lines."""
IAM = "    api: {access: iam, principals: ['arn:aws:iam::222222222222:role/game']}\n"

SAID = {
    ("damage", "harm"): [
        "points of kill damage -> harm; scores so far stay, and the new points count from now on; an activity without "
        "harm is rejected, so game servers must write it first; needs attention"
    ],
    ("points: 1}}]", "points: 1}}, {activity: kill, when: {mode: duel}, per: {field: stake, points: 1}}]"): [
        "points of kill where mode is duel: stake; scores so far stay, and the new points count from now on; an "
        "activity without stake is rejected, so game servers must write it first; needs attention"
    ],
    ("points: 1}}]", "points: 1}}, {activity: kill, when: {mode: duel}, per: {field: damage, points: 2}}]"): [
        "points of kill where mode is duel: 2 x damage; scores so far stay, and the new points count from now on; in "
        "place"
    ],
    ("points: 1}}]", "points: 1}}, {activity: win, per: {field: stake, points: 1}}]"): [
        "points of win: stake; scores so far stay, and the new points count from now on; in place"
    ],
    ("      limits: {points: {max: 50}, activities_per_minute: 9}\n", ""): [
        "limits.points.max 50 -> none; nothing is rejected for it from now on; what was can be redriven; in place",
        "limits.activities_per_minute 9 -> none; nothing is rejected for it from now on; what was can be redriven; in "
        "place",
    ],
    ("lasts: 2d6h, grace: 90s, keep: 3", "lasts: 90m, grace: 0s, keep: 1"): [
        "keep of window week 3 -> 1; of the windows that have ended only the newest stays: the others are deleted for "
        "good; needs attention",
        "reset of window week moved: lasts 2d6h -> 1h30m; the running one keeps its end, the next begins there and "
        "ends where the new rule says; in place",
        "grace of window week 1m30s -> 0s; it holds for the running window too; in place",
    ],
    ("days: 7", "days: 9"): [
        "days of window rolling 7 -> 9; who reads it as rolling-7d finds it no more, and days that it had left may be "
        "deleted already, so that it fills up day by day; needs attention"
    ],
    ("{name: country}", "{name: country, values: [DE]}"): [
        "values of segment country: any -> DE; ranks within all others can't be read any more; the board's own stay; "
        "needs attention"
    ],
    ("[car, {field: photo, link: true}]", "[photo]"): [
        "attach car no more; the page and the API show it no more; needs attention",
        "link of attached photo true -> false; the page shows it when it is loaded again; in place",
    ],
    ("car, {field: photo, link: true}", "{field: photo, link: true}, car"): [
        "attached fields in the order photo and car; the page shows it when it is loaded again; in place"
    ],
    (', notify: ["mailto:a@example.com"]', ""): [
        "notify without mailto:a@example.com; alarms go there no more; needs attention"
    ],
    (DOMAIN + CERTIFICATE, ""): [
        "domain kills.example.com -> none; page and API answer under CloudFront's name only, and links to the former "
        "end nowhere; needs attention",
        "certificate_arn arn:aws:acm:us-east-1:222222222222:certificate/5b1d9c3e-7a42-4f60-9e8b-2d4c6a8f0b13 -> none; "
        "CloudFront shows its own; in place",
    ],
    (ACL + ORIGINS, ""): [
        "web_acl_arn arn:aws:wafv2:us-east-1:222222222222:global/webacl/w/c4e8a1f7-3b5d-4962-a0d7-9f1b3e5c7a24 -> none"
        "; nothing is asked any more before CloudFront answers; needs attention",
        "cors_origins without https://game.example.com; their scripts can't read the API any more; needs attention",
    ],
    ("".join((("    api:\n"), DOMAIN, CERTIFICATE, ACL, ORIGINS)), IAM): [
        "api.access public -> iam; the page and its address go for good, players see nothing; only signed requests of "
        "`principals` read it; needs attention"
    ],
    (ORIGINS, f"{ORIGINS}      max_concurrency: unreserved\n"): [
        "api.max_concurrency 10 -> unreserved; AWS changes it while the board runs; in place"
    ],
}
"""What is said of an edit, which is one text that another replaces."""


@pytest.mark.parametrize("edit", SAID)
def test_an_edit_is_said_for_the_way_that_it_goes(edit: tuple[str, str]) -> None:
    text = HEAD + BOARD
    assert text.count(edit[0]) == 1
    (old,), (new,) = decide(text).boards, decide(text.replace(*edit)).boards
    assert [each.sentence for each in compare_bundle(facts_of(old), facts_of(new), NOW)] == SAID[edit]


def test_a_comment_calls_nobody_and_refers_to_no_issue() -> None:
    text = BOARD.replace("team: nebula", "team: nebula\n    title: 'Ask @arcade/all or a@example.com of #12'")
    markdown = reports.as_markdown(compare(decide(HEAD + BOARD), decide(HEAD + text)))
    assert r'"Ask @<!-- -->arcade/all or a@example.com of \#<!-- -->12"' in markdown


def test_a_score_that_would_be_read_as_another_is_said_both_ways() -> None:
    text = HEAD + BOARD.replace("rules:", "decimals: 2\n      rules:")
    for decimals, other, read in ((2, 0, "1 so far would be read as 100"), (0, 2, "100 so far would be read as 1")):
        before, after = (decide(text.replace("decimals: 2", f"decimals: {each}")) for each in (decimals, other))
        (edit,) = compare(before, after)[0].edits
        assert edit.then.startswith(f"a score of {read}: ")


def test_each_board_of_an_edit_that_many_share_is_accepted_by_its_name() -> None:
    boards = HEAD + BOARD + BOARD.replace("name: kills", "name: deaths").replace("kills.", "deaths.")
    after = decide(boards.replace("project: arcade", "project: arena"))
    changes = compare(decide(boards), after)
    (refusal,) = describe_refusals(changes, after.places, ())
    assert "with `--accept deaths`, and the same for kills: " in refusal.hint
    assert all(edit.kind is Kind.REFUSED for change in changes for edit in change.edits[:1])
    assert "`--accept kills`: that is" in str(reports.as_json(changes))


def test_a_season_that_another_keeps_from_beginning_is_said_to_wait() -> None:
    window = "    window: {every: season, seasons: [%s]}\n"
    text = HEAD + BOARD[: BOARD.index("    window:")]
    swapped = [
        "{name: autumn, starts: 2026-09-01, ends: 2026-12-01}, {name: winter, starts: 2026-12-01, ends: 2027-03-01}",
        "{name: winter, starts: 2026-09-01, ends: 2026-12-01}, {name: autumn, starts: 2026-12-01, ends: 2027-03-01}",
    ]
    before, after = (decide(text + window % each) for each in swapped)
    said = [edit.sentence for edit in compare(before, after)[0].edits]
    assert (
        "starts of season winter 2026-12-01 -> 2026-09-01; autumn runs, and goes on to its end: this one begins after "
        "that if at all; needs attention"
    ) in said


@pytest.mark.parametrize(
    ("zone", "at", "first"),
    [
        ("Pacific/Kiritimati", "00:00", "2026-11-29"),
        ("Pacific/Niue", "00:00", "2026-11-28"),
        ("UTC", "11:00", "2026-11-28"),
        ("UTC", "13:00", "2026-11-27"),
    ],
)
def test_a_season_is_told_the_first_day_on_which_it_may_end(zone: str, at: str, first: str) -> None:
    window = f'    window: {{every: season, timezone: {zone}, at: "{at}", seasons: [%s]}}\n'
    text = HEAD + BOARD[: BOARD.index("    window:")]
    before, past, allowed = (
        decide(text + window % f"{{name: autumn, starts: 2026-09-01, ends: {day}}}")
        for day in ("2026-12-01", "2026-11-26", first)
    )
    (edit,) = compare(before, past)[0].edits
    assert edit.instead == f"Write `ends: {first}`, or a later day."
    assert [each.kind for each in compare(before, allowed)[0].edits] == [Kind.IN_PLACE]


def test_environments_are_no_way_out_for_a_file_that_has_none() -> None:
    text = HEAD + BOARD
    changes = compare(decide(text), decide(text.replace("teams:", "environments: {live: {}}\nteams:")))
    (edit,) = (edit for change in changes for edit in change.edits if edit.kind is Kind.REFUSED)
    assert edit.what == "environment none -> live"
    assert edit.instead.startswith("Leave this file without `environments`, ")
