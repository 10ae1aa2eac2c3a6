"""Judges diagnostics: what a person who reads them could complain of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from generator.diagnostics import sarif
from generator.diagnostics.diagnostic import Diagnostic


def faults(files: dict[str, bytes], found: tuple[Diagnostic, ...]) -> Iterator[str]:
    """What a reader of these diagnostics could complain of."""
    lines = {
        name: data.decode("utf-8-sig", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for name, data in files.items()
    }
    if list(found) != sorted(set(found)):
        yield "not sorted, or one is there twice"
    twice = Counter((each.file, each.line, each.column, each.path, each.message, each.hint) for each in found)
    if max(twice.values(), default=1) > 1:
        yield f"said twice: {twice.most_common(1)}"
    for each in found:
        if each.file not in lines:
            yield f"in another file: {each}"
            continue
        if (each.line == 0) != (each.column == 0) or not 0 <= each.line <= len(lines[each.file]):
            yield f"no such place: {each}"
        elif each.line and each.column > len(lines[each.file][each.line - 1]) + 1:
            yield f"beyond its line: {each}"
        if not each.message or each.message.endswith((".", " ")) or each.message != each.message.strip():
            yield f"no sentence without its full stop: {each}"
        if not each.hint.endswith((".", "?")) or not each.hint[0].isupper():
            yield f"no sentence of what to write: {each}"
        if not (each.message + each.hint + each.path).isprintable():
            yield f"could reach a terminal as a command: {each}"
        if len(each.message) > 500 or len(each.hint) > 300:
            yield f"longer than anyone reads: {each}"
        if each.code not in sarif.RULES:
            yield f"a code that no rule explains: {each}"
