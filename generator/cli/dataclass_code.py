"""Keeps the code of dataclasses, as Python keeps compiled modules: faster than compiling it at each start.

`dataclass` writes five or six functions as text, and Python compiles each. Those of 130 dataclasses take 12% of the
time of `generate` for one board (`make bench ARGS=plain`).
"""

from __future__ import annotations

import atexit
import dataclasses
import marshal
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any
from zlib import crc32

_FILE = Path(__file__).resolve().parent / "__pycache__" / f"dataclasses.{sys.implementation.cache_tag}.kept"
_VERSION = sys.version.encode()
_MOST = 2000
"""Above this many texts, those that this run did not need are forgotten: they are of older versions of this program."""


class CodeCache:
    """Stands in for `exec` in the module `dataclasses`: runs the code of a text, compiled now or by another run."""

    def __init__(self) -> None:
        self._known = _read()
        self._used: dict[str, CodeType] = {}
        self._is_new = False

    def run(self, text: str, *namespaces: Any) -> None:
        """Run a text as `exec` does."""
        code = self._known.get(text)
        if code is None:
            code = compile(text, "<string>", "exec")
            self._is_new = True
        self._used[text] = code
        exec(code, *namespaces)  # noqa: S102 - in place of the same call in `dataclasses`

    def store(self) -> None:
        """Store the code for other runs, unless Python stores no modules either, or this user may not write here."""
        if not self._is_new or sys.dont_write_bytecode:
            return
        known = self._known | self._used
        content = marshal.dumps(known if len(known) <= _MOST else self._used)
        with suppress(OSError):
            _FILE.write_bytes(_sign(content) + content)


@cache
def keep_dataclass_code() -> None:
    """Let dataclasses that are made from now on run kept code."""
    cache = CodeCache()
    dataclasses.exec = cache.run  # type: ignore[attr-defined] # the module finds it before the built-in one
    atexit.register(cache.store)


def _read() -> dict[str, CodeType]:
    with suppress(OSError, ValueError, EOFError, TypeError):
        signed = _FILE.read_bytes()
        content = signed[len(_sign(b"")) :]
        if signed.startswith(_sign(content)):
            known: dict[str, CodeType] = marshal.loads(content)  # noqa: S302 - as Python loads a compiled module
            return known
    return {}


def _sign(content: bytes) -> bytes:
    """What stands before the content: a file of another Python, or one that is cut short, is not read."""
    return b"%s\n%08x\n" % (_VERSION, crc32(content))
