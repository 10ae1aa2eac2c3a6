"""docs/clients.md is true: its code stands in the programs that are tested, and its versions are the pinned ones."""

from __future__ import annotations

import json
import re

import pytest

from tests.clients.page import CASES, PAGE, read_code, read_versions
from tests.support.paths import REPOSITORY

PINS = REPOSITORY / ".requirements"


@pytest.mark.parametrize("name", sorted(path.name for path in CASES.iterdir()))
def test_the_code_of_the_page_is_part_of_the_program(name: str) -> None:
    [program] = CASES.joinpath(name).glob("[rR]ead.*")
    lines = iter([line.strip() for line in program.read_text(encoding="utf-8").splitlines()])
    code = read_code(name)
    assert code
    assert [line for line in code if line not in lines] == []


def test_the_versions_of_the_page_are_those_that_are_pinned() -> None:
    python = dict(re.findall(r"^([\w-]+)==(\S+)", (PINS / "clients.txt").read_text(encoding="utf-8"), re.M))
    lock = json.loads((PINS / "node" / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    node = {path.removeprefix("node_modules/"): each["version"] for path, each in lock.items() if path}
    go = dict(re.findall(r"oapi-codegen/(\S+) v(\S+)", (PINS / "go" / "go.mod").read_text(encoding="utf-8")))
    java = re.findall(r"<artifactId>openapi-(generator)-cli</artifactId>\s*<version>(.*)<", _read_pom())
    pinned = {
        "openapi-python-client": python["openapi-python-client"],
        "openapi-typescript": node["openapi-typescript"],
        "oapi-codegen": go["oapi-codegen/v2"],
        "@redocly/cli": node["@redocly/cli"],
        "@stoplight/spectral-cli": node["@stoplight/spectral-cli"],
        "openapi-generator": java[0][1],
    }
    assert {name: read_versions()[name] for name in pinned} == pinned
    page = PAGE.read_text(encoding="utf-8")
    for text in (
        f"openapi-python-client=={pinned['openapi-python-client']}",
        f"openapi-typescript@{pinned['openapi-typescript']}",
        f"openapi-fetch@{node['openapi-fetch']}",
        f"oapi-codegen@v{pinned['oapi-codegen']}",
        f"openapi-generator-cli:{pinned['openapi-generator']}",
    ):
        assert text in page


def _read_pom() -> str:
    return (PINS / "java" / "pom.xml").read_text(encoding="utf-8")
