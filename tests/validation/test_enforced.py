"""What is enforced holds in every bundle, whatever a team's file says: it is refused, or it has what is enforced."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from generator import __version__
from generator.aws.schedules import parse_schedule
from generator.board.board import Board
from generator.pipeline import MAIN, Generated, validate
from generator.rendering.text_files import render_text_files
from generator.spec.teams.requires import find_unmet
from tests.support.effort import examples
from tests.support.paths import REPOSITORY

ACLS = [
    f"arn:aws:wafv2:us-east-1:111111111111:global/webacl/{name}/1234abcd-12ab-34cd-56ef-1234567890ab" for name in "ab"
]
READER = "arn:aws:iam::111111111111:role/reader"
SCHEDULES = ["rate(1 minute)", "rate(5 minutes)", "rate(1 hour)", "cron(0/2 * * * ? *)", "cron(0 3 * * ? *)"]


def some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with any of some keys."""
    return st.fixed_dictionaries({}, optional=keys)


API = {"access": st.sampled_from(["public", "iam"]), "web_acl_arn": st.sampled_from(ACLS)}
SCHEDULE = st.sampled_from(SCHEDULES)
FLAGS = {"protect": st.booleans(), "simulator": st.booleans()}
KEYS = some(**FLAGS, rebuild=SCHEDULE, api=some(**API, principals=st.just([READER])))
TAGS = some(cost=st.sampled_from(["1", "2"]), Cost=st.just("3"), area=st.just("games"))
ENFORCED = some(**FLAGS, fastest_rebuild=SCHEDULE, api=some(**API), tags=TAGS)


@st.composite
def projects(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A main file and the file of a team."""
    board = {"name": "kills", "scoring": {"rules": [{"activity": "kill", "points": 1}]}, "window": {"every": "week"}}
    environment = st.fixed_dictionaries(
        {}, optional={"enforce": ENFORCED, "defaults": KEYS, "boards": st.fixed_dictionaries({"kills": KEYS})}
    )
    environments = st.fixed_dictionaries({"dev": environment, "prod": environment})
    main: dict[str, Any] = {
        "version": 1,
        "project": "arcade",
        "region": "eu-central-1",
        "include": ["teams/*.yaml"],
        "teams": {"nebula": {"owner": "a@example.com", "tags": draw(TAGS)}},
    } | draw(
        some(
            enforce=ENFORCED,
            defaults=KEYS,
            environments=environments,
        )
    )
    return main, {"team": "nebula", "boards": [board | draw(KEYS)]}


def wanted(main: dict[str, Any], environment: str | None) -> dict[str, Any]:
    """What is enforced in an environment, by hand: flat, the environment's own over the project's."""
    layers = [main.get("enforce", {}), main.get("environments", {}).get(environment, {}).get("enforce", {})]
    flat: dict[str, Any] = {}
    for layer in layers:
        flat |= {key: value for key, value in layer.items() if key not in ("api", "tags")}
        flat |= {f"api.{key}": value for key, value in layer.get("api", {}).items()}
        flat |= {f"tags.{key}": value for key, value in layer.get("tags", {}).items()}
    return flat


def has(board: Board, key: str, value: Any) -> bool:
    """Whether a board's Terraform has an enforced value."""
    files = render_text_files(board)
    terraform = "\n".join(text for path, text in sorted(files.items()) if path.endswith(".tf"))
    match key.split("."):
        case ["protect"]:
            return ("prevent_destroy = true" in terraform) is value
        case ["simulator"]:
            return ("terraform/simulator.tf" in files) is value
        case ["fastest_rebuild"]:
            [schedule] = re.findall(r'-rebuild"\n +schedule_expression = "(.*)"', terraform)
            return parse_schedule(schedule).shortest_gap_seconds >= parse_schedule(value).shortest_gap_seconds
        case ["api", "access"]:
            return ("aws_cloudfront_distribution" in terraform) is (value == "public")
        case ["api", "web_acl_arn"]:
            return "aws_cloudfront_distribution" not in terraform or f'= "{value}"' in terraform
        case ["tags", tag]:
            return re.search(f'    {tag} += "{value}"\n', terraform) is not None
    raise AssertionError(key)


@examples(100)
@given(projects())
def test_whatever_a_team_says_what_is_enforced_holds(files: tuple[dict[str, Any], dict[str, Any]]) -> None:
    main, team = files
    made = validate({"leaderboards.yaml": json.dumps(main).encode(), "teams/nebula.yaml": json.dumps(team).encode()})
    event("made" if made.boards else "refused")
    for board in made.boards:
        for key, value in wanted(main, board.environment).items():
            assert has(board, key, value), (key, value)


def project(*lines: str, board: str = "") -> Generated:
    """A project with some lines of its main file, and a board with some keys of its own in the team's file."""
    main = ["version: 1", "project: arcade", "region: eu-central-1", 'include: ["teams/*.yaml"]', *lines]
    main.append("teams: {nebula: {owner: a@example.com}}")
    own = f"name: kills, scoring: {{rules: [{{activity: kill, points: 1}}]}}, window: {{every: week}}{board}"
    files = {
        MAIN: main,
        "teams/nebula.yaml": ["team: nebula", f"boards: [{{{own}}}]"],
    }
    return validate({path: "\n".join(text).encode() for path, text in files.items()})


def test_a_silent_board_has_what_is_enforced_whatever_the_defaults_say() -> None:
    enforced = 'enforce: {protect: true, simulator: false, fastest_rebuild: rate(5 minutes), tags: {cost: "1"}}'
    made = project(enforced, "defaults: {protect: false, simulator: true, rebuild: rate(2 minutes)}")
    [board] = made.boards
    assert made.diagnostics == ()
    assert (board.protect, board.simulator, board.schedule) == (True, None, "rate(5 minutes)")
    assert board.tags["cost"] == "1"
    [slower] = project(enforced, "defaults: {rebuild: rate(7 minutes)}").boards
    assert slower.schedule == "rate(7 minutes)"


def test_an_environment_enforces_its_own_over_the_project_s() -> None:
    made = project("enforce: {protect: true}", "environments: {dev: {enforce: {protect: false}}, prod: {}}")
    assert {board.environment: board.protect for board in made.boards} == {"dev": False, "prod": True}


def test_a_board_may_say_what_is_enforced() -> None:
    [board] = project("enforce: {protect: true}", board=", protect: true").boards
    assert board.protect
    [refused] = project("enforce: {protect: true}", board=", protect: false").diagnostics
    assert (refused.code, refused.file, "leaderboards.yaml:5" in refused.message) == (
        "enforced",
        "teams/nebula.yaml",
        True,
    )


@pytest.mark.parametrize("enforced", [True, False])
def test_a_feed_is_protected_as_is_enforced_whatever_it_and_the_defaults_say(enforced: bool) -> None:
    said, other = (str(value).lower() for value in (enforced, not enforced))
    lines = f"enforce: {{protect: {said}}}", f"defaults: {{protect: {other}}}"
    feed = "feeds: [{name: matches, team: nebula, types: [kill]"
    [made] = project(*lines, f"{feed}}}]", board=", feed: matches").feeds
    assert made.protect is enforced
    [refused] = project(*lines, f"{feed}, protect: {other}}}]", board=", feed: matches").diagnostics
    assert (refused.code, refused.line, "leaderboards.yaml:5" in refused.message) == ("enforced", 7, True)


def test_an_environment_enforces_the_protection_of_its_feeds() -> None:
    lines = "enforce: {protect: true}", "environments: {dev: {enforce: {protect: false}}, prod: {}}"
    feed = "feeds: [{name: matches, team: nebula, types: [kill]"
    made = project(*lines, f"{feed}}}]", board=", feed: matches").feeds
    assert {each.environment: each.protect for each in made} == {"dev": False, "prod": True}
    for own, where in ((", protect: true", "in dev"), (", protect: false", "leaderboards.yaml:5")):
        [refused] = project(*lines, f"{feed}{own}}}]", board=", feed: matches").diagnostics
        assert (refused.code, where in refused.message) == ("enforced", True)


def test_a_board_is_told_at_its_own_place_what_enforced_access_needs() -> None:
    [missing] = project("enforce: {api: {access: iam}}").diagnostics
    assert missing.headline == (
        "teams/nebula.yaml:2:10: boards[kills].api.principals: is missing with `access: iam`. Write the ARNs of the "
        "roles that may read the board."
    )


def test_an_enforced_web_acl_is_for_boards_with_a_page() -> None:
    enforced = f'enforce: {{api: {{web_acl_arn: "{ACLS[0]}"}}}}'
    [public] = project(enforced).boards
    [signed] = project(enforced, board=f', api: {{access: iam, principals: ["{READER}"]}}').boards
    assert (public.web_acl_arn, signed.web_acl_arn) == (ACLS[0], None)


@pytest.mark.parametrize(
    ("requirement", "version", "unmet"),
    [
        (">=0.2,<1", "0.2.0", None),
        (">=0.2,<1", "0.10.3", None),
        (">=0.2,<1", "0.1.9", ">=0.2"),
        (">=0.2,<1", "1.0.0", "<1"),
        (">=0.2,<1", "0.2.0rc1", ">=0.2"),
        ("<1", "1.0.0.dev3", None),
        ("==0.1", "0.1.0", None),
        ("== 0.1 , != 0.1.1", "0.1.1", "==0.1"),
        (">0.1,!=0.1.1", "0.1.1", "!=0.1.1"),
        (">0.1", "0.1.0.post1", ">0.1"),
        ("<=0.1", "0.1.0+local", None),
    ],
)
def test_a_version_is_within_bounds_or_not(requirement: str, version: str, unmet: str | None) -> None:
    assert find_unmet(requirement, version) == unmet


@pytest.mark.parametrize(
    "text", ["", ",", ">=1,", "1", "=>1", ">=1.2.3.4", "~=1", ">=01", ">=1 <2", "latest", ">= =1", "=1"]
)
def test_what_is_no_requirement_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        find_unmet(text, "1.0.0")
    [wrong] = project(f"requires: {json.dumps(text)}").diagnostics
    assert (wrong.line, wrong.column, wrong.path) == (5, 11, "requires")


def test_another_version_says_only_that() -> None:
    [unmet] = project('requires: ">=77"', "a_key_of_tomorrow: 1").diagnostics
    assert unmet.code == "requires"
    assert project(f'requires: "=={__version__}"').diagnostics == ()


def test_the_guardrails_of_the_docs_hold() -> None:
    text = (REPOSITORY / "docs/ci.md").read_text(encoding="utf-8")
    [main] = re.findall("```yaml\n(version: 1\n.*?)```", text, re.DOTALL)
    board = b"{name: kills, scoring: {rules: [{activity: kill, points: 1}]}, window: {every: week}}"
    made = validate({MAIN: main.encode(), "teams/nebula.yaml": b"team: nebula\nboards: [" + board + b"]"})
    assert made.diagnostics == ()
    decided = {board.environment: (board.protect, board.simulator is not None) for board in made.boards}
    assert decided == {"dev": (False, True), "prod": (True, False)}
