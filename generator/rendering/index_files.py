"""Renders the page that lists boards: index.html, what it needs of a board's page, and boards.json."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from generator.board.board import Board
from generator.rendering import escaping
from generator.rendering.page_files import read_page_file, read_shared_style, shorten_page
from generator.rendering.templates import load_template
from generator.rendering.text_files import BLUEPRINT, describe_column

_INDEX = BLUEPRINT.parent / "index"
_PAGE = BLUEPRINT / "dashboard"
_SCRIPTS = (_INDEX / "index.js", _PAGE / "theme.js")
_STYLES = (_PAGE / "style.css", _INDEX / "index.css")
"""Those of a board's page are here too: so both look alike."""


def render_index(
    title: str, boards: Iterable[Board], pages: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """Render the page that lists some boards: name -> content. `pages`: addresses of pages by board, where they are not
    those of `api.domain`."""
    page = load_template(_INDEX, "index.html.j2").render(index={"title": title})
    listed = [_describe(board, pages) for board in boards]
    return {
        "index.html": shorten_page(page),
        "boards.json": escaping.to_json_file({"boards": listed}),
        **{path.name: read_page_file(path) for path in _SCRIPTS},
        **{path.name: read_shared_style(path) for path in _STYLES},
    }


def _describe(board: Board, pages: Mapping[str, str]) -> dict[str, Any]:
    """What the page knows about a board before it asks."""
    written = f"https://{board.domain}/" if board.domain and board.public else None
    return {
        "team": board.team,
        "board": board.name,
        "title": board.config.title,
        "game": board.dashboard.game,
        "accent": board.dashboard.theme.accent,
        "hide_player_ids": board.dashboard.hide_player_ids,
        "access": "public" if board.public else "iam",
        "page": pages.get(board.name, written),
        "windows": [window.every for window in board.config.windows],
        "column": describe_column(board.config.columns[0]),
    }
