"""A client of a board in memory that holds every answer against the board's openapi.yaml."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from runtime.api import respond, respond_problem
from runtime.queries import ProblemError
from tests.rendering.openapi import Schemas, document
from tests.runtime.boards import NOW, item
from tests.runtime.world import World


@dataclass
class Reader:
    """A client that checks every answer against the document."""

    world: World
    now: int = NOW + 60_000

    @property
    def document(self) -> dict[str, Any]:
        return document(self.world.config)

    def get(self, path: str, known: str | None = None, **values: str) -> tuple[int, Any]:
        """Ask for a documented path, check the answer, and return its status and body."""
        schemas = Schemas(self.document)
        operation = self.document["paths"][path]["get"]
        query = {name: value for name, value in values.items() if f"{{{name}}}" not in path}
        response = self._answer(operation["operationId"], values, query, known)
        documented = schemas.resolve(operation["responses"][str(int(response.status_code))])
        headers = {name: value for name, value in response.headers.items() if name in documented["headers"]}
        missing = documented["headers"].keys() - headers.keys()
        assert missing <= {"As-Of"}, missing
        for name, value in headers.items():
            header = schemas.resolve(documented["headers"][name])
            assert list(schemas.find_faults(value, header["schema"], name)) == []
        if response.status_code == 304:
            assert not response.body
            return 304, None
        ((kind, content),) = documented["content"].items()
        assert response.content_type == kind
        body = json.loads(response.body)
        assert list(schemas.find_faults(body, content["schema"])) == []
        names = {column.name for column in self.world.config.columns}
        assert all(columns.keys() == names for columns in find_columns(body)), body
        return int(response.status_code), body

    def etag(self, path: str, **values: str) -> str:
        operation = self.document["paths"][path]["get"]["operationId"]
        query = {name: value for name, value in values.items() if f"{{{name}}}" not in path}
        return str(self._answer(operation, values, query, None).headers["ETag"])

    def _answer(self, operation: str, values: dict[str, str], query: dict[str, str], known: str | None) -> Any:
        answers = self.world.api
        try:
            match operation:
                case "player" | "neighbours":
                    answer = getattr(answers, operation)(values["player_id"], query, self.now)
                case "windows" | "health":
                    answer = getattr(answers, operation)(self.now)
                case _:
                    answer = getattr(answers, operation)(query, self.now)
        except ProblemError as problem:
            return respond_problem(problem)
        return respond(answer, self.world.config, known)


def find_columns(body: Any) -> Iterator[dict[str, Any]]:
    """Every score by its columns in an answer, at any depth."""
    if isinstance(body, list):
        for each in body:
            yield from find_columns(each)
    elif isinstance(body, dict):
        yield from [body["columns"]] if "columns" in body else []
        for value in body.values():
            yield from find_columns(value)


def play(world: World) -> None:
    """Let four players make kills, one of whom has a name and attaches something."""
    for number, player in enumerate(("ann", "bob", "bob", "cleo:x@y", "dora")):
        more = {"name": "Ann ☃", "photo": "https://example.com/☃", "level": 3} if player == "ann" else {}
        world.put(item(player, at=NOW + number, number=number, **more))
