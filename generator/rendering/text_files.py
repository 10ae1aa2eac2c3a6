"""Renders the text files of a board's bundle: Terraform, page, schema, API description, dashboard, README.

The templates are in blueprints/. They compute nothing, as `tests/rendering/test_blueprint.py` checks.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, get_args

from generator.board import deployment
from generator.board.board import Board
from generator.rendering import escaping
from generator.rendering.activity_schema import EXAMPLE_LIFE_DAYS, activity_schema, example_activity
from generator.rendering.api_examples import make_examples
from generator.rendering.column_texts import describe_columns
from generator.rendering.feed_files import shared_values
from generator.rendering.page_files import list_page_files, read_page_file, shorten_page
from generator.rendering.program import keep
from generator.rendering.templates import load_template
from generator.rendering.watching.dashboard import render_dashboard
from runtime.config import Column, Every, WindowKind
from runtime.domain.texts.numbers import Reading, read_as
from runtime.domain.texts.segments import MAX_VALUES, SEGMENT
from runtime.s3.lifetimes import PINNED_SECONDS

BLUEPRINT = Path(__file__).resolve().parent.parent.parent / "blueprints" / "standard"
_TEMPLATE = ".j2"
_PAGE = "dashboard/"
"""The folder of the page's files."""

_ATTACHING = {"best": "the player's best run", "last": "the player's last run"}
"""Whose attached fields stand beside a score, by aggregate; on other boards the newest counted activity's."""

CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
}
"""The content type of each kind of file that a page may have, by ending. Another kind raises KeyError."""

CORS_HEADERS = ("Cache-Control", "Content-Type", "If-Modified-Since", "If-None-Match", "Pragma", "X-Requested-With")
"""Headers that clients in a browser send and that need the API's consent (Fetch standard, "CORS-safelisted
request-header"): of conditional requests, and what HTTP libraries add to each."""
SIGNATURE_HEADERS = ("Authorization", "X-Amz-Content-Sha256", "X-Amz-Date", "X-Amz-Security-Token")
"""Headers of a request that is signed (IAM user guide, "Elements of an AWS API request signature")."""

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


def render_text_files(board: Board) -> dict[str, str]:
    """Render every text file of the board's bundle: path in the bundle -> content."""
    wanted = _list_wanted(board)
    values = _make_values(board, wanted)
    files = {path: _render(name, values) for path, name in wanted.items()}
    files["activity.schema.json"] = activity_schema(board)
    files["cloudwatch-dashboard.json"] = render_dashboard(board)
    files[deployment.FILE] = escaping.to_json_file(deployment.describe_deployment(board), sort_keys=True)
    return files


def render_terraform(board: Board) -> dict[str, str]:
    """Render the Terraform files alone, which takes a third of the time: path in the bundle -> content."""
    wanted = _list_wanted(board)
    values = _make_values(board, wanted)
    return {path: _render(name, values) for path, name in wanted.items() if path.endswith(".tf")}


def _list_wanted(board: Board) -> dict[str, str]:
    """The files of the blueprint that this board's bundle has: path in the bundle -> path in the blueprint."""
    unwanted = _find_unwanted(board)
    return {path: name for path, name in _list_blueprint().items() if path not in unwanted}


def _make_values(board: Board, wanted: Mapping[str, str]) -> dict[str, Any]:
    """What templates may name."""
    return {
        **shared_values(board),
        "activities": "data.aws_dynamodb_table.feed" if board.feed else "aws_dynamodb_table.activities",
        "feed_keys": ["data.aws_dynamodb_table.feed.server_side_encryption[0].kms_key_arn"] if board.feed else [],
        "page": make_page_settings(board),
        "logo": _describe_logo(board),
        "page_files": _list_page_files([*wanted, *([f"{_PAGE}{logo}"] if (logo := name_logo(board)) else [])]),
        "moved": list(_list_moved(board, _list_page_files(wanted))),
        "origin": _write_origin(board),
        "frame_ancestors": " ".join(("frame-ancestors", "'self'", *board.dashboard.embed_in)),
        "attaching": _ATTACHING.get(board.config.aggregate, "the player's newest counted activity"),
        "columns": describe_columns(board.config),
        "examples": make_examples(board.config),
        "window_kinds": get_args(Every),
        "most_values": MAX_VALUES,
        "segment_pattern": f"^{SEGMENT.pattern}$",
        "pinned_minutes": PINNED_SECONDS // 60,
        "methods": ("GET", "HEAD", "OPTIONS") if board.cors_origins else ("GET", "HEAD"),
        "cors_headers": CORS_HEADERS if board.public else (*CORS_HEADERS, *SIGNATURE_HEADERS),
        "example_item": _write_example_item(board),
        "example_life_days": EXAMPLE_LIFE_DAYS,
    }


def make_page_settings(board: Board) -> dict[str, Any]:
    """Make what the page knows about its board before it asks the API."""
    shown = board.dashboard
    where = f" in {shown.game}" if shown.game else ""
    return {
        "title": board.config.title,
        "description": f"{board.config.title}{where}: who leads, and where you stand.",
        "board": board.name,
        "game": shown.game,
        "hide_player_ids": shown.hide_player_ids,
        "search": _name_search(board),
        "accent": shown.theme.accent,
        "refresh_seconds": shown.refresh_seconds,
        "stale_seconds": board.config.stale_seconds,
        "columns": list(map(describe_column, board.config.columns)),
        "attached": [{"field": each.field, "title": each.shown_title, "link": each.link} for each in board.attached],
        "segments": [segment.name for segment in board.config.segments],
        "windows": [{"every": window.every, "label": _label_window(window)} for window in board.config.windows],
    }


def name_logo(board: Board) -> str | None:
    """The name of the file beside the page that has its logo; None if it has none."""
    return f"logo.{board.logo.kind}" if board.logo and board.public else None


def _describe_logo(board: Board) -> dict[str, str | None] | None:
    """The logo's file, and the address by which a shared link shows it, where one is known and it can be shown.

    The address has to be an absolute one, and services that show links take no SVG (Open Graph protocol, "og:image";
    X developer platform, "Summary Card with Large Image").
    """
    name = name_logo(board)
    if name is None:
        return None
    shared = board.domain is not None and not name.endswith(".svg")
    return {"file": name, "shared": f"https://{board.domain}/{name}" if shared else None}


def describe_column(column: Column) -> dict[str, Any]:
    """What the page knows of a column: of how people read its numbers only what is not as in a plain number."""
    plain = Reading("", "", column.decimals)
    reading = {name: value for name, value in vars(read_as(column)).items() if value != getattr(plain, name)}
    return {"name": column.name, "title": column.title, "order": column.order, "decimals": column.decimals, **reading}


def _name_search(board: Board) -> str:
    """By what the page finds a player. Who knows an id finds the player by a link, even where ids are hidden."""
    if not board.config.search_names:
        return "id"
    return "name" if board.dashboard.hide_player_ids else "name or id"


def _label_window(window: WindowKind) -> str:
    return "Last day" if window.days == 1 else WINDOW_LABELS[window.every].format(days=window.days)


def _list_page_files(paths: Iterable[str]) -> dict[str, str]:
    """The files of the page among the bundle's paths: name -> content type."""
    names = [path.removeprefix(_PAGE) for path in paths if path.startswith(_PAGE)]
    return {name: CONTENT_TYPES[name[name.rfind(".") :]] for name in names}


def _list_moved(board: Board, page_files: Iterable[str]) -> Iterator[tuple[str, str]]:
    """The addresses that resources had before 0.1.0, when they were numbered, each with the one that it has now."""
    for number, subscriber in enumerate(board.subscribers, start=1):
        kind = "aws_sns_topic_subscription"
        yield f"{kind}.alarms_{number}", f"{kind}.alarms[{escaping.to_hcl(subscriber.address)}]"
    for number, reader in enumerate(board.readers, start=1):
        for part in ("api_url", "api_function"):
            kind = "aws_lambda_permission"
            yield f"{kind}.{part}_{number}", f"{kind}.{part}[{escaping.to_hcl(reader)}]"
    for name in page_files:
        before = re.sub(r"[^a-z0-9]", "_", name.lower())
        yield f"aws_s3_object.page_{before}", f"aws_s3_object.page[{escaping.to_hcl(name)}]"


def _write_origin(board: Board) -> str:
    """The host that serves the board, for the inside of a quoted HCL string."""
    if board.domain:
        return escaping.to_hcl(board.domain)[1:-1]
    if board.public:
        return "${aws_cloudfront_distribution.board.domain_name}"
    return f"${{aws_lambda_function_url.api.url_id}}.lambda-url.{board.region}.on.aws"


def _write_example_item(board: Board) -> str:
    """An activity in DynamoDB's JSON, quoted for a shell command, with $ID as its id and $EXPIRES_AT as its end."""
    example = example_activity(board.config, board.config.rules[0])
    # Its first fields are those that the shell fills in, so that no text of a board's can look like one of them.
    item: dict[str, dict[str, str | bool]] = {"activity_id": {"S": "$ID"}, "expires_at": {"N": "$EXPIRES_AT"}}
    item |= {name: _to_attribute(value) for name, value in example.items() if name not in item}
    start, identity, middle, expiry, end = re.split(r'"(\$ID|\$EXPIRES_AT)"', escaping.to_json_line(item), maxsplit=2)
    quote = escaping.to_shell_word
    return f"""{quote(start + '"')}"{identity}"{quote('"' + middle + '"')}"{expiry}"{quote('"' + end)}"""


def _to_attribute(value: str | bool | int | float) -> dict[str, str | bool]:
    if isinstance(value, bool):
        return {"BOOL": value}
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def _find_unwanted(board: Board) -> set[str]:
    """The files of the blueprint that this board's bundle does not have, by their paths in the bundle."""
    unwanted = (
        {"terraform/backfill.tf", "terraform/pipeline.tf", "terraform/producers.tf"}
        if board.feed
        else {"terraform/feed.tf"}
    )
    if not board.makes_key:
        unwanted.add("terraform/key.tf")
    if board.makes_key or not board.protect:
        unwanted.add("terraform/former_key.tf")
    if not board.simulator:
        unwanted.add("terraform/simulator.tf")
    if not board.assembler:
        unwanted.add("terraform/assembly.tf")
    if not board.public or not board.dashboard.embed_in:
        unwanted |= {"terraform/frames.tf", "terraform/frames.js"}
    if not board.public:
        unwanted |= {"terraform/distribution.tf", "terraform/page.tf"}
        unwanted |= {path for path in _list_blueprint() if path.startswith(_PAGE)}
    return unwanted


@cache
def _list_blueprint() -> dict[str, str]:
    """Every file of the blueprint, sorted: path in the bundle -> path in the blueprint.

    Files whose path has a part that begins with _ or . are left out, parts of templates and caches, and so are scripts
    that go into another.
    """
    page = {f"{_PAGE}{name}" for name in list_page_files(BLUEPRINT / _PAGE)}
    paths = (path.relative_to(BLUEPRINT) for path in BLUEPRINT.rglob("*") if path.is_file())
    shown = (path.as_posix() for path in paths if not any(part[0] in "._" for part in path.parts))
    names = sorted(name for name in shown if name in page or not name.startswith(_PAGE))
    return {name.removesuffix(_TEMPLATE): name for name in names}


def _render(name: str, values: dict[str, Any]) -> str:
    if not name.endswith(_TEMPLATE):
        return _read_file(name)
    text = load_template(BLUEPRINT, name).render(values)
    return shorten_page(text) if name.endswith(f".html{_TEMPLATE}") else text


@cache
def _read_file(name: str) -> str:
    """A file of the blueprint that is the same in every bundle."""
    return keep(name, lambda: read_page_file(BLUEPRINT / name).encode()).decode()
