"""A run of `leaderboards local` as its control channel shows it, with windows that end and are sealed, but no AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from generator.local.doors.control import Control
from runtime.domain.events import WINDOW_CLOSED
from runtime.domain.instants import DAY, MINUTE, parse_rfc3339, rfc3339
from runtime.dynamodb.window_items import OPEN, PROBING, SEALED, SEALING

FRIDAY = parse_rfc3339("2026-11-27T21:00:00.000Z")
"""18:00 in São Paulo."""
GRACE = 5 * MINUTE
_STATES = (OPEN, PROBING, SEALING, SEALED)
HOSTILE = "Kai\u202e\x1b[2J"
"""A name that would clear the screen and turn the text around it."""


@dataclass
class RehearsedRun:
    """A run whose board `fish` has windows that end at given instants."""

    now: int
    ends: dict[str, int] = field(default_factory=lambda: {"week-2026-11-20": FRIDAY})
    stuck: bool = False
    """Whether no window is ever sealed."""
    reach: int = 2 * DAY
    """How far one request moves the clock."""
    states: dict[str, int] = field(default_factory=dict)
    sent: list[dict[str, Any]] = field(default_factory=list)
    moves: list[int] = field(default_factory=list)

    def answer_now(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Tell the time."""
        return {"now": rfc3339(self.now), "ahead_seconds": 0}

    def advance(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Move the clock, at most by `reach`."""
        to = parse_rfc3339(arguments["to"])
        self.moves.append(to)
        self.now = max(self.now, min(to, self.now + self.reach))
        return {"arrived": self.now >= to, **self.answer_now({})}

    def windows(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        """List the windows."""
        listed = []
        for name, ends in sorted(self.ends.items(), key=lambda each: each[1]):
            state = _STATES[self.states.get(name, 0)]
            listed.append(
                {
                    "board": "fish",
                    "id": name,
                    "every": "week",
                    "timezone": "America/Sao_Paulo",
                    "starts_at": rfc3339(ends - 7 * DAY),
                    "ends_at": rfc3339(ends),
                    "takes_until": rfc3339(ends + GRACE),
                    "state": state,
                    "due": ends + GRACE <= self.now and state != SEALED,
                }
            )
        return {**self.answer_now({}), "windows": listed}

    def settle(self, _arguments: Mapping[str, Any]) -> dict[str, Any]:
        """Take each window that is due one step on; send the event of one that is sealed, twice."""
        for window in self.windows({})["windows"]:
            if window["due"] and not self.stuck:
                self.states[window["id"]] = self.states.get(window["id"], 0) + 1
                if _STATES[self.states[window["id"]]] == SEALED:
                    self.send(WINDOW_CLOSED, make_closed(window["id"]))
                    self.send(WINDOW_CLOSED, make_closed(window["id"]))
        return self.windows({})

    def events(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        """List the events."""
        numbered = [{"number": number, "event": event} for number, event in enumerate(self.sent, 1)]
        return {"events": [each for each in numbered if each["number"] > arguments["after"]]}

    def send(self, kind: str, detail: Any) -> None:
        """Put an event into the list, as EventBridge delivers it."""
        self.sent.append({"time": rfc3339(self.now), "source": "p-fish", "detail-type": kind, "detail": detail})

    @contextmanager
    def serve(self, folder: Path) -> Iterator[None]:
        """Serve its control channel, with a ready file in the default place below a folder."""
        control = Control()
        for name in ("advance", "windows", "settle", "events"):
            control.register(name, getattr(self, name))
        control.register("now", self.answer_now)
        control.start()
        keys = {"access_key_id": "a", "secret_access_key": "b"}
        ready = {
            "pid": 1,
            "endpoint": control.url,
            "region": "eu-central-1",
            **keys,
            "game_server": keys,
            "control": {"url": control.url, "token": control.token},
            "boards": {"fish": {}, "other": {}},
        }
        file = folder / ".leaderboards_cache" / "local.json"
        file.parent.mkdir()
        file.write_text(json.dumps(ready))
        try:
            yield
        finally:
            control.stop()


def make_closed(window: str) -> dict[str, Any]:
    """The detail of the event of a window that three players took part in, one of them with a hostile name."""
    top = [("zoe", "Zoë", 12), ("kai", HOSTILE, 9), ("ana", None, 7)]
    return {
        "id": f"window/fish/{window}",
        "board": "fish",
        "window": {"id": window},
        "players": 41,
        "top": [
            {"rank": rank, "player_id": player, "name": name, "columns": {"score": score}}
            for rank, (player, name, score) in enumerate(top, 1)
        ],
    }
