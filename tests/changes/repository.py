"""A project in a scratch repository of git."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

TEAMS = """\
version: 1
project: arcade
region: eu-central-1
teams:
  nebula: {owner: nebula@example.com}
  quasar: {owner: quasar@example.com}
"""

ENVIRONMENT = {
    **os.environ,
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
    **{f"GIT_{who}_{what}": "test@example.com" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
}


def git(folder: Path, *words: str) -> str:
    """Run git in a folder. Returns what it prints."""
    done = subprocess.run(["git", *words], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def write_files(folder: Path, files: Mapping[str, str | bytes]) -> None:
    """Write files by their paths below a folder."""
    for path, content in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content.encode() if isinstance(content, str) else content)


def commit(folder: Path, message: str = "one") -> str:
    """Commit everything in a folder, which becomes a repository if it is none. Returns the commit's hash."""
    if not any((each / ".git").exists() for each in (folder, *folder.parents)):
        git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message)
    return git(folder, "rev-parse", "HEAD").strip()


def board(name: str, scoring: str = "{rules: [{activity: kill, points: 10}]}", more: str = "", team: str = "") -> str:
    """A board of some team as an item of `boards:`; `more` are keys on lines of their own."""
    own = f"    team: {team}\n" if team else ""
    window = "" if "window:" in more else "    window: {every: week}\n"
    return f"  - name: {name}\n{own}    scoring: {scoring}\n{window}{more}"
