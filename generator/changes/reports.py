"""Writes what becomes of bundles: as text, as JSON, as Markdown for a comment, as a matrix for workflows."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

from generator.changes.bundles import BundleChange
from generator.changes.edits import Edit, Kind, ways_out
from generator.diagnostics.wording import plural
from generator.rendering.escaping import escape_markdown, to_code_span

MOST_JOBS = 256
"""Jobs that a matrix of a workflow may have (GitHub documentation, "Running variations of jobs in a workflow")."""

_MARKS = {Kind.IN_PLACE: "", Kind.ATTENTION: ":warning: ", Kind.REFUSED: ":no_entry: "}


_REFERENCES = re.compile(r"(?<!\w)@(?=\w)|\\#(?=\d)")
"""What GitHub makes a mention or a link to an issue of, in escaped Markdown."""


def as_text(changes: Iterable[BundleChange], accepted: Collection[str] = ()) -> str:
    """Write a line for each bundle, and below it one for each edit."""
    lines = []
    for change in changes:
        moved = f" from build/{change.former}" if change.former else ""
        lines.append(f"build/{change.folder}: {change.change}{moved}{_explain(change)}")
        for edit in change.edits:
            lines.append(f"  {change.board}: {edit.sentence}{_accepted(edit, change, accepted)}")
            lines += [f"      {command}" for command in edit.commands]
    return "".join(f"{line}\n" for line in lines)


def as_markdown(changes: Sequence[BundleChange], accepted: Collection[str] = ()) -> str:
    """Write the same as Markdown, for a comment of a pull request."""
    if not changes:
        return "No bundle changes.\n"
    lines = []
    for change in changes:
        moved = f" from {to_code_span(f'build/{change.former}')}" if change.former else ""
        lines += [
            f"**{_escape(change.board)}**: {change.change}{moved}{_explain(change)}, "
            f"{to_code_span(f'build/{change.folder}')}",
            "",
        ]
        for edit in change.edits:
            kind = f"**{edit.kind}**{_accepted(edit, change, accepted)}"
            lines.append(f"- {_MARKS[edit.kind]}{_escape(edit.what)}; {_to_markdown(edit.then)}; {kind}")
            if edit.kind is Kind.REFUSED and change.board not in accepted:
                lines.append(f"  <br>{_to_markdown(ways_out(change.board, edit))}")
            if edit.commands:
                lines += [
                    "",
                    "  ```sh",
                    *(f"  {command.replace('`', chr(39))}" for command in edit.commands),
                    "  ```",
                    "",
                ]
        lines.append("")
    return "\n".join(lines).rstrip("\n") + "\n"


def as_json(changes: Iterable[BundleChange], accepted: Collection[str] = ()) -> list[dict[str, Any]]:
    """Write the same for a program: one object for each bundle."""
    return [
        {
            **_describe(change),
            "former_folder": f"build/{change.former}" if change.former else None,
            "refused": change.is_refused and change.board not in accepted,
            "edits": [
                {
                    "what": edit.what,
                    "then": edit.then,
                    "class": str(edit.kind),
                    "commands": list(edit.commands),
                    "way_out": ways_out(change.board, edit) if edit.kind is Kind.REFUSED else None,
                }
                for edit in change.edits
            ],
        }
        for change in changes
    ]


def as_github(changes: Sequence[BundleChange]) -> str:
    """Write lines for $GITHUB_OUTPUT: a matrix of the bundles to plan, and one of those to destroy (GitHub
    documentation, "Passing job outputs", "Running variations of jobs in a workflow")."""
    deployed = [change for change in changes if change.kind != "index"]
    plan = [_describe(change) for change in deployed if change.change != "removed"]
    destroy = [_describe(change) for change in deployed if change.change == "removed"]
    lines = [
        f"plan={json.dumps({'include': plan}, separators=(',', ':'))}",
        f"destroy={json.dumps({'include': destroy}, separators=(',', ':'))}",
        f"any={'true' if plan else 'false'}",
        f"any_destroy={'true' if destroy else 'false'}",
    ]
    return "".join(f"{line}\n" for line in lines)


def count(changes: Sequence[BundleChange]) -> str:
    """How many bundles are new, changed, moved and removed."""
    kinds = [change.change for change in changes]
    counts = [f"{kinds.count(kind):,} {kind}" for kind in ("new", "changed", "moved", "removed") if kind in kinds]
    return f"{plural(len(changes), 'bundle')}: {', '.join(counts)}" if changes else "no bundle changes"


def _to_markdown(text: str) -> str:
    """Our own words as Markdown: what stands between backticks as code."""
    spans = text.split("`")
    return "".join(to_code_span(part) if at % 2 else _escape_within(part) for at, part in enumerate(spans))


def _escape_within(part: str) -> str:
    """Escape a part of a line, with the space at its ends."""
    start, end = (" " if text else "" for text in (part[:1].isspace(), part[-1:].isspace() and part.strip()))
    return f"{start}{_escape(part)}{end}"


def _escape(text: str) -> str:
    """Escape a text for a comment: it calls nobody, and refers to nothing.

    GitHub looks for names and numbers once Markdown is rendered, where a backslash is gone (cmark-gfm, "At sign and
    hash escaping is not possible"): an empty comment parts them, and is not shown.
    """
    return _REFERENCES.sub(r"\g<0><!-- -->", escape_markdown(text))


def _describe(change: BundleChange) -> dict[str, str]:
    """A bundle for a program: every value is a text of plain words."""
    return {
        "name": change.name,
        "environment": change.environment or "",
        "team": change.team,
        "board": change.board,
        "folder": f"build/{change.folder}",
        "change": change.change,
        "state": change.state,
        "kind": change.kind,
    }


def _explain(change: BundleChange) -> str:
    """Why a bundle has changed of whose board no edit is known."""
    return ", in its files alone" if change.change == "changed" and not change.edits else ""


def _accepted(edit: Edit, change: BundleChange, accepted: Collection[str]) -> str:
    return ", accepted" if edit.kind is Kind.REFUSED and change.board in accepted else ""
