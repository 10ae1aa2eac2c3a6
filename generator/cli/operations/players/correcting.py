"""Corrects a player's score by a command: reads what is wanted, and says what the score and the rank were and are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.players.correction_text import Ranks, describe_outcome, outcome_json
from generator.cli.operations.players.wanted import Wanted
from generator.diagnostics.nearest import nearest
from generator.diagnostics.wording import join_words, plural, quote
from generator.errors import InputError
from generator.operations.audit.trail import open_trail
from generator.operations.corrections.correction import Correction, CountedCorrection, find_correction
from generator.operations.corrections.counting import count_correction, make_plan
from generator.operations.corrections.new_score import check_added
from generator.operations.corrections.ranks import read_ranks
from generator.operations.players.managed_board import ManagedBoard
from generator.operations.ranks.rebuilding import rebuild_when_free
from generator.operations.running_board import aws_errors_as_operation_errors
from generator.progress import report_progress
from runtime.config import BOUND, BoardConfig, Column
from runtime.domain.instants import rfc3339

_VALUE = re.compile(r"(?:([a-z][a-z0-9_]{0,31})=)?([+-]?[0-9]{1,16}(?:\.[0-9]{1,15})?)")
_IN_WORDS = "[COLUMN=]NUMBER, such as 50, -12.5 or score=50"


def parse_correction(config: BoardConfig, player_id: str, wanted: Wanted) -> Correction:
    """Read a correction off the options. Raises InputError for all that is wrong at once."""
    option, given = ("--add", wanted.add) if wanted.add else ("--set", wanted.set)
    values: dict[str, int] = {}
    problems = list(_parse_values(config, given, values))
    if wanted.add:
        problems += check_added(config, values)
        if not problems and not any(values.values()):
            problems.append("that adds nothing")
    if problems:
        raise InputError("\n".join(f"{option}: {problem}" for problem in problems))
    return Correction(player_id, "add" if wanted.add else "set", values, wanted.window, wanted.reason or "")


def correct_player(board: ManagedBoard, correction: Correction, wanted: Wanted) -> None:
    """Correct a score, and say what it was and is. Raises InputError, OperationError and FunctionError."""
    player_id = correction.player_id
    with aws_errors_as_operation_errors():
        counted = find_correction(board.running.marks, correction)
        plan = make_plan(board, correction, reopen=wanted.reopen) if counted is None else None
        found = plan.counted if plan else counted
        assert found is not None
        # Who is hidden is in no rank, whatever the score is.
        scores = plan.after if plan and not plan.is_hidden else None
        ranks = read_ranks(board, player_id, list(found.after), scores)
    if wanted.dry_run:
        if plan is None:
            say(f"This was counted at {rfc3339(found.at)}, and would not be again.")
        return _tell(board, found, ranks if plan else {}, ranks, wanted, is_done=plan is None)
    option, given = ("add", wanted.add) if wanted.add else ("set", wanted.set)
    arguments = {option: ", ".join(given), "window": ", ".join(wanted.window) or None, "reopen": wanted.reopen}
    with open_trail(board.running).deed("players correct", arguments, wanted.reason, player=player_id) as deed:
        counted, is_new = count_correction(board, correction, reopen=wanted.reopen)
        deed.outcome({"corrected": len(counted.after) if is_new else 0})
    if not is_new:
        say(f"This was counted at {rfc3339(counted.at)}, and is not again: another correction has another --reason.")
    for _ in report_progress(rebuild_when_free(board.rebuild), lambda _: "waiting for a rebuild ...", say):
        pass
    with aws_errors_as_operation_errors():
        after = read_ranks(board, player_id, list(counted.after))
    return _tell(board, counted, ranks if is_new else {}, after, wanted, is_done=True)


def _tell(
    board: ManagedBoard, counted: CountedCorrection, before: Ranks, after: Ranks, wanted: Wanted, *, is_done: bool
) -> None:
    """Say what has changed, or would; `before` is empty where that was long ago."""
    if wanted.as_json:
        windows = outcome_json(board.config, counted, before, after, is_done=is_done)
        document = {"board": board.name, "player_id": counted.player_id, "action": "correct", "done": is_done}
        return print_json({**document, "activity_id": counted.activity_id if is_done else None, "windows": windows})
    for line in describe_outcome(board.config, counted, before, after, is_done=is_done):
        write(line)
    return None


def _parse_values(config: BoardConfig, given: Sequence[str], values: dict[str, int]) -> Iterator[str]:
    """Read the numbers of columns into `values`, scaled. Says of each that is wrong, why."""
    names = [column.name for column in config.columns]
    for text in given:
        match = _VALUE.fullmatch(text)
        if match is None:
            yield f"{quote(text)} is not {_IN_WORDS}"
            continue
        name, number = match.groups()
        if name is None and len(names) > 1:
            yield f"the board has {join_words(names, 'and')}: write which, such as {names[0]}={number}"
        elif (name := name or names[0]) not in names:
            near = nearest(name, tuple(names))
            hint = f"Did you mean {near}?" if near else f"It has {join_words(names, 'and')}."
            yield f"the board has no column {name}. {hint}"
        elif name in values:
            yield f"{name} is given twice"
        else:
            column = config.columns[names.index(name)]
            values[name] = 0
            yield from _scale(column, Decimal(number), values)


def _scale(column: Column, number: Decimal, values: dict[str, int]) -> Iterator[str]:
    scaled = number.scaleb(column.decimals)
    if scaled != int(scaled):
        yield f"{column.name} has {plural(column.decimals, 'decimal')}, and {number} has more"
    elif abs(scaled) > BOUND:
        its = f", {plural(column.decimals, 'decimal')} among them" if column.decimals else ""
        yield f"{column.name} has 15 digits at the most{its}, and {number} has more"
    values[column.name] = int(scaled)
