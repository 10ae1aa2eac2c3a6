"""Makes each mistake in turn, and prints what found it: python -m tests.mistakes."""

from __future__ import annotations

from tests.mistakes.found_by import FOUND_BY
from tests.mistakes.making import make

for mistake, prove in FOUND_BY:
    with make(mistake):
        print(f"{mistake.name}\n    {prove()}", flush=True)
