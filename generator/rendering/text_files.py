"""From a `Board` to the text files of its bundle: Terraform, page, schema, API description, README.

Templates stand in blueprints/ and only place what stands in the Board.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from generator.board.board import Board
from generator.rendering import cloudwatch_dashboard, escaping, templates
from generator.rendering.activity_schema import activity_schema, example_activity
from runtime.config import WindowKind

BLUEPRINT = Path(__file__).resolve().parent.parent.parent / "blueprints" / "standard"

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
"""What a file of the page may be. Any other would need a decision here, and raises KeyError."""

WINDOW_LABELS = {
    "all_time": "All time",
    "hour": "This hour",
    "day": "Today",
    "week": "This week",
    "month": "This month",
    "season": "This season",
    "rolling": "Last {days} days",
}
"""What the page calls the current window of each kind."""


def render(board: Board) -> dict[str, str]:
    """Every text file of the board's bundle: path in the bundle -> content."""
    names = _files()
    page_names = [name.removesuffix(".j2") for name in names if name.startswith("dashboard/")] if board.public else []
    values: dict[str, Any] = {
        "board": board,
        "prefix": board.names.prefix,
        "key": escaping.hcl(board.kms_key_arn) if board.kms_key_arn else "aws_kms_key.board.arn",
        "page": page(board),
        "page_files": [_page_file(name) for name in page_names],
        "origin": _origin(board),
        "example_item": _example_item(board),
    }
    unwanted = _unwanted(board)
    files = {}
    for name in names:
        path = name.removesuffix(".j2")
        if path in unwanted or (path.startswith("dashboard/") and not board.public):
            continue
        files[path] = templates.load_template(BLUEPRINT, name).render(values) if name.endswith(".j2") else _static(name)
    files["activity.schema.json"] = activity_schema(board)
    files["cloudwatch-dashboard.json"] = cloudwatch_dashboard.operations(board)
    return files


def page(board: Board) -> dict[str, Any]:
    """What the page knows of its board before it asks the API."""
    return {
        "title": board.config.title,
        "board": board.name,
        "team": board.team,
        "accent": board.accent,
        "refresh_seconds": board.refresh_seconds,
        "stale_seconds": board.config.stale_seconds,
        "decimals": board.config.decimals,
        "columns": [{"name": column.name, "order": column.order} for column in board.config.columns],
        "windows": [{"every": window.every, "label": _label(window)} for window in board.config.windows],
    }


def _label(window: WindowKind) -> str:
    return "Last day" if window.days == 1 else WINDOW_LABELS[window.every].format(days=window.days)


@cache
def _page_file(path: str) -> dict[str, str]:
    """A file of the page as an S3 object: its name, the name of its Terraform resource, its content type."""
    name = path.removeprefix("dashboard/")
    return {
        "name": name,
        "resource": "page_" + re.sub(r"[^a-z0-9]", "_", name.lower()),
        "content_type": CONTENT_TYPES[Path(name).suffix],
    }


def _origin(board: Board) -> str:
    """The host that serves the board, as it stands within a quoted HCL string."""
    if board.public:
        return escaping.hcl(board.domain)[1:-1] if board.domain else "${aws_cloudfront_distribution.board.domain_name}"
    return f"${{aws_lambda_function_url.api.url_id}}.lambda-url.{board.region}.on.aws"


def _example_item(board: Board) -> str:
    """An activity in DynamoDB's JSON, as a word of a shell command in which $ID is its id."""
    example = example_activity(board.config, board.config.rules[0])
    item = {name: _attribute(value) for name, value in example.items() if name != "activity_id"}
    text = escaping.json_text({"activity_id": {"S": "ID"}, **item})
    before, after = text.split('"ID"', 1)
    return escaping.shell(before + '"') + '"$ID"' + escaping.shell('"' + after)


def _attribute(value: str | bool | int | float) -> dict[str, str | bool]:
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def _unwanted(board: Board) -> set[str]:
    """Files of the blueprint that this board has no use for."""
    unwanted = set()
    if board.kms_key_arn:
        unwanted.add("terraform/key.tf")
    if not board.simulator:
        unwanted.add("terraform/simulator.tf")
    if not board.public:
        unwanted |= {"terraform/distribution.tf", "terraform/page.tf"}
    return unwanted


@cache
def _files() -> tuple[str, ...]:
    """Every file of the blueprint, sorted. What begins with _ or . is not one: parts of templates, caches."""
    paths = (path.relative_to(BLUEPRINT) for path in BLUEPRINT.rglob("*") if path.is_file())
    return tuple(sorted(path.as_posix() for path in paths if not any(part[0] in "._" for part in path.parts)))


@cache
def _static(name: str) -> str:
    return (BLUEPRINT / name).read_text(encoding="utf-8")
