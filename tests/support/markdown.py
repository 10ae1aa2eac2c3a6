"""Reads the repository's own Markdown: code spans, links, headings, Mermaid blocks."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.paths import REPOSITORY

_FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.M | re.S)


def pages() -> list[Path]:
    """Every Markdown page that people read in the repository; not the READMEs in golden folders."""
    folders = (".", ".github", "docs", "docs/decisions", "examples")
    return sorted(page for folder in folders for page in (REPOSITORY / folder).glob("*.md"))


def name(page: Path) -> str:
    """The path of a page in the repository, with forward slashes."""
    return page.relative_to(REPOSITORY).as_posix()


def prose(page: Path) -> str:
    """The text of a page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def fenced(page: Path, language: str) -> list[str]:
    """The fenced blocks of a page in one language."""
    return [text for kind, text in _FENCE.findall(page.read_text(encoding="utf-8")) if kind == language]


def fenced_blocks(page: Path) -> list[tuple[str, str]]:
    """The fenced blocks of a page in their order, each with its language."""
    return [(kind, text) for kind, text in _FENCE.findall(page.read_text(encoding="utf-8"))]


def spans(page: Path) -> list[str]:
    """What stands in single backticks in the prose of a page."""
    return [" ".join(span.split()) for span in re.findall(r"(?<!`)`([^`]+)`(?!`)", prose(page))]


def links(page: Path) -> list[str]:
    """The targets of the links and pictures of a page, without those on other sites."""
    targets = re.findall(r"\]\(([^)\s]+)\)", prose(page))
    return [target for target in targets if not re.match(r"[a-z]+:", target)]


def anchors(page: Path) -> set[str]:
    """GitHub's anchors of a page's headings: lower case, spaces to dashes, no punctuation."""
    titles = re.findall(r"^#+ (.*)$", prose(page), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}
