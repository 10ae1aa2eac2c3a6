"""The requests and answers of docs/api.md, and the board in memory that answers them."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from runtime import api, config
from runtime.config import Segment
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World
from tests.support.lambda_context import CONTEXT
from tests.support.paths import REPOSITORY

PAGE = REPOSITORY / "docs" / "api.md"

SNAPSHOT = NOW - 20_000
"""When the ranks of the page were computed."""
KILLS = (("ann", "Zoë", 3, "BR"), ("bob", None, 2, "DE"), ("steam:42@eu", "Łukasz", 1, "BR"), ("dan", None, 1, None))
"""Players, their names, how many kills they made before, and their countries."""


def answer(monkeypatch: pytest.MonkeyPatch) -> World:
    """Let the API answer for the board of the page. Ann makes one more kill after the snapshot."""
    countries = Segment("country", "country", "Country")
    kills = board(decimals=0, title="Weekly kills", search_names=True, segments=(countries,))
    world = World(kills)
    number = 0
    for place, (player, name, times, country) in enumerate(KILLS):
        for _ in range(times):
            number += 1
            made = item(player, at=SNAPSHOT - 600_000 + 1000 * place, number=number, name=name, country=country)
            world.put(made, written=SNAPSHOT - 500_000)
    world.rebuild(SNAPSHOT)
    world.put(item("ann", at=SNAPSHOT + 5000, number=99, name="Zoë"), written=SNAPSHOT + 5000)
    monkeypatch.setattr(config, "load_board", lambda: kills)
    monkeypatch.setattr(api, "_api", lambda: world.api)
    monkeypatch.setattr("runtime.clock.now", lambda: NOW)
    return world


def ask(address: str, headers: dict[str, str] | None = None) -> dict[str, Any]:
    """Ask the API for an address below the board's. Returns what Lambda returns."""
    path, _, query = address.partition("?")
    event = {
        "version": "2.0",
        "rawPath": path,
        "rawQueryString": query,
        "headers": headers or {},
        "requestContext": {"http": {"method": "GET", "path": path}, "stage": "$default"},
        "isBase64Encoded": False,
    }
    return api.handler(event, CONTEXT)


def exchanges() -> list[tuple[str, str]]:
    """Each request of the page, and the JSON that the page shows for it."""
    return re.findall(
        r"^```http\nGET ([^\n]*)\n```\n\n```json\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S
    )


def write(document: Any) -> str:
    """A document as the page shows it: a line for each field, and for each entry of a list."""
    lines = []
    for name, value in document.items():
        if isinstance(value, list) and value:
            listed = ",\n".join(f"    {json.dumps(each, ensure_ascii=False)}" for each in value)
            lines.append(f"  {json.dumps(name)}: [\n{listed}\n  ]")
        else:
            lines.append(f"  {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
