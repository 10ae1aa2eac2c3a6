"""Asks boards that have just started until their APIs answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus

from generator.local.services.http_server import HttpResponse

ANSWER_ATTEMPTS = 5
"""How often a board that has just started is asked before it is said that it does not answer. Where its function times
out, because the machine is busy, an attempt takes as long as that timeout."""

ANSWER_THREADS = 4
"""Boards that are asked at once."""

ANSWER_PAUSE = 0.5
"""Seconds from one of these attempts to the next."""


def find_silent(boards: Iterable[str], ask: Callable[[str], HttpResponse]) -> dict[str, str]:
    """Ask each board, at most ANSWER_ATTEMPTS times. Returns what those that do not answer gave instead, by name.

    An API that refuses the question answers: between two seasons a board has no ranking, and says so with a 404.
    """
    waiting = dict.fromkeys(boards, "")
    for attempt in range(ANSWER_ATTEMPTS):
        names = [*waiting]
        # Each board's first answer waits for its function to start: on several cores several start at once.
        with ThreadPoolExecutor(ANSWER_THREADS) as pool:
            responses = [*pool.map(ask, names)]
        for name, response in zip(names, responses, strict=True):
            if response.status < HTTPStatus.INTERNAL_SERVER_ERROR:
                del waiting[name]
            else:
                waiting[name] = f"{response.status}, {response.body.decode(errors='replace').strip()}"
        if waiting and attempt < ANSWER_ATTEMPTS - 1:
            time.sleep(ANSWER_PAUSE)
    return waiting
