"""Judges texts that are in a language of AWS: schedules, rules of composite alarms, names of buckets."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator

_RULE_TOKEN = re.compile(
    r'\s*(?:(ALARM|OK|INSUFFICIENT_DATA)\(\s*(?:"([^"]+)"|\'([^\']+)\'|([^\s()]+))\s*\)|(AND|OR|NOT)\b|(TRUE|FALSE)\b|([()]))'
)

CRON_FIELDS = (
    ("minutes", 0, 59, ""),
    ("hours", 0, 23, ""),
    ("day of month", 1, 31, "?LW"),
    ("month", 1, 12, ""),
    ("day of week", 1, 7, "?L#"),
    ("year", 1970, 2199, ""),
)
"""The fields of a cron expression, with what stands in them beside numbers, `*`, `,`, `-` and `/`."""
_NAMES = {
    **{name.upper(): number for number, name in enumerate(calendar.month_abbr) if name},
    **{name.upper(): (number + 1) % 7 + 1 for number, name in enumerate(calendar.day_abbr)},
}


def list_children(rule: str) -> list[str]:
    """The names of the alarms in the rule of a composite alarm."""
    return [match[2] or match[3] or match[4] for match in _RULE_TOKEN.finditer(rule) if match[1]]


def judge_alarm_rule(rule: str) -> Iterator[str]:
    """Say what CloudWatch refuses of the rule of a composite alarm."""
    if rule != rule.strip():
        yield "the rule begins or ends with white space"
    if not 1 <= len(rule) <= 10_240:
        yield f"the rule has {len(rule)} characters, but 1 to 10240"
    place, elements, depth, wants_operand = 0, 0, 0, True
    while place < len(rule.rstrip()):
        match = _RULE_TOKEN.match(rule, place)
        if not match:
            yield f"the rule is unreadable at {rule[place : place + 20]!r}"
            return
        place = match.end()
        state, operator, constant, bracket = match[1], match[5], match[6], match[7]
        depth += {"(": 1, ")": -1}.get(bracket or "", 0)
        starts = bool(state or constant or bracket == "(" or operator == "NOT")
        if starts != wants_operand or depth < 0:
            yield f"the rule does not go on with {match[0].strip()!r}"
            return
        wants_operand = operator in ("AND", "OR", "NOT") or bracket == "("
        elements += bool(state or constant or bracket == "(")
    if wants_operand or depth:
        yield "the rule breaks off"
    if elements > 500:
        yield f"the rule has {elements} elements, but at most 500"
    if len(set(list_children(rule))) > 100:
        yield f"the rule has {len(set(list_children(rule)))} alarms, but at most 100"


def judge_schedule(expression: str) -> Iterator[str]:
    """Say what EventBridge Scheduler refuses of an expression."""
    if match := re.fullmatch(r"rate\((\d+) (minute|hour|day)(s?)\)", expression):
        if (match[3] == "") != (match[1] == "1") or int(match[1]) < 1:
            yield f"{expression}: one minute is singular, all else is plural"
    elif match := re.fullmatch(r"cron\((.+)\)", expression):
        yield from _judge_cron(match[1].split(" "), expression)
    elif not re.fullmatch(r"at\(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\)", expression):
        yield f"{expression}: is neither rate(), cron() nor at()"


def _judge_cron(fields: list[str], expression: str) -> Iterator[str]:
    if len(fields) != len(CRON_FIELDS):
        yield f"{expression}: has {len(fields)} fields, but needs {len(CRON_FIELDS)}"
        return
    if (fields[2] == "?") == (fields[4] == "?"):
        yield f"{expression}: exactly one of day of month and day of week is ?"
    for field, (name, least, most, signs) in zip(fields, CRON_FIELDS, strict=True):
        for part in field.split(","):
            if not _is_cron_part(part, least, most, signs):
                yield f"{expression}: {part} is nothing for the field {name}"


def _is_cron_part(part: str, least: int, most: int, signs: str) -> bool:
    if part == "*" or (part == "?" and "?" in signs):
        return True
    if "L" in signs and re.fullmatch(r"L|LW|[1-7]L" if "#" in signs else r"L|LW|L-\d+", part):
        return True
    if "W" in signs and re.fullmatch(r"\d+W", part):
        return least <= int(part[:-1]) <= most
    if "#" in signs and (match := re.fullmatch(r"(\w+)#([1-5])", part)):
        return _is_number(match[1], least, most)
    start, slash, step = part.partition("/")
    ends = start.split("-")
    steps = not slash or (step.isdecimal() and 1 <= int(step) <= most)
    return steps and len(ends) <= 2 and (start == "*" or all(_is_number(each, least, most) for each in ends))


def _is_number(text: str, least: int, most: int) -> bool:
    number = _NAMES.get(text.upper(), text)
    return str(number).isdecimal() and least <= int(number) <= most


def is_bucket_name(name: str) -> bool:
    """Whether S3 takes a name (S3 user guide, "General purpose buckets naming rules")."""
    return (
        re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) is not None
        and ".." not in name
        and not re.fullmatch(r"\d+\.\d+\.\d+\.\d+", name)
        and not name.startswith(("xn--", "sthree-", "amzn-s3-demo-"))
        and not name.endswith(("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"))
    )
