"""The API of a board in memory, behind the local CloudFront: real requests to the real handler, without an AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import pytest

from generator.local.deploy.api_access import ApiAccess
from generator.local.deploy.deployment import Deployment
from generator.local.services.api_cache import ApiCache
from generator.local.services.cloudfront import CloudFront, Site
from generator.local.services.function_url import FunctionUrl, make_url_event
from runtime import api, config
from runtime.config import Column, Points, Segment, WindowKind
from runtime.domain.instants import HOUR, MINUTE
from runtime.domain.judging import PROBE
from tests.fuzzing.api_hooks import SEGMENTS
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World
from tests.support.lambda_context import CONTEXT

ACCESS = ApiAccess(methods=frozenset(("GET", "HEAD")), error_seconds={400: 1, 404: 1, 500: 0, 502: 0})
"""How a public board's distribution passes requests on."""
DIRECT = replace(
    ACCESS, methods=frozenset(("DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"))
)
"""How requests reach the function of a board without a distribution: whatever their method."""

PLAYERS = (
    *("ann", "eve", "Eve", "e.v.e", "e~v.e:1@x", "a:b", "a@b", "0", "neighbours", "players", "v1", "null", "a..b"),
    *("index.html", "ann-2", "ann.", "ann_", "ann~", "A" * 128, "z" * 127 + "@", "week:previous", "x" * 64),
)
"""Player ids that could be taken for something else in a path or a query."""
BOARD = board(
    decimals=1,
    ties="shared",
    columns=(Column("score", "descending"), Column("on", "ascending")),
    aggregate="best",
    rules=tuple(replace(rule, points=(*rule.points, Points(rule.points[0].constant))) for rule in board().rules),
    windows=(WindowKind("hour", grace_seconds=0), WindowKind("rolling", days=3), WindowKind("all_time")),
    search_names=True,
    segments=(Segment("country", "country", "Country"),),
)
LATER = NOW + HOUR + 50 * MINUTE
"""When the requests are made: one hour is sealed, and the next is under way."""


def make_world() -> World:
    """A board with players in an hour that is sealed and in the current one, and with several snapshots."""
    world = World(BOARD)
    _play(world, NOW)
    probes = 0
    for now in range(NOW + HOUR, LATER, MINUTE):
        world.rebuild(now)
        sent = [each for each in world.aws.tables["activities"].values() if each["type"]["S"] == PROBE]
        assert not world.put(*sent[probes:], written=now).failed
        probes = len(sent)
    _play(world, LATER - 2 * MINUTE)
    world.rebuild(LATER - MINUTE)
    # Their scores have changed since the snapshot.
    assert not world.put(item("ann", at=LATER - 9, number=99, type="boss", damage=9), written=LATER).failed
    return world


def _play(world: World, at: int) -> None:
    items = [
        item(player, at=at + number, number=number, name="<b>Zoë</b> \u202e☃" if number % 2 else None)
        | {"country": {"S": SEGMENTS[number % 3].removeprefix("country:")}}
        for number, player in enumerate(PLAYERS)
    ]
    assert not world.put(*items, written=at + 1000).failed


@dataclass
class InProcess:
    """A boto3 client for Lambda whose one function is the API's handler in this process."""

    def invoke(self, FunctionName: str, Payload: bytes, LogType: str) -> dict[str, Any]:  # noqa: N803
        """As boto3 does."""
        answer = api.handler(json.loads(Payload), CONTEXT)
        return {"Payload": BytesIO(json.dumps(answer).encode())}


@dataclass(frozen=True)
class Served:
    """A board whose API is served."""

    cloudfront: CloudFront
    as_of: str
    """The time of the newest snapshot, as answers give it."""
    warnings: list[str]
    """What the front says about a function that failed."""
    access: ApiAccess

    @property
    def url(self) -> str:
        """The address of the API, without /v1."""
        return f"{self.cloudfront.url}/nebula/{BOARD.name}"

    def call(self, path: str, query: str = "", method: str = "GET") -> tuple[int, Any]:
        """What the function answers without a front before it: the status, and the JSON."""
        answer = api.handler(make_url_event(method, path, query, {}), CONTEXT)
        return answer["statusCode"], json.loads(answer["body"])


@contextmanager
def serve(access: ApiAccess = ACCESS) -> Iterator[Served]:
    """Serve the API of a new board."""
    world, warnings = make_world(), list[str]()
    cloudfront = CloudFront()
    deployment = Deployment("a", "b", "c", "d", "bucket", {"api": "api"}, "p", "m", None, None, access)
    cache = ApiCache(FunctionUrl(InProcess(), "api", warnings.append), access)
    cloudfront.add_site(Site("nebula", BOARD.name, deployment, cache))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(config, "load_board", lambda: BOARD)
        patch.setattr(api, "_api", lambda: world.api)
        patch.setattr("runtime.clock.now", lambda: LATER)
        cloudfront.serve(None)
        try:
            yield Served(cloudfront, world.page(LATER)["as_of"], warnings, access)
        finally:
            cloudfront.stop()
