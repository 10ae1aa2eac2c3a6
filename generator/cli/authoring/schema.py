"""`leaderboards schema`: prints the schema of leaderboards.yaml."""

from __future__ import annotations

import click

from generator.cli.documents import print_json_text, print_markup
from generator.spec.documents import json_schema, reference


@click.command("schema")
@click.option(
    "--format",
    "style",
    type=click.Choice(["json", "markdown"]),
    default="json",
    show_default=True,
    help="The JSON Schema, or a page to read.",
)
def schema_command(style: str) -> None:
    """Print the schema of leaderboards.yaml.

    A JSON Schema (2020-12), with which editors complete and check leaderboards.yaml and the team files that it
    includes, or a page that describes every key: type, default, bounds, meaning.

    The first line of a file tells the editor where the schema is, as a path relative to that file:

    \b
      # yaml-language-server: $schema=leaderboards.schema.json

    \b
    Examples:
      leaderboards schema > leaderboards.schema.json
      leaderboards schema --format markdown > reference.md
    """
    if style == "json":
        print_json_text(json_schema.schema_text())
    else:
        print_markup(reference.reference_page())
