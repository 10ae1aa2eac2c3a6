"""Changes that spoil a plan: an attribute, a resource, or a text of another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

P = "arcade-weekly-kills"
Change = Callable[[dict[str, dict[str, Any]]], None]


def put(address: str, *path: str | int, value: Any) -> Change:
    """A change that sets one attribute, which may be in a nested block."""

    def change(resources: dict[str, dict[str, Any]]) -> None:
        place: Any = resources[address]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value

    return change


def remove(address: str) -> Change:
    """A change that takes a resource out of the plan."""

    def change(resources: dict[str, dict[str, Any]]) -> None:
        del resources[address]

    return change


def add(address: str, **values: Any) -> Change:
    """A change that adds a resource to the plan."""
    return lambda resources: resources.update({address: values})


def add_permissions(resources: dict[str, dict[str, Any]]) -> None:
    """A change that gives the API more callers than its policy holds."""
    for number in range(80):
        add(
            f"aws_lambda_permission.x{number}",
            function_name=f"{P}-api",
            statement_id=f"x{number}",
            action="lambda:InvokeFunction",
            principal="arn:aws:iam::111111111111:role/" + "r" * 64,
        )(resources)


def rewrite(address: str, attribute: str, old: str, new: str) -> Change:
    """A change in a text."""

    def change(resources: dict[str, dict[str, Any]]) -> None:
        text = resources[address][attribute]
        assert old in text
        resources[address][attribute] = text.replace(old, new)

    return change
