"""The layers of the code: which folder may import which, and why not the others."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support.paths import REPOSITORY

GENERATOR = (
    ("cli", "knows the terminal; whatever else were to print or exit could not be called by a test or another program"),
    ("check", "judges what the rest has made, so none of it may depend on a judgement"),
    ("local", "runs bundles on this machine, as one caller among others; what is deployed must not know where it runs"),
    ("authoring", "writes a person's YAML; what reads it must not be able to"),
    ("changes", "says what an edit does to a board that runs; nothing that is generated may depend on what was before"),
    ("output", "is the one room that writes build/; below it everything is a pure function of bytes"),
    ("pipeline", "walks the whole street once; a room that called it would walk it again"),
    ("activities", "reads files of activities for whoever writes them: it writes none itself"),
    ("operations", "talks to AWS; what is generated must be the same without an account"),
    ("explaining", "tells what became of a board; nothing is decided by it"),
    ("cost", "tells what a board costs; a decision that followed from it would have to be one of `board`"),
    ("rendering", "turns a decided board into text; a decision made there is one that `explain` cannot tell"),
    ("board", "decides every name and number, from a spec that is valid"),
    ("validation", "says what is wrong with a file; boards are only made of files with nothing wrong"),
    ("spec", "holds the models alone, so that the schema and the reference are made of them without a file to read"),
    ("source", "turns bytes into a tree, and knows no key of it"),
    ("alarms", "says what CloudWatch says, whatever wrote the metrics; it knows neither a board nor an account"),
    ("terraform", "reads any HCL, ours or not"),
    ("aws", "holds what AWS says, whatever a board wants"),
    ("progress", "says how far a work has come, to whoever does it: it does none itself"),
    ("errors", "lists every error that ends a command, with its exit code; one of them carries a diagnostic"),
    ("diagnostics", "words what is wrong, wherever it was found"),
)
"""The rooms of generator/, from the top to the bottom: a room imports only rooms below it. Beside each is what it does,
and so why nothing below may import it."""

RUNTIME = (
    ("processor", "is a handler of Lambda: it is called, never imported"),
    ("rebuilder", "is a handler of Lambda"),
    ("api", "is a handler of Lambda"),
    ("simulator", "is a handler of Lambda"),
    ("assembler", "is a handler of Lambda"),
    ("lifecycle", "has steps of the rebuilder and of the assembler"),
    ("answers", "makes the content of the API's answers; how they travel is the handler's matter"),
    ("views", "shows a part of a window; what a request asks for is read without it"),
    ("queries", "reads what a request asks for"),
    ("s3", "stores snapshots; what is counted must not depend on what was shown"),
    ("dynamodb", "stores aggregates"),
    ("sorting", "sorts bytes, whatever they are and wherever they come from"),
    ("aws", "makes clients; code that is given its client can be tested with another"),
    ("clock", "reads the machine's clock; code that is given the time can be tested at any"),
    ("metrics", "writes lines of the log; what is counted must not depend on who reads them"),
    ("logs", "writes lines of the log; what is counted must not depend on who reads them"),
    ("domain", "is pure: it counts and ranks without AWS and without a clock"),
    ("config", "reads board.json"),
)
"""The rooms of runtime/, as above."""

KEPT_APART = {
    ("s3", "dynamodb"): "a snapshot is made of entries, wherever those come from",
    ("simulator", "dynamodb"): "the simulator is a producer: it may only put activities, as a game server does",
}
"""Imports that would be downwards and are still not wanted, with the reason."""

PURE = (
    *(
        "__future__",
        "bisect",
        "collections",
        "dataclasses",
        "datetime",
        "decimal",
        "functools",
        "hashlib",
        "itertools",
        "json",
        "operator",
        "pathlib",
        "re",
    ),
    *("typing", "tzdata", "unicodedata", "zoneinfo"),
)
"""The packages of others that runtime/domain may reach. pathlib opens board.json and the files of tzdata; datetime
computes with instants, and its clock is not read."""


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it, by its full name."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in ("import_module", "__import__"):
            name = node.args[0]
            yield from [name.value] if isinstance(name, ast.Constant) and isinstance(name.value, str) else []


def files(package: str) -> list[Path]:
    """Every module of a package but its own __init__, which imports nothing."""
    return sorted(path for path in (REPOSITORY / package).rglob("*.py") if path != REPOSITORY / package / "__init__.py")


def room(file: Path, package: str) -> str:
    """The folder or module of the package's top level that a file belongs to."""
    return file.relative_to(REPOSITORY / package).parts[0].removesuffix(".py")


def wrong_imports(own: str, names: Iterator[str], package: str, rooms: Mapping[str, str]) -> list[str]:
    """The imports that a file of the room `own` may not have, each with the reason."""
    order = list(rooms)
    found = []
    for name in names:
        parts = name.split(".")
        other = parts[1] if len(parts) > 1 else ""
        if parts[0] == "tests" or name in (package, f"{package}.*"):
            found.append(f"{own} imports {name}, but a room names the room that it imports, and tests come after all")
        if parts[0] != package or other not in rooms or other == own:
            continue
        if order.index(other) < order.index(own):
            found.append(f"{own} imports {name}, but {other} {rooms[other]}")
        elif reason := KEPT_APART.get((own, other)):
            found.append(f"{own} imports {name}, but {reason}")
    return found


def test_the_packages_themselves_import_nothing() -> None:
    """Python loads `generator` before any module in it: what it imported would be reached by every room."""
    for package in ("generator", "runtime", "runtime/domain"):
        assert list(imports(REPOSITORY / package / "__init__.py")) == [], package


def test_every_module_has_its_room() -> None:
    for package, rooms in (("generator", GENERATOR), ("runtime", RUNTIME)):
        assert {room(file, package) for file in files(package)} == set(dict(rooms)), package


@pytest.mark.parametrize("file", files("generator"), ids=lambda file: file.relative_to(REPOSITORY).as_posix())
def test_generator_imports_downwards(file: Path) -> None:
    assert wrong_imports(room(file, "generator"), imports(file), "generator", dict(GENERATOR)) == []


@pytest.mark.parametrize("file", files("runtime"), ids=lambda file: file.relative_to(REPOSITORY).as_posix())
def test_runtime_imports_downwards_and_nothing_of_the_generator(file: Path) -> None:
    assert [name for name in imports(file) if name.split(".")[0] == "generator"] == []
    assert wrong_imports(room(file, "runtime"), imports(file), "runtime", dict(RUNTIME)) == []


def module_file(name: str) -> Path | None:
    """The file of one of our own modules, or of the one that a name is imported from; None for other people's."""
    for candidate in (name, name.rpartition(".")[0]):
        place = REPOSITORY / candidate.replace(".", "/")
        if candidate and place.with_suffix(".py").is_file():
            return place.with_suffix(".py")
    return None


def reached(file: Path) -> dict[str, Path]:
    """Every module that is loaded with a file, directly or through our own modules, and the module that imports it."""
    found: dict[str, Path] = {}
    ahead = [file]
    while ahead:
        current = ahead.pop()
        for name in imports(current):
            if name not in found:
                found[name] = current
                ahead += [own] if (own := module_file(name)) else []
    return found


@pytest.mark.parametrize("file", files("runtime/domain"), ids=lambda file: file.name)
def test_the_domain_is_pure(file: Path) -> None:
    calls = re.findall(r"\b(?:now|today|utcnow)\(", file.read_text(encoding="utf-8"))
    assert calls == [], "reads the clock; code that is given the time can be tested at any"
    for name, importer in reached(file).items():
        parts = name.split(".")
        where = importer.relative_to(REPOSITORY).as_posix()
        assert parts[0] == "runtime" or parts[0] in PURE, f"{file.name} reaches {name} through {where}"
        assert parts[0] != "runtime" or parts[1] in ("domain", "config"), f"{file.name} reaches {name} through {where}"


def test_the_test_sees_what_it_forbids(tmp_path: Path) -> None:
    file = tmp_path / "tree.py"
    file.write_text("def late():\n    from generator.validation import rules\n")
    (wrong,) = wrong_imports("source", imports(file), "generator", dict(GENERATOR))
    assert wrong.startswith("source imports generator.validation.rules, but validation says what is wrong")
    for hidden in ('import_module("generator.validation")', 'importlib.import_module("generator.cli.main")'):
        file.write_text(hidden)
        assert len(wrong_imports("source", imports(file), "generator", dict(GENERATOR))) == 1
    for whole in ("import generator", "from generator import *", "from tests.support import paths"):
        file.write_text(whole)
        assert len(wrong_imports("source", imports(file), "generator", dict(GENERATOR))) == 1
    file.write_text("from runtime.dynamodb import items\n")
    assert wrong_imports("s3", imports(file), "runtime", dict(RUNTIME)) != []
    file.write_text("from runtime.dynamodb import table\n")
    assert "boto3" in {name.split(".")[0] for name in reached(REPOSITORY / "runtime/aws.py")}


def borrowed_from_tests(names: Iterator[str]) -> list[str]:
    """The imported names that are defined in a file of tests or in a conftest."""
    return [name for name in names if re.match(r"tests\.(.*\.)?(test_\w+|conftest)\b", name)]


def test_no_test_imports_from_a_test() -> None:
    """Code that tests share is in tests/support/, or beside them in a file of its own."""
    found = {file.relative_to(REPOSITORY).as_posix(): borrowed_from_tests(imports(file)) for file in files("tests")}
    assert {file: names for file, names in found.items() if names} == {}
    assert borrowed_from_tests(iter(["tests.cli.test_main.SMALL", "tests.browser.conftest", "tests.support.cli"])) == [
        "tests.cli.test_main.SMALL",
        "tests.browser.conftest",
    ]
