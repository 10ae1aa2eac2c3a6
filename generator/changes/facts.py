"""What is compared of a bundle: what a board's functions read, and where and with what it is deployed.

Both come from a decided `Board` or `Feed`, or from the files of a bundle in build/, so that an edit is told from what
was generated and not from the text of the YAML. A default that differs between versions of this program is an edit too.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.board import deployment
from generator.board.board import Board
from generator.board.feed import Feed
from generator.rendering.archives import CODE, CONFIG
from runtime.config import BoardConfig, parse_board_json

Document = Mapping[str, Any]
"""The content of a deployment.json."""


@dataclass(frozen=True)
class Facts:
    """One state of a bundle."""

    config: BoardConfig | None
    """None of a feed, which has no functions."""
    deployment: Document = field(default_factory=dict)
    """The content of deployment.json. Empty where the bundle is of a version that had none: then only what the
    functions read is compared."""


def facts_of(bundle: Board | Feed) -> Facts:
    """The facts of a decided board or feed, as `read_facts` finds them in its bundle."""
    config = None if isinstance(bundle, Feed) else bundle.config
    return Facts(config, deployment.describe_deployment(bundle))


def read_facts(read: Callable[[str], bytes | None]) -> Facts | None:
    """Read the facts of a bundle. `read` gives the content of a file by its path in the bundle.

    None where they are missing, damaged, or of a format that is not ours.
    """
    from zipfile import BadZipFile

    try:
        document = json.loads(read(deployment.FILE) or b"{}")
        known = document if isinstance(document, dict) and document.get("format") == deployment.FORMAT else {}
        if known.get("kind") == deployment.FEED:
            return Facts(None, known)
        text = read(CONFIG)
        return Facts(parse_board_json((_unpack(read(CODE)) if text is None else text).decode()), known)
    except (ValueError, TypeError, KeyError, AttributeError, BadZipFile, RecursionError):
        return None


def is_feed(document: Document) -> bool:
    """Whether it is the deployment.json of a feed."""
    return document.get("kind") == deployment.FEED


def align(old: Document, new: Document) -> dict[str, Any]:
    """A bundle's deployment.json with the keys and kinds of values that the present one has. What it lacks, or has in
    another form, counts as unchanged: it is of an earlier version of this program, or damaged."""
    return {key: old[key] if key in old and _is_alike(old[key], value) else value for key, value in new.items()}


def _is_alike(old: object, new: object) -> bool:
    """Whether two values are of one kind; a text may come to be none, and none a text."""
    if isinstance(old, list) and not all(isinstance(item, str) or _is_attached(item) for item in old):
        return False
    kinds = {type(old), type(new)}
    return len(kinds) == 1 or kinds == {str, type(None)}


def _is_attached(item: object) -> bool:
    """Whether it is what is said of an attached field."""
    return isinstance(item, list) and len(item) == 3 and isinstance(item[0], str)


def _unpack(archive: bytes | None) -> bytes:
    """The board.json of a zip of code, from before it stood beside the zip. Raises KeyError where there is none."""
    from zipfile import ZipFile

    with ZipFile(io.BytesIO(archive or b"")) as file:
        return file.read("board.json")
