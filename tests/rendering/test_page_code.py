"""The page's scripts and styles: what `make lint` finds in them, and that their types are those of the API."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sysconfig
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from generator.rendering.page_files import choose_names, choose_properties, list_modules, read_page_file, shorten_script
from runtime.config import Segment
from tests.browser.pages import SETTINGS, render_page
from tests.runtime.boards import NOW, board, item
from tests.runtime.world import World
from tests.support.paths import REPOSITORY

PAGE = REPOSITORY / "blueprints" / "standard" / "dashboard"
INDEX = REPOSITORY / "blueprints" / "index"
CONSOLE = REPOSITORY / "blueprints" / "console"
FOLDERS = "blueprints/standard/dashboard blueprints/index blueprints/console"
SCRIPTS = sorted(PAGE.glob("*.js"))
TYPES = (PAGE / "_types.d.ts").read_text(encoding="utf-8")
COMMANDS = ("lint", "fmt --check", "check")

FAULTS = {
    "export const undefinedVariable = () => missing.length;": "TS2304",
    "/** @param {Api.Entry} entry */ export const wrongProperty = (entry) => entry.points;": "TS2339",
    "/** @param {Api.Entry} entry */ export const misspeltProperty = (entry) => entry.scores;": "TS2551",
    "/** @param {Api.Entry} entry */ export const nullRead = (entry) => entry.name.length;": "TS18047",
    "/** @param {Page.View} view */ export const nullWindow = (view) => view.body.window.sealed;": "TS18047",
    "/** @param {string[]} texts */ export const undefinedRead = (texts) => texts[0].length;": "TS2532",
    "export const untyped = (value) => value;": "TS7006",
    'export const wrongElement = () => document.getElementById("player")?.value;': "TS2339",
    'import { find } from "./view.js"; export const wrongId = () => find("plaver");': "TS2345",
    "export const notInBrowsers = () => Deno.version;": "TS2304",
}
"""Scripts of one line, and the error that the type checker must answer."""


@pytest.fixture
def blueprints(tmp_path: Path) -> Path:
    """A copy of the page's code and of deno's settings, for a test to put faults in."""
    shutil.copy(REPOSITORY / "blueprints" / "deno.json", tmp_path)
    shutil.copytree(PAGE, tmp_path / "standard" / "dashboard")
    shutil.copytree(INDEX, tmp_path / "index")
    shutil.copytree(CONSOLE, tmp_path / "console")
    return tmp_path


def run_deno(blueprints: Path, command: str) -> tuple[int, str]:
    """Run a command of `make lint` over a copy. Returns its exit code and its output."""
    deno = Path(sysconfig.get_path("scripts")) / "deno"
    folders = tuple(str(blueprints / folder) for folder in ("standard/dashboard", "index", "console"))
    arguments = ["--quiet", "--config", str(blueprints / "deno.json"), *folders]
    quiet = {"DENO_DIR": str(blueprints / "cache"), "DENO_NO_UPDATE_CHECK": "1", "NO_COLOR": "1"}
    done = subprocess.run(
        [deno, *command.split(), *arguments], env=os.environ | quiet, capture_output=True, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout + done.stderr


def test_make_lint_runs_deno() -> None:
    done = subprocess.run(["make", "-n", "lint"], cwd=REPOSITORY, capture_output=True, encoding="utf-8", check=True)
    for command in COMMANDS:
        assert f"deno {command} --quiet --config blueprints/deno.json {FOLDERS}" in done.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_the_page_is_clean(blueprints: Path, command: str) -> None:
    assert run_deno(blueprints, command) == (0, "")


def test_the_type_checker_finds_faults(blueprints: Path) -> None:
    names = {f"fault{number}.js": line for number, line in enumerate(FAULTS)}
    for name, line in names.items():
        (blueprints / "standard" / "dashboard" / name).write_text(f"{line}\n")
    code, said = run_deno(blueprints, "check")
    found = {name: error for error, name in re.findall(r"^(TS\d+) [^\0]*?(fault\d+\.js):\d+:\d+", said, re.MULTILINE)}
    assert code == 1
    assert {names[name]: error for name, error in found.items()} == FAULTS


@pytest.mark.parametrize(
    ("line", "rule"),
    [
        ("export const equal = Math.random() == 1;", "eqeqeq"),
        ("const unused = 1;", "no-unused-vars"),
        ('import "https://example.com/library.js";', "no-external-import"),
    ],
)
def test_the_linter_finds_faults(blueprints: Path, line: str, rule: str) -> None:
    (blueprints / "standard" / "dashboard" / "fault.js").write_text(f"{line}\n")
    code, said = run_deno(blueprints, "lint")
    assert code == 1
    assert f"error[{rule}]" in said


MODULES = re.compile(r'^import \{[^}]*\} from "[^"]*";\n|^export (?=(async )?\w)', re.MULTILINE)
UNSHIPPABLE = r"^import (?!\{\s+\w[\w,\s]*\} from)|^import [^;]* as |^export (default|\{|\*)|\bimport\("
"""Imports and exports that would have to be written anew where modules become one script."""
DECLARED = re.compile(r"^(?:export )?(?:(?:async )?function|const|let|class) (\w+)", re.MULTILINE)
COMMENTS = re.compile(r"^[ \t]*(/\*[^\0]*?\*/|//.*)\n|/\*.*?\*/ ?", re.MULTILINE)


def write_as_deno(text: str, ending: str) -> list[str]:
    """The lines of a script or style as deno's formatter, which parses it, writes them."""
    deno = Path(sysconfig.get_path("scripts")) / "deno"
    command = [
        str(deno),
        "fmt",
        "--quiet",
        "--config",
        str(REPOSITORY / "blueprints" / "deno.json"),
        "--ext",
        ending,
        "-",
    ]
    done = subprocess.run(command, input=text, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return [line for line in done.stdout.splitlines() if line.strip()]


@pytest.mark.parametrize(
    "file", [PAGE / "app.js", PAGE / "theme.js", PAGE / "style.css", INDEX / "index.js"], ids=lambda file: file.name
)
def test_a_bundle_ships_the_code_as_it_is_written(file: Path) -> None:
    """In form again, what is shipped is what was written: only comments, imports, spaces and long names are gone."""
    sources = list_modules(file) if file.suffix == ".js" else [file]
    written = "".join(COMMENTS.sub("", MODULES.sub("", path.read_text(encoding="utf-8"))) for path in sources)
    ending = file.suffix[1:]
    names = choose_names(shorten_script(written)) if ending == "js" else choose_properties(file)
    long = {short: name for name, short in names.items()}
    assert not [short for short in long if re.search(rf"{re.escape(short)}\b(?!-)", written)]
    shipped = re.sub(r"\$\w+|--[\w-]+", lambda word: long.get(word[0], word[0]), read_page_file(file))
    for short, word in (("!0", "true"), ("!1", "false"), ("void 0", "undefined")):
        assert short not in written
        shipped = shipped.replace(short, f" {word}")
    both = (text.replace("const ", "let ") for text in (shipped, "\n".join(filter(str.strip, written.splitlines()))))
    formed = ["\n".join(write_as_deno(text, ending)) for text in both]
    if ending == "css":
        # deno leaves spaces beside these signs as they are. They mean nothing but in a text.
        assert not [text for text in re.findall(r'"([^"]*)"', written) if re.search("[,/] | /", text)]
        formed = [re.sub("([,/]) | (?=/)", r"\1", text) for text in formed]
    assert formed[0] == formed[1]


def test_a_bundle_ships_every_module_once() -> None:
    modules = list_modules(PAGE / "app.js")
    assert sorted([*modules, PAGE / "theme.js"]) == SCRIPTS
    before: set[str] = set()
    for path in modules:
        code = path.read_text(encoding="utf-8")
        assert not re.search(UNSHIPPABLE, code, re.MULTILINE), path.name
        # Each stands below what it imports.
        imported = set(re.findall(r'from "\./([^"]*)"', code))
        assert imported <= before, f"{path.name} and one of {imported - before} import each other"
        before.add(path.name)


@pytest.mark.parametrize("script", [PAGE / "app.js", INDEX / "index.js"], ids=lambda file: file.name)
def test_no_two_modules_have_the_same_name_at_their_top(script: Path) -> None:
    """They are shipped as one script."""
    names = Counter(
        name for path in list_modules(script) for name in DECLARED.findall(path.read_text(encoding="utf-8"))
    )
    assert names
    assert [name for name, count in names.items() if count > 1] == []


def test_styles_have_one_declaration_a_line(blueprints: Path) -> None:
    style = blueprints / "standard" / "dashboard" / "style.css"
    style.write_text(style.read_text(encoding="utf-8") + "p { margin: 0; padding: 0; }\n", encoding="utf-8")
    assert run_deno(blueprints, "fmt --check")[0] == 1


def test_the_types_of_answers_are_those_of_the_api(blueprints: Path) -> None:
    """The type checker accepts real answers and settings as literals of their interfaces: no field more or less."""
    world = World(board(attach=("photo",), search_names=True, segments=(Segment("country", "country", "Country"),)))
    world.play("p1", "p2", "p3")
    world.put(item("p2", number=9, country="BR"))
    world.rebuild()
    world.play("p2")
    query = {"window": "week"}
    within = {**query, "segment": "country:BR", "ids": "p2"}
    answers: dict[str, tuple[str, Any]] = {
        "leaderboard": ("Api.Leaderboard", world.api.leaderboard(query, NOW).body),
        "followed": ("Api.Leaderboard", world.api.leaderboard({**query, "player": "p2"}, NOW).body),
        "neighbours": ("Api.Neighbours", world.api.neighbours("p2", query, NOW).body),
        "player": ("Required<Api.PlayerEntry>", world.api.player("p2", within, NOW).body["entry"]),
        "found": ("Api.Found", world.api.friends({**query, "ids": "p2"}, NOW).body),
        "named": ("Api.Found", world.api.friends({**query, "name": "p"}, NOW).body),
        "around": ("Api.Found", world.api.friends({**query, "ids": "p2", "span": "1"}, NOW).body),
        "within": ("Api.Found", world.api.friends(within, NOW).body),
        "unchanged": ("Api.Player", world.api.player("p1", query, NOW).body),
        "before": ("Api.Leaderboard", World().api.leaderboard(query, NOW).body),
        "windows": ("Api.Windows", world.api.windows(NOW).body),
        "segments": ("Api.Segments", world.api.segments(query, NOW).body),
        "settings": ("Page.Board", SETTINGS | {"attached": [{"field": "photo", "title": "Photo", "link": True}]}),
        "plain": ("Api.Found", World().api.friends({**query, "ids": "p2"}, NOW).body),
    }
    lines = [f"export const {name}: {kind} = {json.dumps(body)};\n" for name, (kind, body) in answers.items()]
    (blueprints / "standard" / "dashboard" / "answers.ts").write_text("".join(lines))
    assert run_deno(blueprints, "check") == (0, "")


def test_the_types_of_elements_are_those_of_the_page() -> None:
    tags: dict[str, str] = {}

    class Ids(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
            tags.update({value: tag for name, value in attributes if name == "id" and value})

    Ids().feed(render_page()["index.html"].decode())
    special = {
        "button": "HTMLButtonElement", "form": "HTMLFormElement", "input": "HTMLInputElement",
        "script": "HTMLScriptElement", "select": "HTMLSelectElement", "table": "HTMLTableElement",
        "tbody": "HTMLTableSectionElement",
    }  # fmt: skip
    expected = {name: special.get(tag, "HTMLElement") for name, tag in tags.items()}
    elements = TYPES.partition("interface Elements {")[2]
    assert dict(re.findall(r'^    "?([a-z-]+)"?: (.+);$', elements, re.MULTILINE)) == expected


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.name)
def test_everything_is_described(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    assert text.startswith("/**\n")
    lines = text.splitlines()
    definition = re.compile(r"(export )?((async )?function|class|const \w+ = (async )?(\(.*|\w+ )=>)")
    for number, line in enumerate(lines):
        if definition.match(line):
            assert lines[number - 1].strip().endswith("*/"), f"{script.name}:{number + 1} has no comment before it"


@pytest.mark.parametrize("file", [*SCRIPTS, PAGE / "_types.d.ts"], ids=lambda path: path.name)
def test_no_type_is_left_open(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.findall(r"\{[^}\n]*\bany\b[^}\n]*\}|: any\b|\{\*\}|@ts-|deno-lint-ignore|deno-fmt-ignore", text)
