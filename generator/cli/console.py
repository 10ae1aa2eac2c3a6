"""Writes to the two streams of a command: results to stdout, words about them to stderr.

A stream may have any character set, and may be closed. Characters that it cannot hold are written as escapes.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

import click


def prepare_streams() -> None:
    """Make both streams take any text. Call it once, before anything is written."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:  # closed by whoever started the program, as in `leaderboards validate >&-`
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def write(text: str, end: str = "\n") -> None:
    """Write a result to stdout."""
    # Without `file`, click would choose a stream that writes UTF-8 even where ASCII is asked for.
    click.echo(text + end, file=sys.stdout, nl=False)


@contextmanager
def open_stdout() -> Iterator[BinaryIO]:
    """Stdout as bytes, for what has a character set of its own."""
    # In place of stdout there may be a text in memory, which has no bytes.
    stream = getattr(sys.stdout, "buffer", None) or _Encoded(sys.stdout)
    yield cast(BinaryIO, stream)
    stream.flush()


class _Encoded:
    """Takes UTF-8 for a stream of text."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        self._stream.write(data.decode("utf-8"))
        return len(data)

    def flush(self) -> None:
        self._stream.flush()


def say(text: str) -> None:
    """Write words about a result to stderr, as a line or several."""
    click.echo(text, file=sys.stderr)


def takes_colours(stream: TextIO) -> bool:
    """Whether a stream is a terminal that takes colours (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
