"""Imports go only downwards: generator may use runtime, never the other way, and a module those below it in a list."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

GENERATOR = (
    "cli",
    "cli_check",
    "cli_operations",
    "cli_authoring",
    "console",
    "explaining",
    "operations",
    "local",
    "policy",
    "sarif",
    "reports",
    "authoring",
    "output",
    "memory",
    "disk",
    "generate",
    "bundle",
    "render",
    "dashboards",
    "templates",
    "schemas",
    "encode",
    "board",
    "configuring",
    "sizing",
    "reference",
    "spec_schema",
    "rules",
    "scoring_rules",
    "window_rules",
    "loading",
    "merging",
    "correcting",
    "words",
    "shapes",
    "spec",
    "spec_board",
    "spec_scoring",
    "spec_windows",
    "decimals",
    "values_aws",
    "values",
    "model",
    "spelling",
    "names",
    "schedules",
    "limits",
    "inputs",
    "globs",
    "source",
    "scalars",
    "syntax",
    "diagnostics",
)
"""From the top to the bottom. Who adds a module says here where it belongs."""

PURE = ("activity", "scoring", "windows", "ranking", "judging", "folding", "config")
"""Modules of runtime that know neither AWS nor a clock."""


def imports(file: Path) -> Iterator[str]:
    """Every module that a file imports, anywhere in it, by its full name."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def layer(file: Path) -> str:
    return file.relative_to(ROOT / "generator").parts[0].removesuffix(".py")


def test_every_module_has_its_layer() -> None:
    assert {layer(file) for file in files("generator")} - {"__init__"} == set(GENERATOR)


@pytest.mark.parametrize("file", files("generator"), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_generator_imports_downwards(file: Path) -> None:
    own = layer(file)
    for name in imports(file):
        parts = name.split(".")
        if parts[0] != "generator" or parts[1] not in GENERATOR:
            continue
        assert own in GENERATOR, f"{file.name} imports {name}"
        same_package = parts[1] == own and file.parent.name == own
        assert same_package or GENERATOR.index(parts[1]) > GENERATOR.index(own), f"{own} imports {name}"


@pytest.mark.parametrize("file", files("runtime"), ids=lambda file: file.relative_to(ROOT).as_posix())
def test_runtime_stands_alone(file: Path) -> None:
    for name in imports(file):
        assert name.split(".")[0] != "generator", f"{file.name} imports {name}"
        if file.stem in PURE:
            assert name.split(".")[0] not in ("boto3", "botocore", "time"), f"{file.name} imports {name}"


def test_the_test_sees_an_upward_import(tmp_path: Path) -> None:
    file = tmp_path / "source.py"
    file.write_text("def late():\n    from generator.rules import check\n")
    assert list(imports(file)) == ["generator.rules.check"]
