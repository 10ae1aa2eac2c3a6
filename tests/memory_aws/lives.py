"""What boards meet in their lives, so that every call of AWS is made that the runtime and the operations can make.

test_every_call.py finds what is missing here: a function that calls AWS, or a condition, that no life comes to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from runtime.config import AssemblyConfig, BoardConfig, Column, Limits, Points, Rule, Season, Segment, WindowKind
from runtime.domain.instants import DAY
from runtime.dynamodb.items import MAX_IMAGE_CHARACTERS
from tests.memory_aws.life import Life
from tests.runtime.boards import board, item

MINUTE, HOUR = 60_000, 3_600_000
TOTALS = board(
    decimals=0,
    windows=(WindowKind("day", grace_seconds=60, keep=1), WindowKind("all_time")),
    milestones=(20, 1000),
    limits=Limits(activities_per_minute=3),
    drain_seconds=60,
)
BEST = board(aggregate="best", windows=(WindowKind("all_time"),))
LAST = board(aggregate="last", windows=(WindowKind("all_time"),))
MIXED = board(
    columns=(Column("fish", "descending"), Column("big", "descending", "best"), Column("now", "descending", "last")),
    rules=(Rule("catch", (Points(Decimal(0), "fish"), *(Points(Decimal(0), "kg"),) * 2)),),
    windows=(WindowKind("all_time"),),
)


def season(ends: str) -> BoardConfig:
    """A board with a season that began in September."""
    autumn = Season("autumn", date(2026, 9, 1), date.fromisoformat(ends))
    return board(decimals=0, windows=(WindowKind("season", grace_seconds=60, seasons=(autumn,)),))


def keep_totals(life: Life) -> None:
    """A board that keeps totals: milestones, a limit, rejections and their redrive, dead letters, a simulator."""
    life.be_deployed(TOTALS)
    life.kill("ann", "bob", "ann", "ann", "ann")
    life.kill("cid", type="jump")
    life.write(item("dan", at=life.now, number=500, type="jump", note="x" * MAX_IMAGE_CHARACTERS))
    again = item("eve", at=life.now, number=501)
    life.write(again, again, {**again, "type": {"S": "boss"}})
    life.process()
    life.kill("bob")
    life.process()
    life.run()
    life.read()
    life.be_deployed(replace(TOTALS, rules=(*TOTALS.rules, Rule("jump", (Points(Decimal(1)),)))))
    life.make_dead_letter()
    life.redrive()
    life.backfill()
    life.simulate()
    life.process()
    life.run()
    life.read()


def seal_windows(life: Life) -> None:
    """A board whose days are sealed, kept and forgotten, with a watch, and another KMS key on the way."""
    life.be_deployed(TOTALS, life.kms_key("old"))
    life.kill("ann", "bob")
    life.process()
    life.pass_by(5 * MINUTE, every=5 * MINUTE)
    life.be_deployed(TOTALS, life.kms_key("new"))
    life.now += DAY
    life.pass_by(12 * MINUTE, every=2 * MINUTE)
    life.correct(50, 60, player="bob", window="2026-11-24", reopen=True)
    life.read()
    life.pass_by(70 * DAY, every=35 * DAY)
    life.kill("ann")
    life.process()
    life.pass_by(30 * MINUTE, every=15 * MINUTE)


def make_a_season_longer(life: Life) -> None:
    """A board whose season is made longer when it is about to be sealed."""
    life.be_deployed(season("2026-11-25"))
    life.kill("ann")
    life.process()
    life.now += DAY
    life.run()
    life.be_deployed(season("2026-12-24"))
    life.run("watch")
    life.kill("ann")
    life.process()
    life.run()
    life.read()


def keep_the_best_run(life: Life) -> None:
    """A board that keeps the best run, later milestones too, and then segments."""
    life.be_deployed(BEST)
    for damage in (5, 3, 9):
        life.kill("ann", "bob", type="boss", mode="ranked", damage=damage)
        life.process()
    life.run()
    life.correct(4, 3)
    life.correct(7, player="zoe")
    life.kill("ann", "ann", type="boss", mode="ranked", damage=2)
    life.process()
    life.be_deployed(replace(BEST, milestones=(1,)))
    life.kill("ann", type="boss", mode="ranked", damage=10)
    life.process()
    life.run()
    life.be_deployed(replace(BEST, segments=(Segment("country", "country", "Country"),)))
    for country in ("BR", "DE"):
        life.kill("ann", "bob", type="boss", mode="ranked", damage=1, country=country)
        life.process()
    life.run()
    life.read()


def keep_the_last_run(life: Life) -> None:
    """A board that keeps the last run."""
    life.be_deployed(LAST)
    for _ in range(2):
        life.kill("ann")
        life.process()
        life.now += MINUTE


def keep_each_column(life: Life) -> None:
    """A board whose columns have aggregates of their own, with a first activity that is worth nothing."""
    life.be_deployed(MIXED)
    for worth in (0, 3, 2):
        life.kill("ann", type="catch", fish=worth, kg=worth)
        life.process()
        life.now += MINUTE
    life.run()
    life.read()


def manage_players(life: Life) -> None:
    """A board one of whose players is hidden, renamed, restored and erased."""
    life.be_deployed(TOTALS)
    life.kill("ann", "bob", "bob", "bob", "bob")
    life.kill("bob", type="jump")
    life.process()
    life.run()
    life.correct(30, 40, player="bob")
    life.make_dead_letter()
    life.manage_players()
    life.now += MINUTE
    life.kill("bob")
    life.process()
    life.correct(50, player="bob")


def replay_windows(life: Life) -> None:
    """Boards that are replayed, twice by other rules, until only what readers see is left."""
    for config in (TOTALS, BEST, LAST):
        life.be_deployed(config)
        life.kill("ann", "bob")
        life.process()
        life.run()
        window = {"day": "2026-11-24", "all_time": "all-time"}[config.windows[0].every]
        for worth in (3, 7):
            life.be_deployed(replace(config, rules=(Rule("kill", (Points(Decimal(worth)),)),)))
            life.world.activities.put(item("eve", at=life.now, number=600 + worth))
            life.replay(window)
            life.kill("ann", "bob")
            life.process()
            life.run()
        life.read()
        life.now += 8 * DAY
        life.run()
        for key in list(life.world.aws.tables["aggregates"]):
            life.world.table.delete(key)


def assemble_windows(life: Life) -> None:
    """A board with more players than one function ranks."""
    life.be_deployed(replace(BEST, assembly=AssemblyConfig(most=2, players=5, part=2, delta=500)))
    life.kill("ann", "bob", "cid", "dan", "eve")
    life.process()
    assert "skipped" in life.run()
    assert "skipped" in life.run()
    life.assemble()
    life.kill("fay")
    life.process()
    life.now += MINUTE
    assert life.run()["players"] == 6
    life.now += 11 * MINUTE
    life.kill("fay")
    life.process()
    life.run()
    life.read()


LIVES: dict[str, Callable[[Life], None]] = {
    life.__name__: life
    for life in (
        keep_totals,
        seal_windows,
        make_a_season_longer,
        keep_the_best_run,
        keep_the_last_run,
        keep_each_column,
        manage_players,
        replay_windows,
        assemble_windows,
    )
}
