"""The Jinja environment that blueprints are read with."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

from generator.rendering import escaping
from generator.rendering.template_cache import TemplateCache

_HTML = ("html.j2",)
"""Endings of the templates whose values Jinja escapes. In all others each value goes through its language's filter."""


@cache
def load_template(folder: Path, name: str) -> jinja2.Template:
    """Load a template of a blueprint. One that names something unknown fails when it is rendered (UndefinedError)."""
    return _make_environment(folder).get_template(name)


@cache
def _make_environment(folder: Path) -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=jinja2.select_autoescape(_HTML, default=False),
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    options = (_HTML, environment.trim_blocks, environment.lstrip_blocks, environment.keep_trailing_newline)
    environment.bytecode_cache = TemplateCache(folder, options)
    environment.filters |= {
        "code": escaping.to_code_span,
        "hcl": escaping.to_hcl,
        "hcl_entries": escaping.to_hcl_entries,
        "json": escaping.to_json_line,
        "markdown": escaping.escape_markdown,
        "script_json": escaping.to_script_json,
    }
    return environment
