"""Keeps pydantic from looking for plugins in every installed package: slow, and the bundles would depend on them."""

from __future__ import annotations

import os
import sys
from types import ModuleType


def load_no_plugins() -> None:
    """Let pydantic find no plugins, without the search."""
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    # Importing what would search takes as long as importing click, even where the setting says not to. A pydantic that
    # has its search elsewhere does not use this module, and still has the setting.
    loader = ModuleType("pydantic.plugin._loader")
    loader.get_plugins = tuple  # type: ignore[attr-defined]
    sys.modules.setdefault(loader.__name__, loader)
