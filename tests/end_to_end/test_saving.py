"""What happens to a board that runs when leaderboards.yaml is saved: each change takes hold, and data is kept."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from generator.errors import LocalError
from generator.local.deploy.applying import Resources
from generator.local.emulator.process import Emulator
from generator.local.keeping import recounting
from generator.local.local_bundle import generate_local_bundle
from generator.local.reporter import Reporter
from generator.local.saving.redeploy import Project, Redeployer
from generator.local.stack import Stack
from generator.pipeline import Selection
from tests.end_to_end.game import Game, activity, get, let_last
from tests.end_to_end.settings import read_board
from tests.support.cli import run
from tests.support.projects import board_yaml, boards_of, head

TEN, TWENTY = ("{rules: [{activity: kill, points: %d}]}" % points for points in (10, 20))  # noqa: UP031
COUNT = "{aggregate: count, rules: [{activity: kill}]}"


def text(*boards: str) -> str:
    """A whole file, whose weeks do not end meanwhile."""
    return let_last(head(project="saved") + "boards:\n" + "".join(boards))


class Saving:
    """A project whose boards run, and a person who edits it."""

    def __init__(self, folder: Path) -> None:
        self.main = folder / "leaderboards.yaml"
        self.said = io.StringIO()
        self.deployed = 0
        self.reporter = Reporter(self.said)
        self.stack = Stack(self.reporter)
        self._redeployer = Redeployer(self.stack, Project(self.main, Selection()), self.reporter, self.count)

    def count(self) -> None:
        """What is called after each change of what runs."""
        self.deployed += 1

    def save(self, content: str) -> str:
        """Save the file. Returns what is said."""
        self.main.write_text(content)
        before = len(self.said.getvalue())
        self._redeployer.take_up()
        return self.said.getvalue()[before:]


@pytest.fixture(scope="module")
def saving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Saving]:
    """One board that runs."""
    saving = Saving(tmp_path_factory.mktemp("saved"))
    try:
        saving.stack.start(boards_of(text(board_yaml("fish", scoring=TEN))))
        yield saving
    finally:
        saving.stack.stop()


def test_edits_take_hold_and_keep_what_may_be_kept(saving: Saving) -> None:
    fish = Game(saving.stack, "fish")
    fish.put(activity("ann", "kill"))
    fish.settle()
    assert fish.score("ann") == 10

    # Another rule: the score stays, and the next activity has the new points.
    said = saving.save(text(board_yaml("fish", scoring=TWENTY)))
    assert "s: points of kill 10 -> 20; scores so far stay, and the new points count from now on; in place\n" in said
    fish.put(activity("ann", "kill"))
    fish.settle()
    assert fish.score("ann") == 30
    assert saving.deployed == 1

    # The edit is undone, and done again.
    for scoring, score in ((TEN, 40), (TWENTY, 60)):
        assert "points of kill " in saving.save(text(board_yaml("fish", scoring=scoring)))
        fish.put(activity("ann", "kill"))
        fish.settle()
        assert fish.score("ann") == score

    # A mistake: shown as `validate` shows it, and nothing changes.
    said = saving.save(text(board_yaml("fish", scoring="{rules: [{activity: kill, pionts: 1}]}")))
    shown = run("validate", cwd=saving.main.parent).stderr
    assert said.replace(str(saving.main), saving.main.name) == shown.replace(
        "1 error\n", "1 error: all boards run as before\n"
    )
    assert saving.deployed == 3

    # Repaired, with a board more, and then with one less. It is taken up again with what it had.
    both = text(board_yaml("fish", scoring=TWENTY), board_yaml("crab", scoring=TEN))
    said = saving.save(both)
    assert saving.deployed == 4
    assert "nothing is wrong with it any more" in said
    assert "crab, " in said
    assert "fish, " not in said
    crab = Game(saving.stack, "crab")
    crab.put(activity("bob", "kill"))
    crab.settle()
    address = crab.api_url
    said = saving.save(text(board_yaml("fish", scoring=TWENTY)))
    assert "runs no more" in said
    assert [*saving.stack.boards] == ["fish"]
    with pytest.raises(json.JSONDecodeError):
        get(f"{address}/v1/leaderboard")
    assert "taken up again" in saving.save(both)
    crab.put(activity("bob", "kill"))
    crab.settle()
    assert crab.score("bob") == 20


def test_where_scores_would_mean_something_else_the_board_begins_anew(saving: Saving) -> None:
    saving.save(text(board_yaml("fish", scoring=TWENTY)))
    fish = Game(saving.stack, "fish")
    fish.put_all([activity("cleo", "kill") for _ in range(3)])
    fish.settle()
    said = saving.save(text(board_yaml("fish", scoring=COUNT)))
    assert " of its activities counted again\n  aggregate sum -> count; every stored score is one by sum: " in said
    assert "\n  `leaderboards generate` refuses it, here it is tried. Leave it as it was, and let " in said
    fish.settle()
    assert fish.score("cleo") == 3
    # While it stands, other boards and edits are taken up, and it is not forgotten.
    said = saving.save(text(board_yaml("fish", scoring=COUNT), board_yaml("crab", scoring=TEN, title="Crabs")))
    assert said.endswith("`leaderboards generate` still refuses fish (aggregate sum -> count)\n")
    said = saving.save(text(board_yaml("fish", scoring=COUNT, window="{every: week, starts: sunday}")))
    assert "anew" not in said, "a moved reset holds from the next window on"
    fish.settle()
    assert fish.score("cleo") == 3


def test_a_season_that_a_save_makes_longer_goes_on(saving: Saving) -> None:
    season = "{every: season, seasons: [{name: one, starts: 2020-01-01, ends: YEAR-01-01}]}"
    saving.save(text(board_yaml("fish", scoring=TWENTY, window=season.replace("YEAR", "2090"))))
    fish = Game(saving.stack, "fish")
    fish.put(activity("dora", "kill"))
    fish.settle()
    for year in ("2099", "2095"):
        saving.save(text(board_yaml("fish", scoring=TWENTY, window=season.replace("YEAR", year))))
        fish.put(activity("dora", "kill"))
        fish.settle()
        _, page = get(f"{fish.api_url}/v1/leaderboard?window=one")
        assert page["window"]["ends_at"] == page["next_reset_at"] == f"{year}-01-01T00:00:00.000Z"
    assert fish.score("dora", "one") == 60


def test_what_all_boards_stand_on_needs_a_restart(saving: Saving) -> None:
    before, deployed = dict(saving.stack.boards), saving.deployed
    for old, new in (("project: saved", "project: other"), ("region: eu-central-1", "region: eu-west-1")):
        said = saving.save(text(board_yaml("fish")).replace(old, new))
        assert "Stop `leaderboards local` and start it again" in said, new
    assert saving.stack.boards == before
    assert saving.deployed == deployed


def test_a_run_remembers_what_it_stands_on_when_no_board_is_left(saving: Saving) -> None:
    only = Selection(board="fish")
    alone = Redeployer(saving.stack, Project(saving.main, only), saving.reporter, saving.count)
    saving.save(text(board_yaml("fish")))
    saving.main.write_text(text(board_yaml("eel")))
    before = len(saving.said.getvalue())
    alone.take_up()
    assert saving.stack.boards == {}
    assert "has no board any more that this run takes" in saving.said.getvalue()[before:]
    for old, new in (("project: saved", "project: other"), ("region: eu-central-1", "region: eu-west-1")):
        said = saving.save(text(board_yaml("fish")).replace(old, new))
        assert "Stop `leaderboards local` and start it again" in said, new
    assert saving.stack.boards == {}
    assert "fish, " in saving.save(text(board_yaml("fish")))
    assert saving.save(text(board_yaml("fish"))) == ""


def test_a_board_comes_back_although_its_functions_wrote_after_they_were_deleted(saving: Saving) -> None:
    saving.save(text(board_yaml("fish"), board_yaml("crab")))
    saving.save(text(board_yaml("fish")))
    # What a function that was deleted while it ran writes at its end makes its log group anew.
    saving.stack.aws.client("logs").create_log_group(logGroupName="/aws/lambda/saved-crab-simulator")
    assert "crab, " in saving.save(text(board_yaml("fish"), board_yaml("crab")))
    assert "crab" in saving.stack.boards


def test_what_failed_half_way_is_put_back_and_tried_again_at_the_next_save(saving: Saving) -> None:
    saving.save(text(board_yaml("fish", scoring=TEN)))
    fish, lambdas = Game(saving.stack, "fish"), saving.stack.aws.client("lambda")
    name = "saved-fish-processor"
    configuration = lambdas.get_function(FunctionName=name)["Configuration"]
    # A new board that fails does not run, and what stands in its way is said.
    saving.stack.aws.client("iam").create_role(RoleName="saved-eel-api", AssumeRolePolicyDocument="{}")
    both = text(board_yaml("fish", scoring=TEN), board_yaml("eel"))
    said = saving.save(both)
    assert "eel: does not run, because this failed: the embedded AWS refuses aws_" in said
    assert "(EntityAlreadyExists)" in said
    assert ", but for eel: save it again to try again" in said
    saving.stack.aws.client("iam").delete_role(RoleName="saved-eel-api")
    said = saving.save(both)
    assert "eel, " in said
    assert "but for" not in said
    # A board that runs goes on by its old rules: also its functions that were changed before the one that failed.
    simulator = saving.stack.boards["fish"].deployment.functions["simulator"]
    lambdas.delete_function(FunctionName=simulator)
    said = saving.save(text(board_yaml("fish", scoring=TWENTY), board_yaml("eel")))
    assert "fish: runs as before, because this failed: the embedded AWS refuses aws_lambda_function.simulator: " in said
    assert lambdas.get_function(FunctionName=name)["Configuration"]["CodeSha256"] == configuration["CodeSha256"]
    fish.put(activity("dora", "kill"))
    fish.settle()
    assert fish.score("dora") == 10


def test_a_board_that_fails_while_it_begins_anew_has_the_scores_that_its_rules_say(
    saving: Saving, monkeypatch: pytest.MonkeyPatch
) -> None:
    saving.save(text(board_yaml("pike", scoring=TEN)))
    pike = Game(saving.stack, "pike")
    pike.put_all([activity("finn", "kill") for _ in range(3)])
    pike.settle()

    def fail(*_: object) -> None:
        monkeypatch.undo()
        raise LocalError("stopped")

    monkeypatch.setattr(recounting, "forget_results", fail)
    said = saving.save(text(board_yaml("pike", scoring=COUNT)))
    assert "pike: runs as before, because this failed: stopped" in said
    pike.settle()
    assert pike.score("finn") == 30
    said = saving.save(text(board_yaml("pike", scoring=COUNT)))
    assert "began anew, with 3 of its activities counted again" in said
    pike.settle()
    assert pike.score("finn") == 3


VARIANTS: tuple[dict[str, str], ...] = (
    {"scoring": TEN},
    {"scoring": TEN.replace("}]}", "}], limits: {activities_per_minute: 3}}"), "milestones": "[50]"},
    {"scoring": TEN, "api": "{access: iam, principals: ['arn:aws:iam::111122223333:role/reader']}"},
    {"scoring": TEN, "api": "{cors_origins: ['https://a.example'], max_concurrency: 7}", "rebuild": "rate(9 minutes)"},
    {"scoring": TEN.replace("}]}", "}], ignore: [x]}"), "traffic": "{activities_per_second: {peak: 900}}"},
    {"scoring": TEN},
)
"""Boards that differ in roles, permissions, URLs, limits, schedules, queues and files. The last is the first."""


FUNCTIONS = {f"aws_lambda_function.{name}" for name in ("api", "processor", "rebuilder", "simulator")}
INDEX = 'aws_s3_object.page["index.html"]'


def test_a_save_changes_no_more_than_it_must() -> None:
    """What makes a save quick: seconds are measured by `make bench ARGS=local`, which no test can rely on."""
    edits: tuple[tuple[dict[str, str], set[str]], ...] = (
        ({"scoring": TWENTY}, FUNCTIONS),
        ({"scoring": TWENTY, "title": "Most fish"}, {*FUNCTIONS, INDEX}),
    )
    with Emulator("eu-central-1") as aws:
        board = Resources(aws)
        [first] = boards_of(text(board_yaml("fish", scoring=TEN)))
        board.apply(generate_local_bundle(first), schedule=False)
        for keys, changed in edits:
            [edited] = boards_of(text(board_yaml("fish", **keys)))
            board.apply(generate_local_bundle(edited), schedule=False)
            assert {*board.changed} == changed, keys


def assert_code_is_that_of(resources: Resources, aws: Emulator) -> None:
    """Assert that each function has the code that its bundle has."""
    for one in (each.arguments for each in resources.there.values() if each.kind == "aws_lambda_function"):
        found = aws.client("lambda").get_function(FunctionName=one["function_name"])["Configuration"]
        assert found["CodeSha256"] == one["source_code_hash"], one["function_name"]


def test_a_board_that_was_changed_is_what_a_new_one_would_be() -> None:
    seen = []
    with Emulator("eu-central-1") as aws:
        changing = Resources(aws)
        for number, keys in enumerate(VARIANTS):
            changed, new = (
                boards_of(head(project="saved") + "boards:\n" + board_yaml(name, **keys))[0]
                for name in ("changed", f"number{number}")
            )
            files = generate_local_bundle(changed)
            changing.apply(files, schedule=True)
            assert bool(changing.changed)
            Resources(aws).apply(generate_local_bundle(new), schedule=True)
            seen.append(read_board(aws, "saved-changed"))
            assert seen[-1] == read_board(aws, f"saved-number{number}")
            assert_code_is_that_of(changing, aws)
            # Nothing has changed since, so nothing is done.
            changing.apply(files, schedule=True)
            assert changing.changed == ()
    assert seen[0] == seen[-1]
    assert len({json.dumps(each) for each in seen}) == len(VARIANTS) - 1
