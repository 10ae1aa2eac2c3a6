"""Every board's openapi.yaml under the rules that redocly and spectral recommend: no error, no warning, no hint.

`make test-clients` brings both linters, at the versions of .requirements/node; `make test` runs without them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from generator.rendering import text_files
from tests.clients.tools import Toolbox, need_tools
from tests.support.bundles import generated
from tests.support.paths import GOLDEN, REPOSITORY

pytestmark = pytest.mark.clients

LINTERS = {
    "redocly": "npx redocly lint --extends recommended --max-problems 1000 --format json",
    "spectral": "npx spectral lint --fail-severity hint --format json",
}
BOARDS = [*generated(REPOSITORY).boards, *generated(GOLDEN / "every-feature").boards]


@pytest.fixture
def tools(tmp_path: Path) -> Toolbox:
    (tmp_path / ".spectral.yaml").write_text('extends: ["spectral:oas"]\n')
    return need_tools(tmp_path, "node")


def lint(tools: Toolbox, linter: str, documents: dict[str, str]) -> list[Any]:
    """What a linter finds in documents, by their file names."""
    for name, text in documents.items():
        (tools.folder / name).write_text(text)
    # It ends with an error where it finds something, and says what on its output.
    tools.run(f"{LINTERS[linter]} {' '.join(documents)} > found.json || true")
    # spectral writes a sentence behind an empty list.
    found, _ = json.JSONDecoder().raw_decode((tools.folder / "found.json").read_text())
    return list(found["problems"] if linter == "redocly" else found)


def describe(number: int) -> str:
    return text_files.render_text_files(BOARDS[number])["openapi.yaml"]


@pytest.mark.parametrize("linter", LINTERS)
def test_recommended_rules_find_nothing_in_any_board(tools: Toolbox, linter: str) -> None:
    assert {board.public for board in BOARDS} == {True, False}
    documents = {f"{board.name}.yaml": describe(number) for number, board in enumerate(BOARDS)}
    assert lint(tools, linter, documents) == []


@pytest.mark.parametrize("linter", LINTERS)
def test_they_would_find_what_is_missing(tools: Toolbox, linter: str) -> None:
    text = describe(0)
    for line, rule in (
        ("security: []\n", {"redocly": "security-defined"}),
        ("      operationId: windows\n", {"redocly": "operation-operationId", "spectral": "operation-operationId"}),
        ("  contact: ", {"spectral": "info-contact"}),
    ):
        start = text.index(line)
        broken = text[:start] + text[text.index("\n", start) + 1 :]
        if linter in rule:
            found = lint(tools, linter, {"broken.yaml": broken})
            assert rule[linter] in {each.get("ruleId", each.get("code")) for each in found}, line
