"""`python tests/benchmarks/plain_call.py NAME COMMAND...`: runs a command with a plain call for our faster code.

NAME is the name of the file with the faster code. The difference in time is what that code saves.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Mapping
from typing import Any


def compile_templates() -> None:
    """Have Jinja compile every template at each start."""
    from generator.rendering.templates import TemplateCache

    replace(TemplateCache, "load_bytecode", lambda self, bucket: bucket.reset())
    replace(TemplateCache, "dump_bytecode", lambda self, bucket: None)


def collect_garbage() -> None:
    """Have Python collect garbage, as it does by itself."""
    replace(gc, "disable", lambda: None)
    replace(gc, "freeze", lambda: None)


def make_again() -> None:
    """Have what is made of this program alone made at each start."""
    from generator.rendering import archives, text_files

    replace(archives, "keep", lambda name, make: make())
    replace(text_files, "keep", lambda name, make: make())


def compile_dataclasses() -> None:
    """Have Python compile every dataclass at each start."""
    import generator.cli.dataclass_code

    replace(generator.cli.dataclass_code, "keep_dataclass_code", lambda: None)


def search_plugins() -> None:
    """Have pydantic import what searches for plugins."""
    import generator.cli.plugins

    replace(generator.cli.plugins, "load_no_plugins", lambda: None)


def replace(owner: Any, name: str, function: Callable[..., Any]) -> None:
    """Replace a function of a class or module by another."""
    setattr(owner, name, function)


PLAIN: Mapping[str, Callable[[], None]] = {
    "template_cache": compile_templates,
    "collector": collect_garbage,
    "program": make_again,
    "dataclass_code": compile_dataclasses,
    "plugins": search_plugins,
}
"""By the name of a file with faster code, the function that puts the plain call in its place."""


def main() -> None:
    """Run the command."""
    name, *command = sys.argv[1:]
    PLAIN[name]()
    from generator.cli.main import main as leaderboards

    sys.argv[1:] = command
    leaderboards()


if __name__ == "__main__":
    main()
