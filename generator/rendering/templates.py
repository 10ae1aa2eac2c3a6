"""The one Jinja environment that blueprints are read with, compiled once and kept like any other .pyc."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from zlib import crc32

import jinja2
from jinja2.bccache import Bucket

from generator.rendering import escaping

_OPTIONS = {"trim_blocks": True, "lstrip_blocks": True, "keep_trailing_newline": True}


@cache
def template(folder: Path, name: str) -> jinja2.Template:
    """A template of a blueprint. One that names something unknown fails when it is rendered (UndefinedError)."""
    found = _environment(folder).get_template(name)
    # Jinja copies these for each rendering, out of a ChainMap ten times as slowly as out of a dict.
    found.globals = dict(found.globals)
    return found


@cache
def _environment(folder: Path) -> jinja2.Environment:
    # Only HTML is escaped by Jinja; every other place has its filter.
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder),
        undefined=jinja2.StrictUndefined,
        autoescape=_is_html,  # noqa: S701
        auto_reload=False,
        bytecode_cache=_Compiled(folder / "__pycache__"),
        trim_blocks=_OPTIONS["trim_blocks"],
        lstrip_blocks=_OPTIONS["lstrip_blocks"],
        keep_trailing_newline=_OPTIONS["keep_trailing_newline"],
    )
    environment.filters |= {
        "code": escaping.code,
        "hcl": escaping.hcl,
        "hcl_entries": escaping.hcl_entries,
        "json": escaping.json_text,
        "markdown": escaping.markdown,
        "script_json": escaping.script_json,
    }
    return environment


def _is_html(name: str | None) -> bool:
    return name is not None and name.endswith(".html.j2")


class _Compiled(jinja2.BytecodeCache):
    """Compiled templates beside their source, as Python keeps its own: compiling takes longer than all the rest.

    Jinja checks a template's source against what was compiled; the file's name tells the versions and options.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tag = f"{sys.implementation.cache_tag}-{crc32(f'{jinja2.__version__} {_OPTIONS}'.encode()):08x}"

    def get_cache_key(self, name: str, filename: str | None = None) -> str:
        return name.replace("/", ".")

    def load_bytecode(self, bucket: Bucket) -> None:
        try:
            with self._file(bucket).open("rb") as file:
                bucket.load_bytecode(file)
        except Exception:
            # Not there, cut short, another's: whatever it is, the template can be compiled again.
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        if sys.dont_write_bytecode:
            return
        path = self._file(bucket)
        temporary = path.with_suffix(f".{id(bucket)}.tmp")
        try:
            self.folder.mkdir(exist_ok=True)
            temporary.write_bytes(bucket.bytecode_to_string())
            temporary.replace(path)
        except OSError:
            # Installed where this user may not write: then it is compiled each time.
            with suppress(OSError):
                temporary.unlink(missing_ok=True)

    def _file(self, bucket: Bucket) -> Path:
        # What is escaped is compiled in; a key ends as its template's name does.
        escaped = bucket.environment.autoescape
        escaped = escaped(bucket.key) if callable(escaped) else escaped
        return self.folder / f"{bucket.key}.{self.tag}{'-escaped' * escaped}.jinja"
