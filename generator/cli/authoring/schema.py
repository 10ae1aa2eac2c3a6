"""`leaderboards schema`: what leaderboards.yaml may say."""

from __future__ import annotations

import click

from generator.cli.documents import print_json_text, print_markup
from generator.spec import json_schema, reference


@click.command()
@click.option(
    "--format",
    "style",
    type=click.Choice(["json", "markdown"]),
    default="json",
    show_default=True,
    help="The JSON Schema, or a page to read.",
)
def schema(style: str) -> None:
    """Write what leaderboards.yaml may say.

    As a JSON Schema (2020-12), by which editors complete and check leaderboards.yaml and the team files that it
    includes, or as a page with every key: type, default, bounds, meaning.

    A file names the schema in its first line, by its path from there:

    \b
      # yaml-language-server: $schema=leaderboards.schema.json

    \b
    Examples:
      leaderboards schema > leaderboards.schema.json
      leaderboards schema --format markdown > reference.md
    """
    if style == "json":
        print_json_text(json_schema.text())
    else:
        print_markup(reference.page())
