"""The edits of a board's scoring: what its numbers mean, what gives points, what is rejected, how it is ranked."""

from __future__ import annotations

from collections.abc import Iterator

from generator.changes.edits import STANDSTILL, Edit, Kind, attention, refused, second_board
from generator.changes.words import join_names, name_rule, show, show_points, show_scaled, turn
from runtime.config import BoardConfig, Column, Limits, Rule, Segment
from runtime.domain.identity import describe_identity

_STAY = "scores so far stay, and the new points count from now on"


def compare_scoring(old: BoardConfig, new: BoardConfig) -> Iterator[Edit]:
    """Find the edits of what a board counts and how it ranks."""
    yield from _compare_meaning(old, new)
    yield from _compare_rules(old, new)
    yield from _compare_types(old, new)
    yield from _compare_limits(old, new)
    yield from _compare_milestones(old, new)
    if old.ties != new.ties:
        yield Edit(turn("ties", old.ties, new.ties), "everybody is ranked anew in the next snapshot, scores stay")
    if old.top != new.top:
        yield Edit(turn("top", old.top, new.top), "the next snapshot has a top list of this length")
    yield from _compare_attached(old, new)
    yield from _compare_segments(old, new)


def _compare_meaning(old: BoardConfig, new: BoardConfig) -> Iterator[Edit]:
    """Find what changes of that what is stored means: aggregate, columns, their order, aggregates and decimals."""
    before, after = (describe_identity(board)["board"] for board in (old, new))
    whole = before != after
    found = list(_compare_columns(old, new))
    if old.aggregate != new.aggregate:
        found.insert(
            0, (turn("aggregate", old.aggregate, new.aggregate), f"every stored score is one by {old.aggregate}", "")
        )
    if whole and not found:
        found.append((turn("what a stored score means", before, after), "every stored score means the former", ""))
    for what, why, instead in found:
        if not whole:
            yield Edit(what, "what is stored means the same as before")
        else:
            yield refused(what, f"{why}: {STANDSTILL}", instead)


def _compare_columns(old: BoardConfig, new: BoardConfig) -> Iterator[tuple[str, str, str]]:
    """Find what changes of the columns that scores have: what, why that matters, and what to write instead."""
    before, after = ({column.name: column for column in board.columns} for board in (old, new))
    gone, come = [name for name in before if name not in after], [name for name in after if name not in before]
    if gone and len(gone) == len(come) and len(before) == len(after):
        for one, other in zip(gone, come, strict=True):
            yield f"column {one} renamed to {other}", f"every stored score has the column {one} and no {other}", ""
    elif gone or come:
        what = [f"column {name} {word}" for names, word in ((gone, "removed"), (come, "added")) for name in names]
        yield ", ".join(what), f"every stored score has {join_names(before)}", ""
    elif list(before) != list(after):
        yield (
            f"columns {join_names(before)} -> {join_names(after)}",
            f"the first decides the rank, and what is stored is sorted by {next(iter(before))}",
            "",
        )
    for name, column in after.items():
        if name in before:
            yield from _compare_column(before[name], column, old, new)


def _compare_column(
    old: Column, new: Column, before: BoardConfig, after: BoardConfig
) -> Iterator[tuple[str, str, str]]:
    of = "" if len(after.columns) == 1 else f" of column {new.name}"
    if old.decimals != new.decimals:
        whole = 10 ** max(old.decimals, new.decimals)
        one = f"a score of {show_scaled(whole, old)} so far would be read as {show_scaled(whole, new)}"
        column = of.replace(" of", " for")
        instead = f"Write `decimals: {old.decimals}`{column}, and what the rules give is rounded to that"
        yield turn(f"decimals{of}", old.decimals, new.decimals), one, f"{instead}; or {second_board(before.name)}."
    if old.order != new.order:
        yield turn(f"order{of}", old.order, new.order), f"what is stored is sorted {old.order}", ""
    if old.aggregate != new.aggregate and before.aggregate == after.aggregate:
        yield turn(f"aggregate{of}", old.aggregate, new.aggregate), f"every stored number is one by {old.aggregate}", ""


def compare_texts(old: BoardConfig, new: BoardConfig) -> Iterator[Edit]:
    """Find the edits of what people call a board and its columns, and how they read its numbers."""
    then = "the API shows it at once, the page when it is loaded again"
    if old.title != new.title:
        yield Edit(turn("title", old.title, new.title), then)
    before = {column.name: column for column in old.columns}
    for column in new.columns:
        former = before.get(column.name)
        for key in ("title", "format", "unit") if former else ():
            if getattr(former, key) != getattr(column, key):
                yield Edit(turn(f"{key} of column {column.name}", getattr(former, key), getattr(column, key)), then)


def _compare_rules(old: BoardConfig, new: BoardConfig) -> Iterator[Edit]:
    """Find what gives other points. Rules of one type and condition are added up, so they are compared together."""
    if [column.name for column in old.columns] != [column.name for column in new.columns]:
        return  # they give other columns, which is refused
    before, after = _sort_rules(old), _sort_rules(new)
    one_each = {name for name in _types(old) & _types(new) if _count(old, name) == _count(new, name) == 1}
    for key in [*before, *(key for key in after if key not in before)]:
        former, present = before.get(key), after.get(key)
        if former and former[0].activity in one_each:
            present = next(rules for rules in after.values() if rules[0].activity == former[0].activity)
        elif present and present[0].activity in one_each:
            continue
        yield from _compare_rule(former or [], present or [], old, new)


def _compare_rule(old: list[Rule], new: list[Rule], before: BoardConfig, after: BoardConfig) -> Iterator[Edit]:
    given = [
        " and ".join(show_points(rule.points, board.columns) for rule in rules)
        for rules, board in ((old, before), (new, after))
    ]
    if not new:
        yield Edit(f"no points any more for {name_rule(old[0])}", "scores so far stay")
        return
    said = []
    if not old:
        said.append(f"points of {name_rule(new[0])}: {given[1]}")
    if old and given[0] != given[1]:
        said.append(f"points of {name_rule(new[0])} {given[0]} -> {given[1]}")
    if old and old[0].when != new[0].when:
        said.append(f"points for {name_rule(old[0])} -> for {name_rule(new[0])}")
    fields = _new_fields(new, before)
    yield from (attention(what, _need(fields)) if fields else Edit(what, _STAY) for what in said)


def _new_fields(rules: list[Rule], before: BoardConfig) -> set[str]:
    """The fields without which activities that counted before are rejected from now on. `rules` are of one type and
    condition. A type that comes to be counted has rejected nothing before."""
    former = [rule for rule in before.rules if rule.activity == rules[0].activity]
    needed = _fields([rule for rule in former if rule.when in ((), rules[0].when)])
    return _fields(rules) - needed if former else set()


def _fields(rules: list[Rule]) -> set[str]:
    """The fields that an activity must have for these rules."""
    return {each.field for rule in rules for each in rule.points if each.field}


def _need(fields: set[str]) -> str:
    """What follows where rules read fields that they did not read before."""
    return f"{_STAY}; an activity without {join_names(sorted(fields))} is rejected, so game servers must write it first"


def _sort_rules(board: BoardConfig) -> dict[object, list[Rule]]:
    """The rules by type and condition."""
    found: dict[object, list[Rule]] = {}
    for rule in board.rules:
        found.setdefault((rule.activity, rule.when), []).append(rule)
    return found


def _types(board: BoardConfig) -> set[str]:
    return {rule.activity for rule in board.rules}


def _count(board: BoardConfig, activity: str) -> int:
    return sum(rule.activity == activity for rule in board.rules)


def _compare_types(old: BoardConfig, new: BoardConfig) -> Iterator[Edit]:
    """Find the types of activity that come to be ignored, or are known no more."""
    if new.on_feed:  # which brings the types of its rules and no others
        return
    known = _types(old) | set(old.ignore)
    unknown = sorted(known - _types(new) - set(new.ignore))
    if unknown:
        yield attention(
            f"activities of type {join_names(unknown)} unknown from now on",
            "each is rejected where a person can see and redrive it, and the alarm on rejections may fire; "
            "name the type in `ignore` if it is not for this board",
        )
    if added := sorted(set(new.ignore) - set(old.ignore)):
        yield Edit(f"ignore {join_names(added)}", "they are left out before they are counted; scores so far stay")
    if freed := sorted((set(old.ignore) - set(new.ignore)) - set(unknown)):
        yield Edit(f"ignore {join_names(freed)} no more", "they count from now on, those ignored before do not")


def _compare_limits(old: BoardConfig, new: BoardConfig) -> Iterator[Edit]:
    for key, name in (("min_points", "limits.points.min"), ("max_points", "limits.points.max")):
        before, after = (show_scaled(getattr(board.limits, key), board.columns[0]) for board in (old, new))
        if before != after:
            yield Edit(f"{name} {before} -> {after}", _bound(after))
    minute: tuple[Limits, Limits] = old.limits, new.limits
    if minute[0].activities_per_minute != minute[1].activities_per_minute:
        numbers = [show(each.activities_per_minute) for each in minute]
        yield Edit(f"limits.activities_per_minute {numbers[0]} -> {numbers[1]}", _bound(numbers[1]))


def _bound(limit: str) -> str:
    """What follows from a limit; `none` is without one."""
    if limit == "none":
        return "nothing is rejected for it from now on; what was can be redriven"
    return "what is beyond it is rejected from now on; scores so far stay"


def _compare_milestones(old: BoardConfig, new: BoardConfig) -> Iterator[Edit]:
    before, after = ([show_scaled(each, board.columns[0]) for each in board.milestones] for board in (old, new))
    if added := [each for each in after if each not in before]:
        then = (
            "an event for each player who reaches it, and with their next activity for those who are past it, unless "
            "there was one of theirs for a milestone beyond"
        )
        yield Edit(f"milestones: {join_names(added)} added", then)
    if removed := [each for each in before if each not in after]:
        yield Edit(f"milestones: {join_names(removed)} removed", "no event for it any more; events so far stay sent")


def _compare_attached(old: BoardConfig, new: BoardConfig) -> Iterator[Edit]:
    if added := [name for name in new.attach if name not in old.attach]:
        yield Edit(f"attach {join_names(added)}", "kept from the next activity on; entries so far have none")
    if removed := [name for name in old.attach if name not in new.attach]:
        yield attention(f"attach {join_names(removed)} no more", "the page and the API show it no more")
    if old.search_names != new.search_names:
        then = "the next snapshot has an index of the names" if new.search_names else "names are searched no more"
        yield Edit(turn("api.search_names", old.search_names, new.search_names), then)


def _compare_segments(old: BoardConfig, new: BoardConfig) -> Iterator[Edit]:
    before, after = ({each.name: each for each in board.segments} for board in (old, new))
    for name in [*before, *(name for name in after if name not in before)]:
        former, present = before.get(name), after.get(name)
        if former is None:
            yield Edit(f"segment {show(name)} added", "players are in it from their next activity on")
        elif present is None:
            yield attention(f"segment {show(name)} removed", "its ranks can't be read any more; the board's own stay")
        elif former != present:
            yield _compare_segment(former, present)


def _compare_segment(old: Segment, new: Segment) -> Edit:
    if old.field != new.field:
        what = turn(f"field of segment {show(new.name)}", old.field, new.field)
        return attention(what, "players stay in the value that they are in until their next activity")
    if new.values and not old.values:
        what = f"values of segment {show(new.name)}: any -> {join_names(new.values)}"
        return attention(what, "ranks within all others can't be read any more; the board's own stay")
    if gone := [value for value in old.values if new.values and value not in new.values]:
        what = f"segment {show(new.name)} without {join_names(gone)}"
        return attention(what, "ranks within it can't be read any more; the board's own stay")
    if old.values != new.values:
        return Edit(
            f"values of segment {show(new.name)}: {join_names(old.values)} -> {join_names(new.values or ['any'])}",
            "players are in one that is new from their next activity on",
            Kind.IN_PLACE,
        )
    return Edit(turn(f"title of segment {show(new.name)}", old.title, new.title), "the page shows it when loaded again")
