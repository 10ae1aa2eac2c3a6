"""Random boards and activities, compared to the naive model: every rank, page, neighbour, percentile and score.

Time passes while they are played: windows end and are sealed, snapshots follow one another. Each seed is a board; one
alone: pytest "tests/runtime/test_model.py::test_every_answer_agrees_with_the_naive_model[SEED]", with
LEADERBOARDS_TEST_TIMES=10 for a seed of `make test-long`.
"""

from __future__ import annotations

from collections import Counter
from itertools import count
from random import Random
from typing import Any

import pytest

from runtime.domain.instants import rfc3339
from runtime.domain.judging import PROBE
from runtime.dynamodb import outbox
from runtime.dynamodb.decisions import DecisionStore
from runtime.processor import BatchResult, process
from runtime.queries import ProblemError
from runtime.s3.ranks import segments, sizes
from tests.operations.managed import Managed
from tests.runtime.boards import BOARD, NOW, message
from tests.runtime.naive_model import SEARCHES, Row, find_named
from tests.runtime.naive_players import DecidedModel
from tests.runtime.naive_rules import Rules, Run
from tests.runtime.naive_windows import DAY, HOUR, start_of
from tests.runtime.random_boards import GRACE, MINUTE, any_rules, any_run, config_of, entry_of, image_of
from tests.runtime.random_corrections import correct_any
from tests.runtime.segment_checks import MOST_VALUES, Within, check_segments, player_part
from tests.runtime.world import World
from tests.support.effort import seeds

SEALING = [0, MINUTE, 32 * MINUTE, 35 * MINUTE]
"""The times of rebuilds after which every window is sealed that had ended before the first: one sends the probes, one
finds that they came through, one closes the windows half an hour later, and one finds that nothing can be written."""


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sizes, "BLOCK", 3)
    monkeypatch.setattr(sizes, "PER_PACK", 2)
    monkeypatch.setattr(segments, "MAX_VALUES", MOST_VALUES)


class Game:
    """A random board in the world and in the model, played side by side."""

    def __init__(self, rules: Rules) -> None:
        self.world = World(config_of(rules))
        self.world.aws.set_page_items(1000)
        self.model = DecidedModel(rules, GRACE * 1000)
        self.now = NOW + 1
        self.probes = 0
        self.known: set[str] = set()
        """The windows that the board knew after its newest rebuild."""
        self.sealed: set[str] = set()
        """The windows that are sealed."""
        self.shown: dict[str, list[Row]] = {}
        """The ranks of the newest snapshot, by kind of window."""
        self.within: dict[str, Within] = {}
        """The same within segments."""

    def deliver(self, runs: list[Run]) -> None:
        """Process a batch: what becomes of each is what the model says."""
        wrote = Counter(self.model.write(run, self.now) for run in runs)
        batch = self._process(runs)
        assert not batch.failed
        duplicates, ignored = wrote.pop("duplicate", 0), wrote.pop("ignored", 0)
        counted = wrote.pop("counted", 0)
        assert (batch.counts["Ignored"], +batch.reasons) == (ignored, +wrote)
        assert batch.counts["Counted"] + batch.counts["Duplicate"] == counted + duplicates
        if not self.world.config.keeps_one_run:
            assert batch.counts["Counted"] == counted

    def redeliver(self, runs: list[Run]) -> None:
        """Process a batch again. On a board that keeps one run this is judged anew, and changes nothing either."""
        assert not self._process(runs).failed

    def _process(self, runs: list[Run]) -> BatchResult:
        messages = [message(image_of(run), f"m{number}", run.written) for number, run in enumerate(runs)]
        world = self.world
        return process(messages, world.config, world.window_store, world.aggregates, world.heartbeats, self.now)

    def rebuild(self) -> None:
        """Make a snapshot, and let probes come through."""
        self.world.rebuild(self.now)
        self.model.open_current(self.now)
        some = [row for row in self.world.aws.tables["activities"].values() if row["type"]["S"] == PROBE]
        self.world.put(*some[self.probes :], written=self.now)
        self.probes = len(some)
        self.shown = {every[0]: self.model.board(every, self.now) for every in self.model.rules.windows}
        names = {every[0]: self.model.windows_of(every, self.now) for every in self.model.rules.windows}
        self.within = {kind: self.model.rank_within(some, MOST_VALUES) for kind, some in names.items()}
        # How long sealing takes is left to its own tests: here it must not come before the grace is over.
        states = {state.window.id: state.state for state in self.world.window_store.read_all()}
        self.model.closed |= {name for name, state in states.items() if state in ("sealing", "sealed")}
        # The oldest are forgotten, some as soon as they are sealed, but that they are sealed stays.
        self.sealed |= {name for name, state in states.items() if state == "sealed"} | (self.known - states.keys())
        self.known = set(states)
        assert self.model.closed <= self.model.list_ended(self.now)

    def decide(self, chance: Random) -> None:
        """Let an operator hide, rename, restore or erase a player, or none, and correct one; half of all boards have
        none."""
        action, player = chance.choice(["hide", "rename", "restore", "erase", "", ""]), f"p{chance.randint(1, 5)}"
        store = DecisionStore(self.world.table)
        if action == "hide":
            store.hide(player, self.now)
            self.model.hidden.add(player)
        elif action == "rename":
            store.rename(player, "bob", self.now)
            self.model.names[player] = "bob"
        elif action == "restore":
            store.restore(player, self.now)
            self.model.restore(player)
        elif action == "erase":
            operator = Managed(self.world, self.now)
            operator.erase(player)
            self.now = operator.now
            self.model.erase(player, self.now // 1000 * 1000 + 999)
        correct_any(chance, self.world, self.model, self.now)
        self.rebuild()

    def seal(self) -> None:
        """Let half an hour pass, after which all is sealed that has ended by now."""
        began = self.now
        for wait in SEALING:
            self.now = began + wait
            self.rebuild()
        assert self.model.list_ended(began) <= self.sealed


@pytest.mark.usefixtures("one_thread")
@seeds(200)
def test_every_answer_agrees_with_the_naive_model(seed: int) -> None:
    chance, numbers = Random(seed), count()
    rules = any_rules(chance)
    game = Game(rules)
    # A generator of its own: without decisions a seed plays as it always did.
    decider = Random(f"{seed}/players")
    is_decided = decider.random() < 0.5
    played: list[Run] = []
    delayed: list[Run] = []
    for _ in range(chance.randint(1, 3)):
        runs = [any_run(chance, rules, game.now, next(numbers), at_edges=True) for _ in range(chance.randint(3, 12))]
        # Some come again in the same batch or in a later one, some only after the next windows were sealed.
        held = chance.sample(runs, chance.randint(0, 3))
        batch = delayed + [run for run in runs if run not in held]
        game.deliver(batch + batch[: chance.randint(0, 2)])
        played, delayed = played + batch, held
        game.redeliver(chance.sample(played, chance.randint(0, 3) % (len(played) + 1)))
        game.now += chance.choice([1, MINUTE, HOUR, 6 * HOUR, DAY, 8 * DAY, 29 * DAY, 40 * DAY])
        chance.choice([game.seal, game.seal, game.rebuild])()
        if is_decided:
            game.decide(decider)
        game.now += chance.choice([1, MINUTE, HOUR])
    if is_decided:
        game.decide(decider)
    game.deliver(delayed)
    game.redeliver(played)
    game.rebuild()
    compare(game, chance)
    check_archive(game)
    check_milestones(game)
    game.deliver([any_run(chance, rules, game.now, next(numbers)) for _ in range(3)])
    check_pending(game)


def compare(game: Game, chance: Random) -> None:
    """The current window of each kind, as every path of the API shows it."""
    world, now = game.world, game.now
    for every, rows in game.shown.items():
        if game.model.window(every, now) is None:
            assert not rows
            with pytest.raises(ProblemError, match=f"there is no {every} now; the next starts"):
                world.page(now, window=every)
            continue
        expected = [entry_at(row) for row in rows]
        found, limit = [], chance.randint(1, 4)
        for offset in range(0, len(rows) + limit, limit):
            page = world.page(now, window=every, offset=str(offset), limit=str(limit))
            assert page["players"] == len(rows)
            found += page["entries"]
        assert found == expected
        for place, row in enumerate(rows):
            # The pages show all ranks: of the others, some are enough.
            if place in (0, len(rows) // 2, len(rows) - 1):
                answer = world.player(row.player, now, window=every)["entry"]
                more = player_part(game.within[every], row.player)
                assert answer == {**expected[place], "percentile": row.percentile, **more}
                span = chance.randint(1, 3)
                around = world.api.neighbours(row.player, {"window": every, "span": str(span)}, now).body["entries"]
                assert around == expected[max(0, place - span) : place + span + 1]
        answer = world.api.friends({"window": every, "ids": "p5,p1,p8,p3"}, now).body["entries"]
        assert answer == [each for each in expected if each["player_id"] in ("p1", "p3", "p5")]
        for text in SEARCHES if world.config.search_names else ():
            named = [entry_at(row) for row in find_named(rows, text)]
            found_named = world.api.friends({"window": every, "name": text, "limit": "2"}, now).body
            assert (found_named["entries"], found_named["more"]) == (named[:2], len(named) > 2)
        with pytest.raises(ProblemError):
            world.player("p8", now, window=every)
        check_segments(world, game.within[every], rows, now, every, chance)


def check_archive(game: Game) -> None:
    """Windows that have ended are listed and shown as they were: those not sealed yet, and the newest sealed ones."""
    model, now = game.model, game.now
    listed = {each["id"]: each for each in game.world.api.windows(now).body["windows"]}
    for every, _ in model.rules.windows:
        own = sorted((end, name) for name, (kind, end) in model.opened.items() if kind == every)
        own = [(end, name) for end, name in own if start_of(every, end - 1) <= now]
        nobody = {"all_time": ["all-time"], "rolling": [each for each in listed if "rolling" in each]}.get(every, [])
        sealed = [name for _, name in own if name in game.sealed][-model.rules.keep :]
        shown = [name for _, name in own if name not in game.sealed] + sealed
        assert {each["id"] for each in listed.values() if each["every"] == every} == (set(shown or nobody))
        for name in shown:
            page = game.world.page(now, window=name, limit="100")
            assert page["entries"] == [entry_at(row) for row in model.rank([name])]
            assert page["window"]["sealed"] == listed[name]["sealed"] == (name in sealed)
        if own:
            previous = model.previous(every, now)
            if previous in shown:
                assert game.world.page(now, window=f"{every}:previous")["window"]["id"] == previous
            else:
                with pytest.raises(ProblemError):
                    game.world.page(now, window=f"{every}:previous")


def check_milestones(game: Game) -> None:
    """Every milestone is told of once."""
    outbox.send(game.world.table, game.world.event_bus, "arcade")
    sent = [detail for kind, detail in game.world.aws.events.sent if kind == "leaderboard.milestone_reached"]
    assert len({detail["id"] for detail in sent}) == len(sent) == len(game.model.events)
    told = sorted((each["window"], each["player_id"], each["milestone"]) for each in sent)
    assert told == sorted(game.model.events)


def check_pending(game: Game) -> None:
    """What has changed since the snapshot is pending, beside the ranks of the snapshot."""
    for (every, rows), kind in zip(game.shown.items(), game.model.rules.windows, strict=True):
        current = {row.player: row for row in game.model.board(kind, game.now)}
        for row in rows if game.model.window(every, game.now) else []:
            answer = game.world.player(row.player, game.now, window=every)["entry"]
            more = player_part(game.within[every], row.player)
            expected = {**entry_at(row), "percentile": row.percentile, **more}
            if current[row.player].columns != row.columns:
                changed = entry_of(current[row.player])
                expected["pending"] = {name: changed[name] for name in ("score", "columns")}
            assert answer == expected


def entry_at(row: Row) -> dict[str, Any]:
    return {**entry_of(row), "at": rfc3339(row.at)}


def test_the_shared_board_is_a_valid_config() -> None:
    assert BOARD.keeps_one_run is False
