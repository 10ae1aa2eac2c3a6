"""Writes estimates as text for a person, as JSON for a program, and as Markdown for a page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from generator.aws import prices
from generator.board.board import Board
from generator.board.feed import Feed
from generator.cost.estimate import FACTORS, BundleCost, sum_costs
from generator.cost.term import Term, add_up
from generator.diagnostics.wording import plural

HEADINGS = ("idle", *(f"{factor}x" for factor in FACTORS))
"""What the columns of sums are called."""
LEFT_OUT = (
    "Free tiers and discounts are not taken off. Left out: taxes, support, what a person does (queries, redrive, "
    "Terraform's state), events of milestones, a web ACL, tables made warm (once), a KMS key's rotation (1 more a "
    "month after the first year, 2 after the second), and data between regions."
)
_COLUMNS = "US dollars a month of 730 hours: idle, and in all at 1, 10 and 100 times each board's traffic"


class Section(NamedTuple):
    """A part of the report about one board: its title, the terms, and what they add up to."""

    title: str
    terms: tuple[Term, ...]
    sums: tuple[tuple[str, Decimal], ...]


def board_text(cost: BundleCost) -> str:
    """One board for a person: every term as units x price = cost, and the sums."""
    lines = [f"{_title(cost)}: US dollars a month of 730 hours", *_tell_prices([cost])]
    for section in _list_sections(cost):
        lines += ["", section.title, *_term_lines(section.terms), *(_sum_line(*each) for each in section.sums)]
    return "\n".join([*lines, "", *cost.notes, *([""] if cost.notes else []), *_wrap(LEFT_OUT), ""])


def boards_text(costs: Sequence[BundleCost]) -> str:
    """Many boards for a person: a line for each, and sums for each team, each environment and all."""
    rows = [("board", "team", *HEADINGS)]
    rows += [(cost.bundle.folder, cost.bundle.team, *map(_dollars, cost.sums)) for cost in costs]
    rows += [(name, "", *map(_dollars, sums)) for name, sums in _sums(costs)]
    lines = [_COLUMNS, *_tell_prices(costs), "", *_align(rows), ""]
    notes = [f"{cost.bundle.folder}: {note}" for cost in costs for note in cost.notes]
    return "\n".join([*lines, *notes, *([""] if notes else []), *_wrap(LEFT_OUT), ""])


def board_markdown(cost: BundleCost) -> str:
    """One board as Markdown: what `board_text` says, in tables."""
    lines = [f"## {_title(cost)}", "", "US dollars a month of 730 hours.", *_tell_prices_in_markdown([cost]), ""]
    for section in _list_sections(cost):
        head = ("part", "what", "units", "price", "cost") if section.terms else ("", "cost")
        rows = _term_rows(section.terms)
        rows += [(name, *[""] * (len(head) - 2), _dollars(amount)) for name, amount in section.sums]
        lines += [f"### {section.title}", "", *_table(head, rows, ("units", "cost")), ""]
    return "\n".join([*lines, "### Notes", "", *_notes_in_markdown(cost.notes)])


def boards_markdown(costs: Sequence[BundleCost]) -> str:
    """Many boards as Markdown: a table with a line for each board, and what `boards_text` says about it."""
    named = list(zip(_name_boards(costs), costs, strict=True))
    rows = [(name, *map(_dollars, cost.sums)) for name, cost in named]
    rows += [(name, *map(_dollars, sums)) for name, sums in _sums(costs)]
    notes = [f"{name}: {note}" for name, cost in named for note in cost.notes]
    lines = [*_table(("board", *HEADINGS), rows, HEADINGS), "", f"{_COLUMNS}.", *_tell_prices_in_markdown(costs), ""]
    return "\n".join([*lines, *_notes_in_markdown(notes)])


def costs_json(costs: Sequence[BundleCost]) -> dict[str, Any]:
    """Estimates for a program. Amounts are US dollars a month, to a hundredth of a cent."""
    return {
        "currency": "USD",
        "hours_a_month": 730,
        "prices_as_of": prices.AS_OF,
        "boards": [_bundle_json("board", cost) for cost in costs if not isinstance(cost.bundle, Feed)],
        "feeds": [_bundle_json("feed", cost) for cost in costs if isinstance(cost.bundle, Feed)],
        "sums": [{"of": name, **_sums_json(sums)} for name, sums in _sums(costs)],
        "left_out": LEFT_OUT,
    }


def cost_rows(cost: BundleCost) -> list[tuple[str, str, str]]:
    """The sums of a board for another report: what, amount, and the words about it."""
    beside = f"{_dollars(cost.sums[0] - cost.dashboard)} beside its CloudWatch dashboard"
    return [
        ("nobody plays or reads", _dollars(cost.sums[0]), beside),
        ("at its `traffic`", _dollars(cost.sums[1]), f"every term: leaderboards cost {cost.bundle.name}"),
    ]


def costs_as_json(cost: BundleCost) -> dict[str, Any]:
    """The sums of a board for another document."""
    return {"currency": "USD", "prices_of": cost.price_region, **_sums_json(cost.sums)}


def _bundle_json(kind: str, cost: BundleCost) -> dict[str, Any]:
    bundle = cost.bundle
    return {
        kind: bundle.name,
        "team": bundle.team,
        "environment": bundle.environment,
        "region": bundle.region,
        "prices_of": cost.price_region,
        **_sums_json(cost.sums),
        "idle_beside_dashboard": _number(cost.sums[0] - cost.dashboard),
        "idle_terms": [_term_json(term) for term in cost.idle],
        "traffic_terms": {f"{factor}x": [_term_json(term) for term in cost.traffic[factor]] for factor in FACTORS},
        "uncertain_terms": [_term_json(term) for term in cost.uncertain],
        "notes": list(cost.notes),
    }


def _term_json(term: Term) -> dict[str, Any]:
    return {
        "part": term.part,
        "what": term.what,
        "units": float(term.units),
        "unit": term.price.unit,
        "price": float(term.price.amount(term.region)),
        "per": term.price.per,
        "cost": _number(term.cost),
    }


def _sums_json(sums: Sequence[Decimal]) -> dict[str, float]:
    return {name: _number(amount) for name, amount in zip(HEADINGS, sums, strict=True)}


def _number(amount: Decimal) -> float:
    return float(round(amount, 4))


def _sums(costs: Sequence[BundleCost]) -> Iterator[tuple[str, tuple[Decimal, ...]]]:
    """The sums of each team and each environment, where there are several, and of all."""
    for what in ("team", "environment"):
        groups: dict[str, list[BundleCost]] = {}
        for cost in costs:
            groups.setdefault(getattr(cost.bundle, what) or "", []).append(cost)
        if len(groups) > 1:
            yield from ((f"{what} {name}", sum_costs(each)) for name, each in groups.items())
    if len(costs) != 1:
        feeds = any(isinstance(cost.bundle, Feed) for cost in costs)
        yield "all boards and feeds" if feeds else "all boards", sum_costs(costs)


def _tell_prices(costs: Sequence[BundleCost]) -> Iterator[str]:
    """Say whose prices are used, and for which regions others' stand in."""
    for used in sorted({cost.price_region for cost in costs}):
        others = sorted({cost.bundle.region for cost in costs if cost.price_region == used} - {used})
        instead = f", in place of those of {', '.join(others)}, which are not known here" if others else ""
        yield f"Prices of {used}, {prices.AS_OF}{instead}"


def _title(cost: BundleCost) -> str:
    where = f" in environment {cost.bundle.environment}" if cost.bundle.environment else ""
    return f"{cost.bundle.name} of team {cost.bundle.team}{where}{tell_what_is_apart(cost.bundle)}"


def tell_what_is_apart(bundle: Board | Feed) -> str:
    """Say what else is paid for beside a bundle: a board's feed, a feed's boards; nothing without a feed."""
    if isinstance(bundle, Feed):
        return ", without its boards"
    return f", without its feed ({bundle.feed.name})" if bundle.feed else ""


def _list_sections(cost: BundleCost) -> Iterator[Section]:
    """The parts of the report about one bundle."""
    idle = cost.sums[0]
    beside = [("beside its dashboard", idle - cost.dashboard)] if cost.dashboard else []
    yield Section("Idle: nobody plays or reads", cost.idle, (("idle", idle), *beside))
    title = f"With traffic: {_describe_traffic(cost.bundle)}"
    yield Section(title, cost.traffic[1], (("traffic", add_up(cost.traffic[1])),))
    yield Section("In all", (), tuple(zip(HEADINGS, cost.sums, strict=True)))
    if cost.uncertain:
        yield Section("In no sum: AWS does not say whether it charges this", cost.uncertain, ())


def _describe_traffic(bundle: Board | Feed) -> str:
    if isinstance(bundle, Feed):
        return f"{bundle.rates.average:,} activities/s"
    traffic = bundle.traffic
    rates = f"{traffic.activities_per_second.average:,} activities/s, {traffic.reads_per_second:,} reads/s"
    return f"{rates}, {plural(traffic.players, 'player')}"


def _name_boards(costs: Sequence[BundleCost]) -> list[str]:
    """The boards' names; where one stands twice, as in several environments, the folders of their bundles."""
    names = [cost.bundle.name for cost in costs]
    return names if len({*names}) == len(names) else [cost.bundle.folder for cost in costs]


def _tell_prices_in_markdown(costs: Sequence[BundleCost]) -> list[str]:
    return [f"{each}." for each in _tell_prices(costs)]


def _notes_in_markdown(notes: Iterable[str]) -> list[str]:
    """What does not fit the boards, and what is left out."""
    listed = [f"- {note}" for note in notes]
    return [*listed, *([""] if listed else []), LEFT_OUT, ""]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], numbers: Sequence[str]) -> list[str]:
    """Rows as a table of Markdown. `numbers`: the columns aligned to the right."""
    line = f"|{'|'.join('---:' if name in numbers else '---' for name in head)}|"
    return [f"| {' | '.join(head)} |", line, *(f"| {' | '.join(row)} |" for row in rows)]


def _term_lines(terms: Iterable[Term]) -> list[str]:
    rows = [(part, what, units, f"x {price}", f"= {cost}") for part, what, units, price, cost in _term_rows(terms)]
    return _align(rows, numbers=(2, 4))


def _term_rows(terms: Iterable[Term]) -> list[tuple[str, ...]]:
    """Part, what, units, price and cost of each term that costs something."""
    return [
        (
            term.part,
            term.what,
            _units(term.units),
            f"{term.price.amount(term.region):f} per {_per(term)}",
            _dollars(term.cost),
        )
        for term in terms
        if term.units
    ]


def _per(term: Term) -> str:
    return term.price.unit if term.price.per == 1 else f"{term.price.per:,} {term.price.unit}"


def _units(units: Decimal) -> str:
    return f"{units:,.3f}".rstrip("0").rstrip(".") if units < 1000 else f"{units:,.0f}"


def _dollars(amount: Decimal) -> str:
    return f"{amount:,.2f}"


def _sum_line(name: str, amount: Decimal) -> str:
    return f"  {name:<22}{_dollars(amount):>12}"


def _align(rows: Sequence[tuple[str, ...]], numbers: tuple[int, ...] | None = None) -> list[str]:
    """Rows as lines with aligned columns. `numbers`: the columns aligned to the right; None: all from the third on."""
    right = range(2, 99) if numbers is None else numbers
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(
            cell.rjust(width) if index in right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _wrap(text: str) -> list[str]:
    return textwrap.wrap(text, 100)
