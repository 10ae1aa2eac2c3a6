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
