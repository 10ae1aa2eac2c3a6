"""Boards that the local CloudFront serves, for the tests of what it answers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest

from generator.local.deploy.deployment import Deployment
from generator.local.services import api_cache, cloudfront
from generator.local.services.api_cache import ApiCache
from generator.local.services.cloudfront import CloudFront, Site
from generator.local.services.function_url import FunctionUrl
from tests.local.served_boards import BOARDS, FakeLambda, FakeS3, Served, StandingClock


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """The boards."""
    functions, warnings, counted = FakeLambda(), list[str](), list[tuple[str, int, int]]()
    clock = StandingClock()
    for module in (api_cache, cloudfront):
        monkeypatch.setattr(module, "time", clock)
    served = CloudFront()
    served.serve(FakeS3())
    for name, (page, access) in BOARDS.items():
        deployment = Deployment("a", "b", "c", "d", "bucket", {"api": "api"}, "p", "m", None, page, access)
        api = ApiCache(FunctionUrl(functions, "api", warnings.append, access.cors), access)
        count = partial(lambda board, status, length: counted.append((board, status, length)), name)
        served.add_site(Site("nebula", name, deployment, api, count))
    yield Served(served, functions, warnings, clock, counted)
    served.stop()
