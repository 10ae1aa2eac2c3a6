"""`requires`: the versions of this program that may read a project."""

from __future__ import annotations

import re
from collections.abc import Callable
from operator import eq, ge, gt, le, lt, ne
from typing import Annotated

from pydantic import AfterValidator, StringConstraints

from generator.diagnostics.wording import quote
from generator.spec.values import show_pattern, value_error

_Version = tuple[int, int, int, int]
"""Three numbers, and 0 for what comes before that release, such as 1.0.0rc1, else 1."""

_COMPARE: dict[str, Callable[[_Version, _Version], bool]] = {
    ">=": ge,
    "<=": le,
    "==": eq,
    "!=": ne,
    ">": gt,
    "<": lt,
}
_NUMBERS = r"(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){0,2}"
_BOUND = f"(>=|<=|==|!=|>|<) ?{_NUMBERS}"
_EXAMPLE = 'Write one such as ">=0.2,<1".'


def find_unmet(requirement: str, version: str) -> str | None:
    """The first bound of a requirement that a version is not within; None if it fits. Raises ValueError for text that
    is no requirement."""
    own = _read_version(version)
    bounds = [_read_bound(bound) for bound in requirement.split(",")]
    return next((f"{sign}{text}" for sign, text in bounds if not _COMPARE[sign](own, _read_version(text))), None)


def _read_bound(bound: str) -> tuple[str, str]:
    """The sign and the version of one bound. Raises ValueError for anything else."""
    match = re.fullmatch(f" *(?P<sign>[<>=!]{{1,2}}) ?(?P<version>{_NUMBERS}) *", bound)
    if match is None or match["sign"] not in _COMPARE:
        raise ValueError(bound.strip())
    return match["sign"], match["version"]


def _read_version(text: str) -> _Version:
    """The numbers of a version: a missing one is 0. What follows them makes it a release before that of the numbers,
    unless it is a `.post` or a `+local` one (PEP 440)."""
    match = re.match(r"([0-9]+)(?:\.([0-9]+))?(?:\.([0-9]+))?(.*)", text)
    assert match is not None, text
    first, second, third = (int(number or 0) for number in match.groups()[:3])
    return first, second, third, int(not match[4] or match[4].startswith((".post", "+")))


def _check_requirement(value: str) -> str:
    try:
        find_unmet(value, "0")
    except ValueError as error:
        bound = str(error)
        if re.fullmatch(r"[~^].*|.*\*.*|.*\|\|.*", bound):
            message = f"{quote(bound)} is not understood: bounds are >= > <= < == and !="
        else:
            nothing = "has a comma too many" if "," in value else "names no version"
            message = f"{quote(bound)} is no bound of a version" if bound.strip() else nothing
        raise value_error("requires", message, _EXAMPLE) from None
    return value


Requirement = Annotated[
    str,
    StringConstraints(max_length=128),
    AfterValidator(_check_requirement),
    show_pattern(f"^ *{_BOUND} *(, *{_BOUND} *)*$", 'must be bounds of a version, such as ">=0.2,<1"'),
]
