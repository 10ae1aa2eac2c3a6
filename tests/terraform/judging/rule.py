"""A rule: what AWS refuses or what goes wrong in AWS, where that is known from, and how to find it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Rule(Generic[T]):
    """One rule over a subject: a request, a policy or a plan."""

    name: str
    source: str
    """A page of AWS's documentation with its title, or a public issue."""
    find: Callable[[T], Iterable[str]]
    """Says what is wrong with the subject, once for each fault."""

    def judge(self, subject: T) -> list[str]:
        """What is wrong with a subject, each with the rule's source."""
        return [f"{fault} [{self.name}: {self.source}]" for fault in self.find(subject)]
