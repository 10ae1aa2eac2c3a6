"""The form of the pages: Mermaid blocks, the glossary's order, the decisions' sections, GitHub's own files."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support.markdown import fenced, name, pages, prose
from tests.support.paths import REPOSITORY

DRAWN = [page for page in pages() if fenced(page, "mermaid")]
PAIRS = {")": "(", "]": "[", "}": "{"}
DECISIONS = REPOSITORY / "docs" / "decisions"
GITHUB = REPOSITORY / ".github"

NODE = r"\w+(?:[\[({]+[^\[\](){}]*[\])}]+)?"
ARROW = r'(?:-->|-\.->|-\. [^.]+ \.->|-- (?:"[^"]*"|[^->"]+) -->)'
LINES = {
    "flowchart": rf"{NODE}(?: {ARROW} {NODE})*",
    "sequenceDiagram": r"participant \w+(?: as .+)?|\w+(?:->>|-->>)\w+: .+|Note over [\w,]+: .+",
    "stateDiagram-v2": r"(?:\w+|\[\*\]) --> (?:\w+|\[\*\])(?:: .+)?",
}
"""What a line of each kind of diagram may be: the part of Mermaid that these pages use."""


def faults(diagram: str) -> list[str]:
    """The lines of a diagram that Mermaid would misread or refuse."""
    head, *body = [line.strip() for line in diagram.splitlines() if line.strip()]
    kind = head.split()[0]
    found = [] if kind in LINES else [head]
    for line in body:
        unquoted = re.sub(r'"[^"]*"', "", line)
        if kind not in LINES or not re.fullmatch(LINES[kind], line) or ";" in unquoted or not _is_balanced(unquoted):
            found.append(line)
    return found


def _is_balanced(line: str) -> bool:
    waiting: list[str] = []
    for character in line:
        if character in PAIRS.values():
            waiting.append(character)
        elif character in PAIRS and (not waiting or waiting.pop() != PAIRS[character]):
            return False
    return not waiting


@pytest.mark.parametrize("page", DRAWN, ids=name)
def test_mermaid_reads_its_diagrams(page: Path) -> None:
    assert [fault for diagram in fenced(page, "mermaid") for fault in faults(diagram)] == []


@pytest.mark.parametrize(
    "diagram",
    [
        "flowchrt LR\n  a --> b",
        "flowchart LR\n  a[one --> b",
        "flowchart LR\n  a[one (two)] --> b",
        "flowchart LR\n  a -> b",
        "sequenceDiagram\n  a>>b: words",
        "stateDiagram-v2\n  open --> : probing",
    ],
)
def test_the_test_sees_a_broken_diagram(diagram: str) -> None:
    assert faults(diagram)


def test_the_glossary_is_in_order_and_has_each_term_once() -> None:
    terms = re.findall(r"^## (.*)$", prose(REPOSITORY / "docs" / "glossary.md"), re.M)
    assert terms == sorted(set(terms), key=lambda term: (term.lower(), term))
    assert {"activity", "aggregate", "board", "dead-letter queue", "rank", "redrive", "snapshot", "Window"} <= set(
        terms
    )


def test_each_decision_has_its_sections_and_stands_in_the_index() -> None:
    files = sorted(file for file in DECISIONS.glob("*.md") if file.name != "README.md")
    index = prose(DECISIONS / "README.md")
    for number, file in enumerate(files, 1):
        assert file.name.startswith(f"{number:04}-")
        text = prose(file)
        assert text.startswith(f"# {number}. ")
        sections = re.findall(r"^## (.*)$", text, re.M)
        assert sections == ["Context", "Decision", "Consequences", "What would change our mind"], file.name
        assert f"| [{number}]({file.name}) | {text.splitlines()[0].removeprefix(f'# {number}. ')} |" in index


def test_every_page_is_linked() -> None:
    linked = {
        (page.parent / link.split("#")[0]).resolve()
        for page in pages()
        for link in re.findall(r"\]\(([^):\s]+)\)", prose(page))
    }
    by_github = {GITHUB / "PULL_REQUEST_TEMPLATE.md", REPOSITORY / "README.md"}
    assert set(pages()) - linked - by_github == set()


def _yaml(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", sorted((GITHUB / "ISSUE_TEMPLATE").glob("[!c]*.yml")), ids=name)
def test_issue_forms(file: Path) -> None:
    """GitHub docs, "Syntax for GitHub's form schema"."""
    form = _yaml(file)
    assert set(form) == {"name", "description", "labels", "body"}
    asked = [part for part in form["body"] if part["type"] != "markdown"]
    assert asked
    assert len({part["id"] for part in asked}) == len(asked)
    for part in form["body"]:
        assert part["type"] in ("markdown", "textarea", "input", "dropdown")
        assert set(part) <= {"type", "id", "attributes", "validations"}
        assert "value" in part["attributes"] if part["type"] == "markdown" else part["attributes"]["label"]
        assert (part["type"] == "dropdown") == ("options" in part["attributes"])


def test_dependabot_watches_what_is_there() -> None:
    document = _yaml(GITHUB / "dependabot.yml")
    assert document["version"] == 2
    for update in document["updates"]:
        for folder in update.get("directories", [update.get("directory")]):
            assert (REPOSITORY / folder.lstrip("/")).is_dir()
    kinds = {update["package-ecosystem"] for update in document["updates"]}
    assert kinds == {"github-actions", "pip", "npm", "gomod", "maven"}
