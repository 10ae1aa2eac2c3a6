"""Reads the page's scripts and styles as a bundle ships them: few files, without comments and spaces that mean nothing.

The scripts are modules. Those that `app.js` imports, and that they import, go into it, each below what it imports: the
browser then asks for one script, not for one after another. For that a module imports names as they are
(`import { a } from "./b.js"`), no two modules have the same name at their top, and no two import each other.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_COMMENTS = {
    ".js": re.compile(r"^[ \t]*(//.*|/\*\*?[^\0]*?\*/)\n", re.MULTILINE),
    ".css": re.compile(r"^[ \t]*/\*[^\0]*?\*/\n", re.MULTILINE),
}
"""By ending: comments that have lines of their own."""
_COMMENT = re.compile(r"/\*.*?\*/ ?")
"""A comment beside code. No text may have one."""
_IMPORT = re.compile(r'^import \{[^}]*\} from "\./([a-z_]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(async function|function|class|const|let) )", re.MULTILINE)

_TEXT = re.compile(r'("(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[ \n])+/(?=[.,;)gimu]))')
"""A text, a template or a regular expression of a script: as it is written."""
_JS_SPACES = re.compile(r" ?([{}()\[\],;:?=<>*&|!]+) ?")
"""Spaces beside signs that end a word. + and - are left out: `a + +b` would become `a++b`."""
_CSS_SPACES = re.compile(r"^([a-z-]+:) | (\{)$")


@cache
def list_page_files(folder: Path) -> tuple[str, ...]:
    """The names of the page's files that are shipped: all but the modules that go into others."""
    inner = {name for path in folder.glob("*.js") for name in _IMPORT.findall(path.read_text(encoding="utf-8"))}
    return tuple(sorted(path.name for path in folder.iterdir() if path.name[0] not in "._" and path.name not in inner))


@cache
def read_page_file(path: Path) -> str:
    """The text of a script or style as it is shipped; that of another file as it is."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".js":
        return shorten_script("".join(_read_module(each) for each in list_modules(path)))
    return shorten_style(_COMMENTS[".css"].sub("", text)) if path.suffix == ".css" else text


def shorten_script(text: str) -> str:
    """A script without spaces that mean nothing. Its lines stay: where one ends, so may a statement."""
    lines = (_COMMENT.sub("", line).strip() for line in text.splitlines())
    return "".join(f"{_shorten_line(line)}\n" for line in lines if line)


def shorten_style(text: str) -> str:
    """A style without spaces and ends of lines that mean nothing. None of its texts may go over several lines."""
    lines = filter(None, (_COMMENT.sub("", line).strip() for line in text.splitlines()))
    # Where a value goes over several lines, their ends are spaces of it.
    return "".join(re.sub(r"(?<![{};,])$", " ", _CSS_SPACES.sub(r"\1\2", line)) for line in lines) + "\n"


def shorten_page(text: str) -> str:
    """A page without the spaces before its lines, and without empty lines. It may have no preformatted text."""
    return "".join(f"{line.lstrip()}\n" for line in text.splitlines() if line.strip())


def _shorten_line(line: str) -> str:
    # A template within a template: where one of them ends cannot be told so easily.
    if line.count("`") > 2:
        return line
    parts = _TEXT.split(line)
    return "".join(part if index % 2 else _JS_SPACES.sub(r"\1", part) for index, part in enumerate(parts))


def _read_module(path: Path) -> str:
    text = _COMMENTS[".js"].sub("", path.read_text(encoding="utf-8"))
    return _EXPORT.sub("", _IMPORT.sub("", text))


def list_modules(path: Path) -> list[Path]:
    """A script and all that it imports, each behind what it imports itself."""
    found: dict[Path, None] = {}

    def visit(each: Path) -> None:
        for name in _IMPORT.findall(each.read_text(encoding="utf-8")):
            if each.with_name(name) not in found:
                visit(each.with_name(name))
        found[each] = None

    visit(path)
    return list(found)
