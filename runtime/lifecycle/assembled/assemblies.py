"""Assemblies, as a rebuild sees them: which run, what has come of them, and which files nobody needs any more.

A window has one at a time. Its plan is written, then it becomes the window's newest, by a conditional write, then its
execution is started. Whoever dies in between, the next rebuild starts it: each one that finds an assembly that is not
done starts it again, which changes nothing while it runs, and tells whether it has ended without ranks. So nobody need
ask how an execution is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from runtime import logs
from runtime.domain.instants import HOUR, rfc3339
from runtime.domain.ranking import WindowRanks
from runtime.lifecycle.assembling.files import (
    ASSEMBLIES,
    FAILED,
    NEWEST,
    UNFIT,
    AssemblyFiles,
    Ended,
    find_newest,
    move_newest,
)
from runtime.lifecycle.assembling.plan import AssemblyPlan
from runtime.s3.bucket import Bucket

PAUSE = HOUR
"""For how many milliseconds after one has failed no other is begun for the window, unless a person asks for it: what
fails each time would cost as much each minute."""
KEPT = HOUR
"""For how many milliseconds the files of an assembly stay after its end: a rebuild that has found its ranks may still
be about to publish them, and a function may still write some."""


class UnreadyError(Exception):
    """A window that a snapshot must have is being assembled, so there is nothing to publish yet."""


class Start(Protocol):
    """Starts the execution of an assembly."""

    def __call__(self, name: str, numbers: str, /) -> bool:
        """Start it, if it was never started. True: it runs. False: it has ended."""


@dataclass(frozen=True)
class Assembly:
    """An assembly that has not ended."""

    plan: AssemblyPlan
    ranks: WindowRanks | None
    """What it has made; None as long as it runs."""


@dataclass(frozen=True)
class Unfinished:
    """The newest assembly of a window, where it has made no ranks."""

    since: int
    """When it was begun, in milliseconds."""
    failed_at: int | None
    """When a rebuild saw that it has failed; None as long as it runs."""


class Assemblies:
    """The assemblies of one board, as one rebuild sees them."""

    def __init__(self, bucket: Bucket, start: Start, now: int) -> None:
        """`now`: when the rebuild began, in milliseconds."""
        self.key = bucket.key
        """The KMS key under which what is begun now lies."""
        self.awaited: set[str] = set()
        """The ids of the windows that need an assembly, whether it runs or has failed a while ago."""
        self._bucket = bucket
        self._start = start
        self._now = now
        self._found: dict[str, Assembly | None] = {}
        self._watched: set[str] = set()
        """The ids of the assemblies of which this rebuild knows whether they run."""
        self._etags: dict[str, str | None] = {}
        """The ETags of what says which assembly is a window's newest."""
        self._failed: dict[str, int] = {}
        """When the newest assembly of a window has failed."""
        self._former: dict[str, AssemblyPlan] = {}
        """The plan of that one."""

    def find(self, window_id: str) -> Assembly | None:
        """The assembly of a window that has not ended, as far as is known; None where there is none."""
        if window_id not in self._found:
            self._found[window_id] = self._find(window_id) if window_id in self._windows else None
            if self._found[window_id] or self._has_failed(window_id):
                self.awaited.add(window_id)
        return self._found[window_id]

    def watch(self, found: Assembly) -> Assembly | None:
        """The same assembly, once it is sure that it runs or is done; None where it has failed."""
        plan = found.plan
        if found.ranks is not None or plan.id in self._watched:
            return found
        self._watched.add(plan.id)
        if self._start(plan.id, plan.execution_input):
            return found
        # It may have been done between the two questions.
        ranks = AssemblyFiles(self._bucket, plan.id).read_done()
        if ranks is None:
            logs.fail("an assembly has failed", windows=[plan.window.id])
            self.end(plan, FAILED)
            return None
        self._found[plan.window.id] = Assembly(plan, ranks)
        return self._found[plan.window.id]

    def is_awaited(self, window_id: str) -> bool:
        """Whether this rebuild has found an assembly of a window, or one that has failed, or needs one."""
        return self.find(window_id) is not None or window_id in self.awaited or window_id in self._failed

    def begin(self, plan: AssemblyPlan, *, at_once: bool = False) -> None:
        """Begin an assembly of a window that has none, unless one has failed a while ago and it need not be `at_once`.

        Where another rebuild has begun one meanwhile, that one is the window's.
        """
        window_id = plan.window.id
        assert self.find(window_id) is None
        self.awaited.add(window_id)
        if not at_once and self._has_failed(window_id):
            return
        files = AssemblyFiles(self._bucket, plan.id)
        if files.write_plan(plan) and move_newest(self._bucket, window_id, plan.id, self._etags.get(window_id)):
            self._found[window_id] = Assembly(plan, None)
            kind = "a compaction" if plan.source else "all players"
            logs.info("an assembly was begun", windows=[window_id], reason=kind)
            self._watched.add(plan.id)
            self._start(plan.id, plan.execution_input)
            if former := self._former.pop(window_id, None):
                # Nothing is swept as long as nothing can be published. Its base stays: a call that has outlived its
                # execution may have ended it, and another rebuild have adopted that.
                self._bucket.delete(self._bucket.list_keys(AssemblyFiles(self._bucket, former.id).prefix))

    def end(self, plan: AssemblyPlan, why: str) -> None:
        """Let nobody wait for an assembly any more."""
        AssemblyFiles(self._bucket, plan.id).write_ended(Ended(self._now, why))
        self._found[plan.window.id] = None
        if why == FAILED:
            self._failed[plan.window.id], self._former[plan.window.id] = self._now, plan

    def explain(self, window_id: str) -> str:
        """What a window waits for, in a sentence without its end."""
        found = self.find(window_id)
        if found is not None:
            return f"window {window_id} is being assembled since {rfc3339(found.plan.as_of)}"
        if self._has_failed(window_id):
            failed = self._failed[window_id]
            return (
                f"the assembly of window {window_id} failed at {rfc3339(failed)}: the next one is begun at "
                f"{rfc3339(failed + PAUSE)}, or with `leaderboards rebuild --window {window_id}`"
            )
        return f"window {window_id} is yet to be assembled"

    def sweep(self, keys: Sequence[str]) -> tuple[frozenset[str], list[str]]:
        """Find what is left of assemblies among all keys of the board's bucket.

        Returns what the keys of rank files begin with that assemblies may still write or read, and the keys of files
        that nobody needs. An assembly of a window that no snapshot needs any more ends. To be called after a rebuild
        that has looked for the assembly of each window that it needs.
        """
        windows = [key.removeprefix(NEWEST) for key in keys if key.startswith(NEWEST)]
        newest = {window_id: find_newest(self._bucket, window_id)[0] for window_id in windows}
        unwanted = {newest[window_id]: f"{NEWEST}{window_id}" for window_id in windows if window_id not in self._found}
        assemblies, in_use, old = group_files(keys), set[str](), list[str]()
        for name, own in assemblies.items():
            files = AssemblyFiles(self._bucket, name)
            plan, ended = files.read_plan(), files.read_ended()
            if ended is None and plan is not None and name in unwanted:
                self.end(plan, UNFIT)
            # One that is no window's newest has never been started, and without its plan none goes on.
            since = ended.at if ended else None if plan and name in newest.values() else _begun_at(name)
            if since is not None and since + KEPT < self._now:
                # Its end goes last, so that it is not taken for one that runs where this function dies.
                old += sorted(own, key=lambda key: key.endswith("/ended"))
            elif plan is not None:
                in_use |= prefixes_of(plan)
        old += [key for name, key in unwanted.items() if not set(assemblies.get(name or "", ())) - set(old)]
        return frozenset(in_use), old

    def _has_failed(self, window_id: str) -> bool:
        """Whether the newest assembly of a window has failed a while ago."""
        return self._failed.get(window_id, -PAUSE) + PAUSE > self._now

    @cached_property
    def _windows(self) -> frozenset[str]:
        """The ids of the windows that have had an assembly of late."""
        return frozenset(key.removeprefix(NEWEST) for key in self._bucket.list_keys(NEWEST))

    def _find(self, window_id: str) -> Assembly | None:
        newest, self._etags[window_id] = find_newest(self._bucket, window_id)
        files = AssemblyFiles(self._bucket, newest) if newest else None
        plan = files.read_plan() if files else None
        if files is None or plan is None:
            return None
        ended = files.read_ended()
        if ended is not None:
            if ended.why == FAILED:
                self._failed[window_id], self._former[window_id] = ended.at, plan
            return None
        return Assembly(plan, files.read_done())


def find_unfinished(bucket: Bucket) -> Mapping[str, Unfinished]:
    """The assemblies that run, or have failed and were not begun anew, by the ids of their windows."""
    found = {}
    for key in bucket.list_keys(NEWEST):
        window_id = key.removeprefix(NEWEST)
        newest, _ = find_newest(bucket, window_id)
        files = AssemblyFiles(bucket, newest or "")
        if (plan := files.read_plan()) is None:
            continue
        ended = files.read_ended()
        if ended.why == FAILED if ended else files.read_done() is None:
            found[window_id] = Unfinished(plan.as_of, ended.at if ended else None)
    return found


def find_in_use(bucket: Bucket, keys: Sequence[str]) -> tuple[frozenset[str], list[str]]:
    """What the keys of rank files begin with that any assembly may write or read, and no file that nobody needs.

    It is for whoever sweeps a bucket and does not know which windows are needed.
    """
    plans = (AssemblyFiles(bucket, name).read_plan() for name in group_files(keys))
    return frozenset(prefix for plan in plans if plan for prefix in prefixes_of(plan)), []


def group_files(keys: Iterable[str]) -> Mapping[str, Sequence[str]]:
    """The files of assemblies among some keys, by the id of the assembly."""
    found: dict[str, list[str]] = {}
    for key in keys:
        if key.startswith(ASSEMBLIES):
            found.setdefault(key.removeprefix(ASSEMBLIES).partition("/")[0], []).append(key)
    return found


def prefixes_of(plan: AssemblyPlan) -> set[str]:
    """What the keys of the rank files begin with that an assembly writes or reads."""
    source = (plan.source.prefix, plan.source.delta) if plan.source else ()
    return {each for each in (plan.prefix, *source) if each}


def _begun_at(assembly_id: str) -> int:
    """When an assembly was begun, out of its id."""
    return int(assembly_id.partition("-")[0])
