"""checkov, with its own checks and ours, over many bundles in one process.

It passes what it does not see: a file that it cannot parse, a resource that it passes over, a policy that breaks. So
our policies leave evidence of what they looked at, and what they did not look at is found.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from generator.check.findings import POLICIES, RawFinding
from generator.check.programs import Done, run
from generator.check.progress import Progress
from generator.check.terraform_files import Bundle
from generator.errors import PolicyError

POLICIES_FOLDER = Path(__file__).resolve().parent.parent.parent / "blueprints" / "policies"

_ARGUMENTS = ("--directory", ".", "--framework", "terraform", "--output", "json", "--compact", "--skip-download")
_QUICK = "CKV_LB_2"
"""The policy that has least to look at."""
_GAP = r"(?:[ \t]|/\*(?:[^*]|\*(?!/))*\*/)*"
"""What may stand between the words of a block's first line: comments too."""
_RESOURCE = re.compile(rf'^{_GAP}resource\b{_GAP}"?([\w-]+)"?{_GAP}"?([\w-]+)"?{_GAP}\{{', re.MULTILINE)
_MODULE = re.compile(rf'^{_GAP}module\b{_GAP}"?([\w-]+)"?{_GAP}\{{', re.MULTILINE)
_EVERYTHING = "CKV_LB_6"
"""The policy that looks at every resource."""


@dataclass(frozen=True)
class Scan:
    """What checkov says, and what it looked at."""

    flaws: tuple[RawFinding, ...]
    resources: dict[str, int]
    """Resources that were looked at, by bundle."""


@dataclass(frozen=True)
class _Evidence:
    """What our policies looked at."""

    policies: set[tuple[str, str]]
    """Folder of a module and policy."""
    resources: set[tuple[str, str, str]]
    """Folder of a module, type and name."""


def scan(checkov: str, folder: Path, bundles: Sequence[Bundle], progress: Progress) -> Scan:
    """Looks at the bundles, which are written below `folder`. Raises PolicyError if checkov does not do its work."""
    evidence = folder / ".evidence"
    evidence.touch()
    environment = {"LOG_LEVEL": "ERROR", "LEADERBOARDS_EVIDENCE": str(evidence)}
    command = [checkov, *_ARGUMENTS, "--external-checks-dir", str(POLICIES_FOLDER)]
    done = run([*command, "--quiet"], folder, progress, environment, home=False)
    flaws, unread = _read(done, folder)
    if unread is None:
        # Only what passes tells the names, tens of megabytes of it: so ask again, for next to nothing.
        named = run([*command, "--check", _QUICK], folder, progress, environment, home=False)
        unread = _read(named, folder)[1] or set()
    looked = _looked_at(evidence.read_text(encoding="utf-8"))
    idle = not looked.resources and not unread and any(next(declared(bundle), None) for bundle in bundles)
    if idle or "Cannot load external check" in done.stderr:
        raise PolicyError(f"checkov did not use the policies in {POLICIES_FOLDER}:\n{done.last_words}")
    flaws += [RawFinding(path, 0, "parse", "checkov cannot read it, so it was not checked") for path in sorted(unread)]
    resources = {}
    for bundle in bundles:
        flaws += _passed_over(bundle, looked, unread)
        resources[bundle.folder] = sum(_is_in(module, bundle) for module, _, _ in looked.resources)
    return Scan(tuple(flaws), resources)


def declared(bundle: Bundle) -> Iterator[tuple[str, int, str, str]]:
    """Each resource that is written in a bundle: path, line, type, name."""
    return ((path, line, kind, name) for path, line, kind, name in _matches(_RESOURCE, bundle))


def _matches(pattern: re.Pattern[str], bundle: Bundle) -> Iterator[tuple[Any, ...]]:
    """Path, line and groups of each place that a pattern matches."""
    for path, data in bundle.hcl.items():
        text = data.decode("utf-8", "replace")
        for match in pattern.finditer(text):
            yield path, text.count("\n", 0, match.start(1)) + 1, *match.groups()


def _read(done: Done, folder: Path) -> tuple[list[RawFinding], set[str] | None]:
    """What checkov found, and the files that it could not parse; None where it does not say which."""
    try:
        report = json.loads(done.stdout)
        if "results" not in report and report["resource_count"] == 0:
            return [], set()  # nothing to say of anything
        results, summary = report["results"], report["summary"]
        flaws = [
            RawFinding(
                str(each["file_path"]).lstrip("/"),
                int(each["file_line_range"][0]),
                str(each["check_id"]),
                "; ".join([str(each["check_name"]), *map(str, each["details"] or ())]),
                str(each["resource"]),
            )
            for each in results["failed_checks"]
        ]
        if not summary["parsing_errors"]:
            return flaws, set()
        if "parsing_errors" not in results:
            return flaws, None
        paths = (Path(path).resolve() for path in results["parsing_errors"])
        return flaws, {path.relative_to(folder.resolve()).as_posix() for path in paths}
    except (ValueError, KeyError, TypeError, IndexError):
        raise PolicyError(f"checkov failed:\n{done.last_words}") from None


def _looked_at(evidence: str) -> _Evidence:
    looked = _Evidence(set(), set())
    for line in evidence.splitlines():
        policy, block, entity = line.split("\t", 2)
        path, kind, name = entity.split(":", 2)
        module = path.lstrip("/").rpartition("/")[0]
        looked.policies.add((module, policy))
        if block == "resource" and policy == _EVERYTHING:
            looked.resources.add((module, kind, name.partition("[")[0]))
    return looked


def _passed_over(bundle: Bundle, looked: _Evidence, unread: set[str]) -> Iterator[RawFinding]:
    """What is in a bundle and was not looked at. A file that cannot be parsed has its finding already."""
    for path, line, kind, name in declared(bundle):
        if path not in unread and (path.rpartition("/")[0], kind, name) not in looked.resources:
            yield RawFinding(path, line, "seen", "checkov did not look at it", f"{kind}.{name}")
    for path, line, name in _matches(_MODULE, bundle):
        yield RawFinding(
            path, line, "seen", "what it brings is not looked at: write its resources here", f"module.{name}"
        )
    root = f"{bundle.folder}/terraform"
    for policy, says in POLICIES.items():
        if (root, policy) not in looked.policies and not any(_is_in(path, bundle) for path in unread):
            yield RawFinding(root, 0, policy, f"{says}: there is nothing in the bundle that could show it")


def _is_in(path: str, bundle: Bundle) -> bool:
    return f"{path}/".startswith(f"{bundle.folder}/")
