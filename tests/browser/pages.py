"""Renders the page of a board from its blueprint."""

from typing import Any

from generator.rendering.page_files import list_page_files, read_page_file, shorten_page
from generator.rendering.templates import load_template
from generator.rendering.text_files import BLUEPRINT, describe_column
from generator.spec.columns.reading import make_title
from runtime.config import Column, Order


def column(name: str, order: Order = "descending", decimals: int = 0, **reading: Any) -> dict[str, Any]:
    """A column as the page is told of it; `reading`: title, format and unit."""
    return describe_column(Column(name, order, decimals=decimals, **{"title": make_title(name), **reading}))


SETTINGS: dict[str, Any] = {
    "title": "Weekly kills",
    "board": "weekly-kills",
    "description": "The ranking of Weekly kills, as it stands now.",
    "game": "Starfall",
    "hide_player_ids": False,
    "search": "id",
    "accent": "#7c3aed",
    "refresh_seconds": 0.5,  # the YAML takes whole seconds, a test has less patience
    "stale_seconds": 600,
    "columns": [column("score")],
    "attached": [],
    "segments": [],
    "windows": [{"every": "week", "label": "This week"}, {"every": "all_time", "label": "All time"}],
}


def render_page(*, logo: dict[str, str | None] | None = None, **settings: Any) -> dict[str, bytes]:
    """Render every file of the page, by name, with SETTINGS and these changes to them. `logo`: as templates have it."""
    files: dict[str, bytes] = {}
    for name in list_page_files(BLUEPRINT / "dashboard"):
        if name.endswith(".j2"):
            text = load_template(BLUEPRINT, f"dashboard/{name}").render(page=SETTINGS | settings, logo=logo)
            files[name[:-3]] = (shorten_page(text) if name == "index.html.j2" else text).encode()
        else:
            files[name] = read_page_file(BLUEPRINT / "dashboard" / name).encode()
    return files
