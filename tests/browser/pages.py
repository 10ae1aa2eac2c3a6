"""Renders the page of a board from its blueprint."""

from typing import Any

from generator.rendering.page_files import read_page_file
from generator.rendering.templates import load_template
from generator.rendering.text_files import BLUEPRINT

SETTINGS: dict[str, Any] = {
    "title": "Weekly kills",
    "board": "weekly-kills",
    "description": "The ranking of Weekly kills, as it stands now.",
    "game": "Starfall",
    "hide_player_ids": False,
    "accent": "#7c3aed",
    "refresh_seconds": 0.5,  # the YAML takes whole seconds, a test has less patience
    "stale_seconds": 600,
    "columns": [{"name": "score", "order": "descending", "decimals": 0}],
    "attached": [],
    "windows": [{"every": "week", "label": "This week"}, {"every": "all_time", "label": "All time"}],
}


def render_page(**settings: Any) -> dict[str, bytes]:
    """Render every file of the page, by name, with SETTINGS and these changes to them."""
    files: dict[str, bytes] = {}
    for path in sorted((BLUEPRINT / "dashboard").iterdir()):
        if path.name.startswith("_"):
            continue
        if path.suffix == ".j2":
            text = load_template(BLUEPRINT, f"dashboard/{path.name}").render(page=SETTINGS | settings)
            files[path.stem] = text.encode()
        else:
            files[path.name] = read_page_file(path).encode()
    return files
