"""What the functions in the embedded AWS made of what they got, as its process tells with each of their runs.

It costs no request: `telling.py` looks at the metrics that a processor writes, and at what a rebuilder returns.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from runtime import metrics


@dataclass
class Outcome:
    """What one function did since it was deployed."""

    acknowledged: int = 0
    """Messages of its queue that it is done with."""
    counts: Counter[str] = field(default_factory=Counter)
    """By the name of a metric: what it counted, rejected, ignored, and what had been decided on before."""
    reasons: Counter[str] = field(default_factory=Counter)
    """Rejected activities by reason."""
    as_of: int | None = None
    """The time of the newest snapshot, in milliseconds since 1970 on the boards' clock; None before the first."""
    published: bool = True
    """Whether the last rebuild made that snapshot. Where nothing has changed, the one before stays."""


class Outcomes:
    """What each function did, by its name. One thread adds, others read."""

    def __init__(self) -> None:
        self._by_name: dict[str, Outcome] = {}
        self._lock = threading.Lock()

    def of(self, function: str) -> Outcome:
        """What the function of this name or ARN has done so far."""
        with self._lock:
            return deepcopy(self._by_name.get(function.rsplit(":", 1)[-1], Outcome()))

    def add(self, told: Mapping[str, Any]) -> None:
        """Add one run of a function, as `telling.py` tells of it."""
        with self._lock:
            outcome = self._by_name.setdefault(told["function"], Outcome())
            outcome.acknowledged += told.get("acknowledged", 0)
            for _, name, dimensions, values in told.get("metrics", ()):
                if "reason" not in dimensions:
                    outcome.counts[name] += sum(values)
                elif name == metrics.REJECTED_BY_REASON:
                    outcome.reasons[dimensions["reason"]] += sum(values)
            if "as_of" in told:
                outcome.as_of, outcome.published = told["as_of"], told["published"]
