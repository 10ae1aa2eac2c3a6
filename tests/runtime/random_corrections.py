"""Random corrections, counted by an operator's command and by the naive model."""

from __future__ import annotations

from fractions import Fraction
from random import Random

from generator.errors import InputError
from generator.operations.corrections.correction import Action, Correction
from generator.operations.corrections.counting import count_correction
from tests.operations.managed import Managed
from tests.runtime.naive_corrections import CorrectedModel, Fix
from tests.runtime.world import World

NUMBERS = [Fraction(text) for text in ("0", "1", "-1", "2", "3", "-7", "0.5", "12")]
"""Numbers for columns, of which some have decimals that a column has not."""


def correct_any(chance: Random, world: World, model: CorrectedModel, now: int) -> None:
    """Let an operator correct a player's score in some windows where it has one, twice by the same command."""
    rules = model.rules
    player = f"p{chance.randint(1, 5)}"
    played = [window for window, runs in model.counted.items() if any(run.player == player for run in runs)]
    added = [number for number, (kind, _) in enumerate(rules.columns) if kind in ("sum", "count")]
    keeps_runs = rules.aggregate in ("best", "last")
    action: Action = chance.choice(["add", "set"]) if added and not keeps_runs else "set"
    # What is set on a day of a rolling window is left to a test of its own.
    windows = [each for each in played if action == "add" or not each.startswith("rolling")]
    columns = added if action == "add" else range(len(rules.orders))
    if not windows or not columns:
        return
    windows = chance.sample(windows, chance.randint(1, len(windows)))
    chosen = sorted(chance.sample(list(columns), chance.randint(1, len(columns))))
    changes = []
    for number in chosen:
        decimals = rules.columns[number][1]
        given = chance.choice([each for each in NUMBERS if (each * 10**decimals).denominator == 1])
        changes.append((number, abs(given) if rules.columns[number][0] == "count" else given))
    values = {f"c{number}": int(given * 10 ** rules.columns[number][1]) for number, given in changes}
    asked = Correction(player, action, values, tuple(windows), f"ticket {now}")
    operator = Managed(world, now)
    try:
        counted, is_new = count_correction(operator.board, asked, reopen=True)
    except InputError:
        return  # A window is kept no longer, or is just being sealed.
    assert is_new
    assert count_correction(operator.board, asked, reopen=True) == (counted, False)
    fix = Fix(player, counted.activity_id, counted.at, now, None, adds=action == "add", changes=tuple(changes))
    model.correct(fix, windows)
