"""Programs that some tests need and that pip does not bring."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

INSTALL = {
    "terraform": "https://developer.hashicorp.com/terraform/install",
    "checkov": "make setup",
}


def need(tool: str) -> str:
    """Where the tool is. Where it is not, the test is skipped, and says what to install; on CI (env CI) it fails."""
    found = os.environ.get(tool.upper()) or shutil.which(tool)
    beside = Path(sys.prefix).parent / ".venv-checkov" / "bin" / tool
    if not found and beside.is_file():
        found = str(beside)
    if found:
        return found
    sentence = f"{tool} is not installed ({INSTALL[tool]})"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
