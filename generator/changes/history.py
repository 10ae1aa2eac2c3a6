"""Reads a project's files as a commit of git has them, with the program `git`."""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from generator.diagnostics.wording import quote
from generator.errors import InputError, ToolError
from generator.source.globs import compile_glob
from generator.source.inputs import Inputs, list_includes
from generator.source.pictures import MOST_BYTES, is_pointer, list_logos
from generator.source.tree import MAX_BYTES

PROGRAM = Path(__file__).resolve().parent.parent.parent
"""The folder that this program is in."""
SOURCES = ("generator", "blueprints", "runtime", "pyproject.toml")
"""What decides, beside the YAML, what is generated: this program, and the versions of its libraries."""


_NAMED = {"--absolute-git-dir": "GIT_DIR", "--show-toplevel": "GIT_WORK_TREE"}
"""What git is asked for, and the variable that says it."""
Answer = subprocess.CompletedProcess[bytes]

_LONGEST_LINK = 4096
"""Bytes that the target of a symbolic link may have (Linux man-pages, path_resolution(7))."""


@dataclass(frozen=True)
class Commit:
    """A commit of the repository that a project's folder is in."""

    folder: Path
    """The project's folder."""
    ref: str
    """As the person named it."""
    hash: str


def find_commit(folder: Path, ref: str) -> Commit:
    """Find a commit. Raises InputError where there is none, ToolError where git is missing."""
    inside = _run(folder, "rev-parse", "--show-toplevel")
    if inside.returncode:
        raise InputError(
            f"--since: {quote(str(folder.resolve()), 200)} is not in a git repository that git reads: "
            f"{_last_line(inside.stderr)}. Run it in a clone."
        )
    if ref.startswith("-") or not ref.isprintable():
        raise InputError(f"--since: {quote(ref)} is no commit. Write a branch, a tag or a hash, such as origin/main.")
    found = _run(folder, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    number = found.stdout.decode("ascii", "replace").strip()
    if found.returncode or number.startswith("^"):  # `^REF` is all that REF has not
        shallow = _run(folder, "rev-parse", "--is-shallow-repository").stdout.strip() == b"true"
        hint = (
            "This clone is a shallow one, without the older commits: in a workflow give actions/checkout "
            "`fetch-depth: 0`, elsewhere run `git fetch --unshallow`."
            if shallow
            else "Write a branch, a tag or a hash, such as origin/main; `git fetch` gets what is only on the server."
        )
        raise InputError(f"--since: there is no commit {quote(ref)} in this repository. {hint}")
    return Commit(folder, ref, number)


def read_commit(commit: Commit, main: str) -> Inputs | None:
    """Read the main file, every file that its `include:` names, and their logos; None if it had no main file."""
    entries = _list_files(commit)
    files = _read(commit, entries, [main], MAX_BYTES + 1)
    if main not in files:
        return None
    globs = [regex for glob in list_includes(main, files[main]) if (regex := compile_glob(glob))]
    included = [path for path in entries if path != main and any(regex.fullmatch(path) for regex in globs)]
    files |= _read(commit, entries, (path for path in included if not path.startswith("build/")), MAX_BYTES + 1)
    named = {path for name, data in files.items() for path in list_logos(name, data)}
    logos = _read(commit, entries, sorted(named - files.keys()), MOST_BYTES + 1)
    logos |= {path: _follow(commit, entries, path, data) for path, data in logos.items() if is_pointer(data)}
    return Inputs(main, files | logos, commit.folder, frozenset(logos))


def list_program_changes(commit: Commit) -> int:
    """Count this program's own files that differ from the commit, where they are in the same repository."""
    tops = [_run(folder, "rev-parse", "--show-toplevel").stdout for folder in (commit.folder, PROGRAM)]
    if tops[0] != tops[1]:
        return 0
    differing = _run(PROGRAM, "diff", "--name-only", "-z", commit.hash, "--", *SOURCES).stdout.split(b"\0")
    added = _run(PROGRAM, "ls-files", "--others", "--exclude-standard", "-z", "--", *SOURCES).stdout.split(b"\0")
    return len({*differing, *added} - {b""})


def count_behind(commit: Commit) -> int:
    """Count the commits that the commit has and the present branch has not: what they changed seems undone."""
    found = _run(commit.folder, "rev-list", "--count", f"HEAD..{commit.hash}")
    return int(found.stdout) if found.returncode == 0 else 0


def _list_files(commit: Commit) -> dict[str, str]:
    """Every file below the project's folder in the commit: its path there, and its object's hash.

    A symbolic link to one of them stands for that one, as it does on the disk.
    """
    done = _run(commit.folder, "ls-tree", "-r", "-z", commit.hash)  # of the folder alone, as it runs there
    if done.returncode:  # a clone that has not all objects, and no server to ask
        raise ToolError(f"git cannot list the files of {commit.hash}: {_last_line(done.stderr)}.")
    found: dict[str, str] = {}
    links: dict[str, str] = {}
    for line in done.stdout.split(b"\0"):
        about, _, path = line.partition(b"\t")
        mode, kind, number = about.split() if about else (b"", b"", b"")
        if kind == b"blob":
            into = links if mode == b"120000" else found
            into[path.decode(errors="surrogateescape")] = number.decode("ascii")
    targets = _read(commit, links, links, _LONGEST_LINK)
    for link, target in targets.items():
        below = posixpath.normpath(posixpath.join(posixpath.dirname(link), target.decode(errors="surrogateescape")))
        if below in found:
            found[link] = found[below]
    return found


def _read(commit: Commit, entries: Mapping[str, str], paths: Iterable[str], most: int) -> dict[str, bytes]:
    """Read files of the commit, and of each no more than `most` bytes. Those that it does not have are left out."""
    wanted = [path for path in paths if path in entries]
    if not wanted:
        return {}
    asked = "".join(f"{entries[path]}\n" for path in wanted).encode("ascii")
    done = _run(commit.folder, "cat-file", "--batch", given=asked)
    answer, found, at = done.stdout, {}, 0
    for path in wanted:
        end = answer.find(b"\n", at)
        if end < 0 or answer[at:end].endswith(b" missing"):
            raise ToolError(f"git cannot read {quote(path, 200)} of {commit.hash}: {_last_line(done.stderr)}.")
        size = int(answer[at:end].split()[2])
        found[path] = answer[end + 1 : end + 1 + size][:most]
        at = end + 1 + size + 1
    return found


def _follow(commit: Commit, entries: Mapping[str, str], path: str, pointer: bytes) -> bytes:
    """Read what a pointer of Git LFS stands for, as a checkout does; the pointer where that is out of reach."""
    done = _run(commit.folder, "cat-file", "--filters", f"--path={path}", entries[path])
    return pointer if done.returncode else done.stdout[: MOST_BYTES + 1]


def _run(folder: Path, *words: str, given: bytes = b"") -> Answer:
    """Run git in a folder."""
    return _start("-C", str(folder), *words, given=given, environment=_find_repository())


def _start(*words: str, given: bytes = b"", environment: Mapping[str, str] | None = None) -> Answer:
    command = ["git", "-c", "core.quotePath=false", *words]
    try:
        return subprocess.run(command, input=given, capture_output=True, check=False, env=environment)  # noqa: S603
    except FileNotFoundError:
        raise ToolError("--since needs the program git, which is not installed or not on the PATH.") from None


def _find_repository() -> dict[str, str] | None:
    """The variables of git for a run in another folder, where one says which repository it is, as in a hook.

    Git reads GIT_DIR from the folder that it runs in, and takes that folder for the top of the work tree (git
    documentation, "git": GIT_DIR, GIT_WORK_TREE). So both are asked for here and named in full.
    """
    if "GIT_DIR" not in os.environ:
        return None
    told = {variable: _start("rev-parse", word).stdout.removesuffix(b"\n") for word, variable in _NAMED.items()}
    return {**os.environ, **{variable: os.fsdecode(path) for variable, path in told.items() if path}}


def _last_line(text: bytes) -> str:
    lines = text.decode(errors="replace").strip().splitlines()
    return quote(lines[-1] if lines else "git says nothing", 200)
