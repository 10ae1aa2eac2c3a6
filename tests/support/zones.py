"""Zone databases of a test's own: what a time zone's clocks show, by a rule that the test writes."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest

from runtime.domain.edges import local_time


@contextmanager
def zone_database(rules: Mapping[str, str]) -> Iterator[None]:
    """Let some zones go by other rules for the length of a `with` block, as under another release of the database.

    A rule is as POSIX writes the variable TZ: `PST8PDT,M3.2.0,M11.1.0`.
    """
    known, zones = local_time.time_zone, {name: make_zone(name, rule) for name, rule in rules.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(local_time, "time_zone", lambda name: zones[name] if name in zones else known(name))
        local_time.local_instant.cache_clear()
        yield
    local_time.local_instant.cache_clear()


def make_zone(name: str, rule: str) -> ZoneInfo:
    """A time zone that goes by one rule at all times: a file of RFC 9636 with no transitions but those of the rule."""
    data = struct.pack(">iBB", 0, 0, 0) + b"UTC\x00"
    head = b"TZif2" + bytes(15) + struct.pack(">6I", 0, 0, 0, 0, 1, 4)
    return ZoneInfo.from_file(BytesIO(head + data + head + data + f"\n{rule}\n".encode()), key=name)
