"""Reads the page's scripts and styles as a bundle ships them: few files, without what only people need.

Comments and spaces that mean nothing are left out, and long names of functions become short ones.

The scripts are modules. Those that `app.js` imports, and that they import, go into it, each below what it imports: the
browser then asks for one script, not for one after another. For that a module imports names as they are
(`import { a } from "./b.js"`), no two modules have the same name at their top, and no two import each other.
"""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import cache, lru_cache
from itertools import product
from pathlib import Path

_COMMENTS = {
    ".js": re.compile(r"^[ \t]*(//.*|/\*\*?[^\0]*?\*/)\n", re.MULTILINE),
    ".css": re.compile(r"^[ \t]*/\*[^\0]*?\*/\n", re.MULTILINE),
}
"""By ending: comments that have lines of their own."""
_COMMENT = re.compile(r"/\*.*?\*/ ?")
"""A comment beside code. No text may have one."""
_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.{1,2}/[a-z_./]+\.js)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(async function|function|class|const|let) )", re.MULTILINE)

_DECLARED = re.compile(r"\b(?:function|const|let|class) (\w+)")
_LONG = re.compile(r"\w{4,}")
"""A name that is worth shortening. None may be declared that names something of the browser's elsewhere."""
_SHORT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TEXT = re.compile(r'("(?:\\.|[^"\\])*"|`(?:\\.|[^`\\])*`|/(?:\\.|\[(?:\\.|[^\]\\])*\]|[^/\\\[ \n])+/(?=[.,;)gimu]))')
"""A text, a template or a regular expression of a script: as it is written."""
_JS_SPACES = re.compile(r" ?([{}()\[\],;:?=<>*&|!]+) ?")
"""Spaces beside signs that end a word. + and - are left out: `a + +b` would become `a++b`."""
_JS_SIGNS = re.compile(r"(?<=[\w)\]]) ?([+%-]) (?=[\w(\[$])")
"""Spaces beside those, where no other sign is beside them."""
_ENDED = re.compile(r"(?<=;)\n|(?<=\)\{)\n|(?<=>\{)\n|(?<=^\})\n")
"""The end of a line that ends a statement or the head of a block, or that is the end of a block."""
_SHORTER = {"const": "let", "true": "!0", "false": "!1", "undefined": "void 0"}
"""Words of the language that fewer letters say as well. No property is called so."""
_LONGER = re.compile(rf"\b({'|'.join(_SHORTER)})\b")
_INDENTS = re.compile(r"^\s+", re.MULTILINE)
"""The spaces before lines, with the empty lines before them."""
_TAG = re.compile(r"<[a-z][^<>]*>")
_QUOTED = re.compile(r'(\s[a-z-]+)="([\w#.:-]+)"(?=[\s>])')
"""An attribute whose value needs no quotation marks."""
_CSS_SPACES = re.compile(r"^([a-z-]+:) | (\{)$|([,/]) | (?=/)")


@cache
def list_page_files(folder: Path) -> tuple[str, ...]:
    """The names of the page's files that are shipped: all but the modules that go into others."""
    inner = {Path(name).name for path in folder.glob("*.js") for name in _IMPORT.findall(path.read_text("utf-8"))}
    return tuple(sorted(path.name for path in folder.iterdir() if path.name[0] not in "._" and path.name not in inner))


@cache
def read_page_file(path: Path) -> str:
    """The text of a script or style as it is shipped; that of another file as it is."""
    if path.suffix == ".js":
        code = shorten_script("".join(_read_module(each) for each in list_modules(path)))
        names = choose_names(code)
        return re.sub(r"\w+", lambda word: names.get(word[0], word[0]), code)
    if path.suffix != ".css":
        return path.read_text(encoding="utf-8")
    names = choose_properties(path)
    return re.sub(r"--[\w-]+", lambda name: names.get(name[0], name[0]), read_shared_style(path))


def read_shared_style(path: Path) -> str:
    """The text of a style as it is shipped beside styles of another folder: its properties keep their names."""
    return shorten_style(_COMMENTS[".css"].sub("", path.read_text(encoding="utf-8")))


def shorten_script(text: str) -> str:
    """A script without spaces that mean nothing. A line stays one, unless what ends it leaves no doubt."""
    lines = (_COMMENT.sub("", line).strip() for line in text.splitlines())
    return "".join(_ENDED.sub("", f"{_shorten_line(line)}\n") for line in lines if line).rstrip() + "\n"


def choose_names(code: str) -> dict[str, str]:
    """Short names for what a shortened script declares, by the long ones; the most frequent get the shortest.

    Each is replaced wherever it stands. So a name stays where it may also be a property's or stand in a text.
    """
    texts = " ".join(re.sub(r"\$\{[^}]*\}", " ", text) for text in _TEXT.findall(code))
    taken = re.compile(r"\.(\w+)|(\w+):|[{,](\w+)(?=[,}])|^(\w+),?$", re.MULTILINE)
    unsafe = {name for names in taken.findall(code) for name in names} | set(re.findall(r"\w+", texts))
    names = {name for name in _DECLARED.findall(code) if _LONG.fullmatch(name)} - unsafe
    return _shorten_names(names, re.findall(r"\w+", code), "$")


def choose_properties(style: Path) -> dict[str, str]:
    """Short names for a style's own properties, as `choose_names` does. One that another file names stays as it is."""
    others = "".join(path.read_text(encoding="utf-8") for path in style.parent.iterdir() if path != style)
    used = re.findall(r"--[\w-]+", style.read_text(encoding="utf-8"))
    return _shorten_names(set(used) - set(re.findall(r"--[\w-]+", others)), used, "--")


def _shorten_names(names: set[str], used: list[str], start: str) -> dict[str, str]:
    counts = Counter(used)
    short = (start + "".join(letters) for size in (1, 2) for letters in product(_SHORT, repeat=size))
    return dict(zip(sorted(names, key=lambda name: (-counts[name], name)), short, strict=False))


def shorten_style(text: str) -> str:
    """A style without spaces and ends of lines that mean nothing.

    None of its texts may go over several lines, or have a space beside a comma or slash.
    """
    lines = filter(None, (_COMMENT.sub("", line).strip() for line in text.splitlines()))
    # Where a value goes over several lines, their ends are spaces of it.
    return (
        "".join(re.sub(r"(?<![{};,])$", " ", _CSS_SPACES.sub(r"\1\2\3", line)) for line in lines).replace(";}", "}")
        + "\n"
    )


def shorten_page(text: str) -> str:
    """A page without the spaces before its lines, without empty lines, and without quotation marks that say nothing.

    It may have no preformatted text. In its texts and attributes < > and " are escaped, so only tags are changed.
    """
    return _TAG.sub(lambda tag: _shorten_tag(tag[0]), _INDENTS.sub("", text))


@lru_cache(maxsize=1024)
def _shorten_tag(tag: str) -> str:
    """A tag without quotation marks that say nothing. Most tags are the same on every page."""
    return _QUOTED.sub(r"\1=\2", tag)


def _shorten_line(line: str) -> str:
    # A template within a template: where one of them ends cannot be told so easily.
    if line.count("`") > 2:
        return line
    parts = _TEXT.split(line)
    return "".join(part if index % 2 else _shorten_code(part) for index, part in enumerate(parts))


def _shorten_code(code: str) -> str:
    shorter = _LONGER.sub(lambda word: _SHORTER[word[0]], code)
    return _JS_SIGNS.sub(_keep_sign, _JS_SPACES.sub(_keep_sign, shorter))


def _keep_sign(match: re.Match[str]) -> str:
    return match[1]


def _read_module(path: Path) -> str:
    text = _COMMENTS[".js"].sub("", path.read_text(encoding="utf-8"))
    return _EXPORT.sub("", _IMPORT.sub("", text))


def list_modules(path: Path) -> list[Path]:
    """A script and all that it imports, each behind what it imports itself."""
    found: dict[Path, None] = {}

    def visit(each: Path) -> None:
        for name in _IMPORT.findall(each.read_text(encoding="utf-8")):
            imported = Path(os.path.normpath(each.parent / name))
            if imported not in found:
                visit(imported)
        found[each] = None

    visit(path)
    return list(found)
