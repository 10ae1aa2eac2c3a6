"""Decides which tables are made warm: those that are to take more at once than a new table does.

A new table takes 4,000 write units a second, and then twice its last peak within 30 minutes. One that is made warm
takes more from its first minute (Amazon DynamoDB developer guide, "Understanding DynamoDB warm throughput"): for that
AWS charges once (the same page).
"""

from __future__ import annotations

from collections.abc import Mapping

from generator.aws import limits
from generator.board.decisions import Decision
from runtime.config import BoardConfig


def decide_warm(peak: int, config: BoardConfig) -> dict[str, Decision]:
    """Decide on the write units a second that tables of a board take from the start, by the table."""
    limited = config.limits.activities_per_minute is not None
    units = limits.table_writes(peak, len(config.windows), config.keeps_one_run, limited)
    return _decide(peak, {name: units[name] for name in units if name != "activities" or not config.on_feed})


def decide_warm_feed(peak: int) -> dict[str, Decision]:
    """Decide on those that the table of a feed takes."""
    return _decide(peak, {"activities": peak})


def _decide(peak: int, units: Mapping[str, int]) -> dict[str, Decision]:
    return {table: _warm(table, peak, number) for table, number in units.items() if number > limits.NEW_TABLE_WRITES}


def _warm(table: str, peak: int, units: int) -> Decision:
    value = min(units, limits.TABLE_UNITS)
    bounded = f", at most {value:,}" if value < units else ""
    how = (
        f"{peak:,} activities/s x {units // peak} write units = {units:,}, over the {limits.NEW_TABLE_WRITES:,} of a "
        f"new table{bounded}; only as it is made, for which AWS charges once"
    )
    return Decision(f"{table} table, warm for", value, "write units/s", how)
