"""Says what a board would make of an activity before it is written, by the rules by which the processor judges it.

What depends on the player's other activities is not foreseen: the limit per minute and the bound of 15 digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, localcontext

from generator.diagnostics.nearest import nearest
from generator.diagnostics.wording import join_words, plural, quote
from generator.operations.activity_item import DraftActivity, spell_number
from runtime.config import BoardConfig, Limits, Rule, Scalar
from runtime.domain import activity
from runtime.domain.activity import MAX_NAME, Activity
from runtime.domain.edges.timeline import Timelines
from runtime.domain.instants import rfc3339
from runtime.domain.judging import Contribution, IgnoredActivity, judge
from runtime.domain.rejection import Rejection
from runtime.domain.rules.points import applies, score_activity
from runtime.domain.texts import attached
from runtime.domain.texts.numbers import json_number
from runtime.domain.texts.segments import MAX_CHARACTERS, read_value
from runtime.domain.windows import Window

_SUBSTITUTE = "player"
"""A player id that breaks no rule."""


@dataclass(frozen=True)
class Forecast:
    """What becomes of an activity that is written now."""

    contribution: Contribution | None
    """The points and the windows that they count in; None where it would not count."""
    problems: tuple[str, ...]
    """Why it would not count: a text for a person for each reason."""
    notes: tuple[str, ...]
    """What is odd about it, and stops no points."""
    ignored: bool
    """Whether the board would ignore it, or never get it from its feed: then nothing is ever seen of it."""


def foresee(
    config: BoardConfig,
    draft: DraftActivity,
    now: int,
    timelines: Timelines | None = None,
    is_closed: Callable[[Window], bool] = lambda window: False,
) -> Forecast:
    """Foresee what becomes of an activity that is written at `now` (milliseconds).

    `timelines` has the windows that the board has opened; where it is None, none is known. `is_closed` says whether a
    window is sealed, or about to be.
    """
    if config.on_feed and draft.type not in {rule.activity for rule in config.rules}:
        return Forecast(None, (f"never delivered: {_explain_type(config, draft)}",), (), ignored=True)
    timelines = timelines or Timelines(config.windows)
    verdict = judge(config, draft.make_record(now), now, timelines, is_closed)
    if isinstance(verdict, Contribution):
        return Forecast(verdict, (), tuple(_find_oddities(config, draft, verdict.activity)), ignored=False)
    problems = tuple(_find_problems(config, draft, now, timelines, is_closed))
    return Forecast(None, problems, (), ignored=isinstance(verdict, IgnoredActivity))


def _find_problems(
    config: BoardConfig, draft: DraftActivity, now: int, timelines: Timelines, is_closed: Callable[[Window], bool]
) -> Iterator[str]:
    """Every reason why it would not count: each is mended in turn, to see what stands behind it."""
    seen: set[str] = set()
    while not isinstance(verdict := judge(config, draft.make_record(now), now, timelines, is_closed), Contribution):
        if isinstance(verdict, IgnoredActivity):
            yield f"ignored: {_explain_ignored(config, draft)}"
            return
        if not isinstance(verdict, Rejection):
            yield f"the type {quote(draft.type)} is for the board's own items; a type begins with a letter or a digit."
            return
        yield f"{verdict.reason}: {_explain(config, draft, verdict, now, timelines)}"
        if verdict.reason in seen:
            return
        seen.add(verdict.reason)
        match verdict.reason:
            case "bad_player_id":
                draft = replace(draft, player_id=_SUBSTITUTE)
            case "bad_activity_id" | "in_future" | "too_old":
                draft = replace(draft, activity_id=activity.make_id(now, 0))
            case "expires_too_soon":
                draft = replace(draft, fields={k: v for k, v in draft.fields.items() if k != "expires_at"})
            case _:
                return


def _explain(config: BoardConfig, draft: DraftActivity, rejection: Rejection, now: int, timelines: Timelines) -> str:
    """A rejection's sentence, with what to write instead."""
    match rejection.reason:
        case "unknown_type":
            return _explain_type(config, draft)
        case "bad_field":
            return _explain_fields(config, draft)
        case "bad_activity_id":
            return f"{rejection.detail}; {_describe_id(draft.activity_id)}. Without --id one is made."
        case "in_future" | "too_old":
            return f"{rejection.detail}: it is {rfc3339(activity.time_of(draft.activity_id))}, now {rfc3339(now)}."
        case "over_limit":
            return f"{rejection.detail}{_describe_points(config, draft, now)}."
        case "no_window" | "late" | "sealed":
            return f"{rejection.detail}{_describe_windows(config, draft, now, timelines)}."
    return f"{rejection.detail}."


def _explain_type(config: BoardConfig, draft: DraftActivity) -> str:
    types = tuple(dict.fromkeys(rule.activity for rule in config.rules))
    near = nearest(draft.type, types)
    advice = f'Did you mean "{near}"?' if near else f"It counts {join_words(types, 'and')}."
    missed = f", so its feed does not hand {config.name} this activity" if config.on_feed else ""
    return f"no rule of {config.name} is for the type {quote(draft.type)}{missed}. {advice}"


def _explain_ignored(config: BoardConfig, draft: DraftActivity) -> str:
    """Why the board ignores it: its type is ignored, or the conditions of its type's rules."""
    rules = [rule for rule in config.rules if rule.activity == draft.type]
    if not rules:
        return f"{config.name} ignores the type {quote(draft.type)}."
    conditions = " or ".join(dict.fromkeys(_describe_condition(rule) for rule in rules))
    asked = tuple(dict.fromkeys(field for rule in rules for field, _ in rule.when))
    given = _describe_given(draft, asked, tuple(draft.fields))
    return f"the rules for {quote(draft.type)} apply where {conditions}; {given}."


def list_needed_fields(config: BoardConfig, draft: DraftActivity) -> tuple[str, ...]:
    """The fields that the rules for a draft read as numbers."""
    rules = [rule for rule in config.rules if rule.activity == draft.type and _applies(rule, draft)]
    return tuple(dict.fromkeys(points.field for rule in rules for points in rule.points if points.field))


def _explain_fields(config: BoardConfig, draft: DraftActivity) -> str:
    """Which fields the rules read as numbers, and what each of the wrong ones is."""
    needed = list_needed_fields(config, draft)
    wrong = tuple(name for name in needed if "N" not in draft.fields.get(name, {}))
    read = f"{join_words(map(quote, needed), 'and')} as {'numbers' if len(needed) > 1 else 'a number'}"
    spare = tuple(name for name in draft.fields if name not in needed)
    return f"the rules for {quote(draft.type)} read {read}; {_describe_given(draft, wrong, spare, as_number=True)}."


def _describe_given(
    draft: DraftActivity, names: tuple[str, ...], spare: tuple[str, ...], *, as_number: bool = False
) -> str:
    """What each of these fields is in the draft; for a missing one, the `spare` field that was probably meant.

    `as_number`: whether they have to be numbers.
    """
    said = []
    for name in names:
        if name in draft.fields:
            said.append(f"{quote(name)} is {_describe_value(draft.fields[name])}{_spell(name, draft, as_number)}")
        else:
            near = nearest(name, spare)
            said.append(f"{quote(name)} is missing" + (f" (is {quote(near)} meant to be it?)" if near else ""))
    return " and ".join(said)


def _spell(name: str, draft: DraftActivity, as_number: bool) -> str:
    """How a field is written so that it is a number, where a number in another spelling was given."""
    spelt = spell_number(str(draft.fields[name].get("S", ""))) if as_number else None
    return f" (write {name}={spelt})" if spelt else ""


def _describe_condition(rule: Rule) -> str:
    parts = [f"{field} is {join_words(_write_scalar(value) for value in values)}" for field, values in rule.when]
    return " and ".join(parts)


def _write_scalar(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else quote(value) if isinstance(value, str) else str(value)


def _describe_value(raw: dict[str, object]) -> str:
    ((kind, value),) = raw.items()
    if kind == "S":
        return f"the text {quote(str(value))}"
    return f"the number {value}" if kind == "N" else str(value).lower()


def _describe_id(text: str) -> str:
    """What an id is that is no lowercase UUID of version 7."""
    if activity.ACTIVITY_ID.fullmatch(text.lower()):
        return "this one has capital letters"
    digits = text.replace("-", "")
    if len(text) == 36 and len(digits) == 32 and text[14] in "12345689":
        return f"this one is of version {text[14]}"
    return f"{quote(text)} is none"


def _describe_points(config: BoardConfig, draft: DraftActivity, now: int) -> str:
    """The points that it would give without limits, and the limits."""
    parsed = activity.parse_activity(draft.make_record(now), now)
    free = replace(config, limits=Limits())
    points = score_activity(free, parsed) if isinstance(parsed, Activity) else None
    if not isinstance(points, tuple):
        return ""
    bounds = {"min": config.limits.min_points, "max": config.limits.max_points}
    decimals = config.columns[0].decimals
    texts = [f"{name} {json_number(each, decimals)}" for name, each in bounds.items() if each is not None]
    return f": {json_number(points[0], decimals)}, where limits.points has {' and '.join(texts)}"


def _describe_windows(config: BoardConfig, draft: DraftActivity, now: int, timelines: Timelines) -> str:
    """Which windows its time falls into, or which one begins next."""
    at = activity.time_of(draft.activity_id)
    each_kind = [timelines.of(kind) for kind in config.windows]
    found = [window for timeline in each_kind if (window := timeline.window_at(at)) is not None]
    if found:
        ends = [f"{each.id} ended {rfc3339(each.ends_at)}" for each in found if each.ends_at is not None]
        return f": {join_words(ends, 'and')}, it is {rfc3339(now)}"
    ahead = [window for timeline in each_kind if (window := timeline.next(at)) is not None]
    first = min(ahead, key=lambda window: window.starts_at or 0, default=None)
    if first is None or first.starts_at is None:
        return ", and none is to come"
    return f"; {first.id} starts {rfc3339(first.starts_at)}"


def _applies(rule: Rule, draft: DraftActivity) -> bool:
    """Whether a rule of the draft's type applies to it."""
    given = Activity("", "", draft.type, 0, 0, None, {name: _read(raw) for name, raw in draft.fields.items()})
    return applies(rule, given.fields)


def _read(raw: dict[str, object]) -> Scalar:
    ((kind, value),) = raw.items()
    return Decimal(str(value)) if kind == "N" else value if isinstance(value, bool) else str(value)


def _find_oddities(config: BoardConfig, draft: DraftActivity, parsed: Activity) -> Iterator[str]:
    """Fields that no rule reads, numbers that are rounded, and a name that will not be shown."""
    rules = [rule for rule in config.rules if rule.activity == draft.type]
    read = dict.fromkeys(field for rule in rules for field, _ in rule.when)
    read |= dict.fromkeys(points.field for rule in rules for points in rule.points if points.field)
    read |= dict.fromkeys([*config.attach, *(segment.field for segment in config.segments)])
    for name in draft.fields:
        if name not in read and name != "expires_at":
            near = nearest(name, tuple(read))
            meant = f' Did you mean "{near}"?' if near else ""
            yield f"no rule for {quote(draft.type)} reads the field {quote(name)}.{meant}"
    yield from dict.fromkeys(_find_roundings(config, rules, parsed))
    if draft.name is not None and parsed.name is None:
        yield (
            f"the name {quote(draft.name)} is left out, the points count: a name has 1 to {MAX_NAME} characters, no "
            "control characters, and one at least that can be seen."
        )
    kept = dict(attached.attach(config.attach, parsed.fields))
    for name in (name for name in config.attach if name in draft.fields and name not in kept):
        yield (
            f"the attached field {quote(name)} is left out, the points count: it is a line of text that can be seen or "
            f"a number of at most {attached.MAX_DIGITS} digits, and all together fit into {attached.MAX_BYTES:,} bytes."
        )
    yield from _find_left_out(config, draft, parsed)


def _find_left_out(config: BoardConfig, draft: DraftActivity, parsed: Activity) -> Iterator[str]:
    """The fields of segments that give the player no value."""
    for segment in config.segments:
        if segment.field in draft.fields and read_value(segment, parsed.fields.get(segment.field)) is None:
            anything = f"a text of up to {MAX_CHARACTERS} characters that can be seen, or a number"
            allowed = f"one of {join_words(map(quote, segment.values[:5]))}" if segment.values else anything
            more = f" ({len(segment.values):,} in all)" if len(segment.values) > 5 else ""
            yield (
                f"{quote(segment.field)} puts the player into no {segment.name}, the points count: a value is "
                f"{allowed}{more}."
            )


def _find_roundings(config: BoardConfig, rules: Sequence[Rule], parsed: Activity) -> Iterator[str]:
    """Numbers that give a column other points than they say, because it has fewer decimals."""
    applied = [rule for rule in rules if applies(rule, parsed.fields)]
    for number, column in enumerate(config.columns):
        for points in (rule.points[number] for rule in applied if column.aggregate != "count"):
            amount = parsed.fields.get(points.field) if points.field else None
            if not isinstance(amount, Decimal):
                continue
            with localcontext(prec=400):  # as the functions compute
                exact = points.factor * amount + points.constant
                rounded = exact.quantize(Decimal(1).scaleb(-column.decimals))
            if rounded != exact:
                yield (
                    f"the field {quote(points.field or '')} gives {exact:f}, which counts as {rounded:f}: "
                    f"{column.name} has {plural(column.decimals, 'decimal')}, and `decimals` says how many."
                )
