"""An activity costs no more units than it has to."""

from __future__ import annotations

from tests.benchmarks import units


def test_units_of_an_activity_stay_within_their_bounds() -> None:
    rows = units.measure()
    assert len(rows) == len(units.BOARDS) * len(units.EACH)
    for row in rows:
        config = units.BOARDS[row["board"]]
        windows, each = len(config.windows), row["of_each"]
        # One conditional write keeps a run; a transaction writes marks and totals, and costs twice as much.
        bound = windows / each if config.keeps_one_run else 2 + 2 * windows / each
        assert row["writes"] <= bound, row
    shown = units.table(rows)
    assert "a best run in two windows" in shown
    assert shown.count("x\n") + 1 == len(rows)
