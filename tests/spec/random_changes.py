"""Changes the data of a file at random: keys and items are dropped, renamed, moved, or given other values."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any

VALUES = json.loads("""[
    0, 1, 3, -1, 1.5, 1000000000, true, false, null, [], {}, [1], {"field": "ms"}, [{"name": "score"}],
    {"every": "week"}, {"every": "rolling", "days": 7}, [{"activity": "kill", "points": 2}], {"min": 1}, {"nebula": {}},
    "", "Odd name", "day", "week", "rolling", "best", "count", "shared", "ascending", "UTC", "04:00", "10m", "score",
    "iam", "points", "2026-01-01", "#00ff00", "nebula", "type", "rate(1 minute)", "rate(1 minutes)"
]""")
"""What is put instead of other values."""


def change_at_random(data: Any, names: Sequence[str], chance: random.Random) -> Any:
    """Copy a file's data and drop, rename, change, or move to `defaults` one or two of its keys or items."""
    data = copy.deepcopy(data)
    for _ in range(chance.randint(1, 2)):
        holder = chance.choice([node for node in _collections(data) if node])
        key = chance.choice(list(holder) if isinstance(holder, dict) else range(len(holder)))
        match chance.randrange(5):
            case 0:
                del holder[key]
            case 1 if isinstance(holder, dict):
                holder[chance.choice(names)] = holder.pop(key)
            case 2 if isinstance(holder, dict) and isinstance(key, str):
                place = data.setdefault("defaults", {})
                if isinstance(place, dict):
                    place[key] = holder.pop(key)
            case 3 if isinstance(holder, dict):
                holder[chance.choice(names)] = copy.deepcopy(chance.choice(VALUES))
            case _:
                holder[key] = copy.deepcopy(chance.choice(VALUES))
    return data


def _collections(value: Any) -> Iterator[Any]:
    """Yield every mapping and list in some data."""
    if isinstance(value, dict | list):
        yield value
        for child in value.values() if isinstance(value, dict) else value:
            yield from _collections(child)
