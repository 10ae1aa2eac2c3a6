"""Where resources are made, and what making one means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from generator.local.emulator.process import Emulator

Values: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """Where resources are made, and the files they are made from."""

    aws: Emulator
    file: Callable[[str], bytes]
    """A file of the bundle, by the path that Terraform names it by."""

    def arn(self, service: str, resource: str, region: bool = True) -> str:
        """The ARN of something in this account."""
        return f"arn:aws:{service}:{self.aws.region if region else ''}:{self.aws.account_id}:{resource}"


Maker: TypeAlias = Callable[[Place, Values], Values]
"""Takes its arguments out of the values it is given, makes the resource, and returns its other attributes."""
