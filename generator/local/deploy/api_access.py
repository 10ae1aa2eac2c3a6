"""Reads from a bundle's Terraform how requests reach the API: what CloudFront passes on and caches, and CORS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ERROR_SECONDS = 10.0
"""Seconds for which CloudFront caches an error at least, where the distribution does not say (CloudFront developer
guide, "Control how long CloudFront caches errors")."""


@dataclass(frozen=True)
class Cors:
    """Which pages of other origins may read the API: the `cors` of its function URL. Header names are in lower case."""

    origins: frozenset[str]
    methods: tuple[str, ...]
    headers: tuple[str, ...]
    exposed: tuple[str, ...]
    max_age: int


@dataclass(frozen=True)
class ApiAccess:
    """How requests reach the API. The defaults are those of a board without a distribution."""

    methods: frozenset[str] = frozenset(("GET", "HEAD", "OPTIONS"))
    """Methods that are passed on; any other is refused."""
    cached_methods: frozenset[str] = frozenset(("GET", "HEAD"))
    headers: tuple[str, ...] = ()
    """Headers that are passed on and part of the cache key, in lower case."""
    default_seconds: float = 0.0
    """Seconds for which an answer without a Cache-Control header is cached."""
    error_seconds: Mapping[int, float] = field(default_factory=dict)
    """Seconds for which an error is cached at least, by status; ERROR_SECONDS for the others."""
    cors: Cors | None = None


def read_api_access(distribution: dict[str, Any] | None, url: dict[str, Any]) -> ApiAccess:
    """Read how requests reach the API, from the arguments of its distribution (None for none) and its function URL."""
    cors = [
        Cors(
            frozenset(one["allow_origins"]),
            tuple(one["allow_methods"]),
            tuple(name.lower() for name in one["allow_headers"]),
            tuple(name.lower() for name in one["expose_headers"]),
            one["max_age"],
        )
        for one in url.get("cors", [])
    ]
    if distribution is None:
        return ApiAccess(cors=cors[0] if cors else None)
    [behavior] = distribution["ordered_cache_behavior"]
    [forwarded] = behavior["forwarded_values"]
    return ApiAccess(
        methods=frozenset(behavior["allowed_methods"]),
        cached_methods=frozenset(behavior["cached_methods"]),
        headers=tuple(name.lower() for name in forwarded.get("headers", [])),
        default_seconds=behavior["default_ttl"],
        error_seconds={
            one["error_code"]: one["error_caching_min_ttl"] for one in distribution["custom_error_response"]
        },
        cors=cors[0] if cors else None,
    )
