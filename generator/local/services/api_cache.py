"""Plays what CloudFront does before the URL of an API function: it passes on what the distribution says, and caches.

CloudFront keeps a response as long as its Cache-Control says and asks once for many readers. Here it is kept for a
second at most, because local mode rebuilds every two seconds.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from generator.local.deploy.api_access import ERROR_SECONDS, ApiAccess
from generator.local.services.function_url import FunctionUrl
from generator.local.services.http_server import HttpResponse, respond_with_text

CACHE_SECONDS = 1.0
"""Seconds for which a response is kept at most."""

CACHED_RESPONSES = 1000
"""Responses of one board that are kept at most."""

CACHED_ERRORS = frozenset((404, 414, 500, 501, 502, 503, 504))
"""Errors that CloudFront always caches (CloudFront developer guide, "How CloudFront processes HTTP 4xx and 5xx status
codes from your origin")."""
CACHED_ERRORS_WITH_MAX_AGE = frozenset((400, 403, 405, 412, 415))
"""Errors that it caches if they have a max-age (the same page). All others, such as 410 and 429, are not cached."""


@dataclass
class _CacheEntry:
    """The response to one request. Its lock is held while the function runs, so that other readers wait for it."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    response: HttpResponse | None = None
    fresh_until: float = 0.0
    """On the clock of `time.monotonic`."""
    shared: bool = True
    """Whether readers may share the response. The API forbids it for /v1/health."""


class ApiCache:
    """The cache before one board's API."""

    def __init__(self, url: FunctionUrl, access: ApiAccess) -> None:
        self._url = url
        self._access = access
        self._cache: dict[tuple[object, ...], _CacheEntry] = {}
        self._lock = threading.Lock()

    def fetch(self, method: str, path: str, query: str, headers: Mapping[str, str]) -> HttpResponse:
        """The API's response, at most CACHE_SECONDS old. `headers`: those of the reader, names in lower case."""
        if method not in self._access.methods:
            return refuse_method(self._access.methods)
        passed = {name: headers[name] for name in self._access.headers if name in headers}
        if method not in self._access.cached_methods:
            return self._url.respond(method, path, query, passed)
        entry = self._find_entry((method, path, query, *passed.items()))
        if not entry.shared:
            return self._url.respond(method, path, query, passed)
        with entry.lock:
            if entry.response is None or time.monotonic() >= entry.fresh_until:
                entry.response = self._ask(method, path, query, passed, entry.response)
                seconds = self._seconds_of(entry.response)
                entry.shared = seconds > 0
                entry.fresh_until = time.monotonic() + min(CACHE_SECONDS, seconds)
            return entry.response

    def _find_entry(self, key: tuple[object, ...]) -> _CacheEntry:
        with self._lock:
            if len(self._cache) >= CACHED_RESPONSES:
                self._cache.clear()
            return self._cache.setdefault(key, _CacheEntry())

    def _ask(
        self, method: str, path: str, query: str, headers: Mapping[str, str], old: HttpResponse | None
    ) -> HttpResponse:
        """Ask the function. If it answers that `old` is still current, return `old` with the new headers."""
        tag = old.headers.get("etag") if old and old.status == HTTPStatus.OK else None
        response = self._url.respond(method, path, query, {**headers, **({"if-none-match": tag} if tag else {})})
        if old and response.status == HTTPStatus.NOT_MODIFIED:
            return HttpResponse(old.status, {**old.headers, **response.headers}, old.body)
        return response

    def _seconds_of(self, response: HttpResponse) -> float:
        """Seconds for which CloudFront would keep a response."""
        given = _max_age_seconds(response)
        status = response.status
        if status < HTTPStatus.BAD_REQUEST:
            return self._access.default_seconds if given is None else given
        if status in CACHED_ERRORS or (status in CACHED_ERRORS_WITH_MAX_AGE and given):
            return max(self._access.error_seconds.get(status, ERROR_SECONDS), given or 0.0)
        return 0.0


def refuse_method(methods: frozenset[str]) -> HttpResponse:
    """The response to a method that a distribution does not pass on."""
    return respond_with_text(HTTPStatus.FORBIDDEN, f"only {', '.join(sorted(methods))} are allowed")


def _max_age_seconds(response: HttpResponse) -> float | None:
    """Seconds for which a response may be kept, by its Cache-Control header; None if it has none."""
    directives = [one.strip().lower() for one in response.headers.get("cache-control", "").split(",")]
    if "no-store" in directives or "no-cache" in directives:
        return 0.0
    ages = [one.partition("=")[2] for one in directives if one.startswith("max-age=")]
    return float(ages[0]) if ages and ages[0].isdigit() else None
