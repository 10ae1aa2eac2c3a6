"""Puts an event that a board sent into one line for a person. Players wrote names into it, so texts are escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from generator.diagnostics.wording import plural, quote
from runtime.domain.activity import MAX_NAME
from runtime.domain.events import MILESTONE_REACHED, WINDOW_CLOSED

SHOWN = 3
"""The most entries of a window's top list that are shown."""

_PLAIN = re.compile(r"[A-Za-z0-9._~:@+-]{1,128}")


def describe_event(event: Mapping[str, Any]) -> str:
    """An event as EventBridge delivers it, in one line: when, what, which board, which window, who."""
    detail = event.get("detail")
    detail = detail if isinstance(detail, Mapping) else {}
    kind = event.get("detail-type")
    if kind == WINDOW_CLOSED:
        text = describe_window_closed(detail)
    elif kind == MILESTONE_REACHED:
        text = f"{_plain(detail.get('player_id'))} reached {_plain(detail.get('milestone'))}"
        text += f" with {_plain(detail.get('score'))}"
    else:
        text = ""
    window = detail.get("window")
    named = window.get("id") if isinstance(window, Mapping) else window
    what = str(kind).removeprefix("leaderboard.")
    return f"{_plain(event.get('time'))} {_plain(what)} {_plain(detail.get('board'))} {_plain(named)}: {text}"


def describe_window_closed(detail: Mapping[str, Any]) -> str:
    """How many players a closed window ranked, and the first of them; by which revision, if not the first."""
    players, top, revision = detail.get("players"), detail.get("top"), detail.get("revision")
    number = players if isinstance(players, int) else 0
    entries = top if isinstance(top, Sequence) else ()
    first = [_describe_entry(entry) for entry in entries[:SHOWN] if isinstance(entry, Mapping)]
    revised = f"revision {_plain(revision)}, " if revision else ""
    return ": ".join([f"{revised}{plural(number, 'player')}", ", ".join(first)][: 2 if first else 1])


def _describe_entry(entry: Mapping[str, Any]) -> str:
    """An entry of the top list. A number stands as people read it, where its column says how."""
    name, columns, texts = entry.get("name"), entry.get("columns"), entry.get("texts")
    shown = f" {quote(name, MAX_NAME)}" if isinstance(name, str) else ""
    values = {**columns} if isinstance(columns, Mapping) else {}
    values |= {column: texts[column] for column in values if column in texts} if isinstance(texts, Mapping) else {}
    scores = [f"{_plain(column)} {_plain(value)}" for column, value in values.items()]
    if len(values) == 1:
        scores = [_plain(value) for value in values.values()]
    return f"{_plain(entry.get('rank'))}. {_plain(entry.get('player_id'))}{shown} {' '.join(scores)}".rstrip()


def _plain(value: Any) -> str:
    """A text as it is where it cannot mean anything to a terminal, else quoted."""
    text = str(value)
    return text if _PLAIN.fullmatch(text) else quote(text, 130)
