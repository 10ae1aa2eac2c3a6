"""Loads the templates of blueprints, with the filters that escape what is put into them.

Compiled templates are stored, as compiling all of them at each start takes 29% of the time of `generate` for one board,
and 15% for 100 boards (`make bench ARGS=plain`).
"""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import jinja2
from jinja2.bccache import Bucket

from generator.rendering import escaping

SHARED = Path(__file__).resolve().parent.parent.parent / "blueprints" / "standard"
"""Where a blueprint finds the templates that it does not have itself."""
_HTML = ("html.j2",)
"""Endings of the templates in which Jinja escapes every value. In all others, each value goes through a filter."""


class TemplateCache(jinja2.FileSystemBytecodeCache):
    """Stores compiled templates beside their source, as Python stores compiled modules.

    Jinja compares a template's source with the source that was compiled. All else that the compiled code depends on
    (Python, Jinja, the environment's options) is part of the file's name. If a file cannot be loaded, its template is
    compiled again.
    """

    def __init__(self, folder: Path, options: object) -> None:
        """`folder`: where the templates are. `options`: those of the environment that compiles them."""
        versions = f"{sys.implementation.cache_tag}-{crc32(f'{jinja2.__version__} {options}'.encode()):08x}"
        super().__init__(str(folder / "__pycache__"), f"%s.{versions}.jinja")

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        """Name the file of a compiled template after the template."""
        return name.replace("/", ".")

    def load_bytecode(self, bucket: Bucket) -> None:
        """Load a compiled template, if there is one and it can be read."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # the file is cut short or not ours: unpickling it may raise anything
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Store a compiled template, unless Python stores no modules either, or this user may not write here."""
        if sys.dont_write_bytecode:
            return
        with suppress(OSError):
            Path(self.directory).mkdir(exist_ok=True)
            super().dump_bytecode(bucket)


class _Environment(jinja2.Environment):
    """An environment whose globals are an ordinary dict: Jinja copies them for each file and each import in it."""

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """Return the globals of a template. Later changes of the environment's own would be missed; there are none."""
        return {**self.globals, **(d or {})}


@cache
def load_template(folder: Path, name: str) -> jinja2.Template:
    """Load a template of a blueprint. Rendering it raises UndefinedError if it names something unknown."""
    return _make_environment(folder).get_template(name)


@cache
def _make_environment(folder: Path) -> jinja2.Environment:
    environment = _Environment(
        loader=jinja2.FileSystemLoader([folder, SHARED]),
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
