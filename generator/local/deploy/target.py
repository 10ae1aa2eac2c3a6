"""Where resources are made: the embedded AWS, and the files of the bundle that they are made from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from generator.local.emulator.process import Emulator

Values: TypeAlias = dict[str, Any]
"""Arguments or attributes of a Terraform resource, by name."""


@dataclass(frozen=True)
class Target:
    """The embedded AWS that a bundle is deployed into, and the bundle's files."""

    aws: Emulator
    file: Callable[[str], bytes]
    """Reads a file of the bundle, given its path as Terraform writes it."""

    def arn(self, service: str, resource: str, region: bool = True) -> str:
        """The ARN of a resource in this account."""
        return f"arn:aws:{service}:{self.aws.region if region else ''}:{self.aws.account_id}:{resource}"


Maker: TypeAlias = Callable[[Target, Values], Values]
"""Makes a resource: takes what it uses out of the arguments, and returns the resource's other attributes."""

Updater: TypeAlias = Callable[[Target, Values, Values], Values]
"""Changes a resource in place: takes what it uses out of the new arguments, is given all that the resource was before,
and returns its other attributes."""

Deleter: TypeAlias = Callable[[Target, Values], None]
"""Deletes a resource, given all that it was."""


@dataclass(frozen=True)
class Kind:
    """What is done with the resources of one type.

    Without `update`, a resource that changes is deleted and made anew. Without `delete` it is data, or belongs to data:
    it stays as long as the embedded AWS runs.
    """

    make: Maker
    update: Updater | None = None
    delete: Deleter | None = None


def make_again(maker: Maker) -> Updater:
    """An updater for a type whose maker replaces what is there."""
    return lambda target, arguments, old: maker(target, arguments)
