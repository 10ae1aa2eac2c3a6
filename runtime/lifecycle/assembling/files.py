"""The files of an assembly, by which its functions pass on what they have made. All lie below one prefix:

plan                    JSON: see `plan`
read/000000             JSON: where the runs of a part lie. It is written once, by whoever comes first: what is read of
                        aggregates differs from one time to the next, and all else follows from it
read/000000/HASH        a run: its sorted lines
count/000000            JSON: how many lines a range has, and how its ranks go on
write/000000            JSON: what a range has written
write/000000/firsts     the first key of each block that it has written
write/000000/top        those of the first lines that it has
write/000000/players/   packs: a piece for each pack of buckets, with the lines for it
gather/000000           JSON: the sizes of the packs of buckets that a part has written
done                    JSON: the ranks
ended                   JSON: when and why nobody waits for it any more. Then no step does anything

Beside the prefixes of all assemblies, `snapshots/assembling/WINDOW_ID` says which is the newest of a window.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any, TypeVar

from runtime.aws import THREADS
from runtime.domain.ranking import WindowRanks
from runtime.lifecycle.assembling.plan import AssemblyPlan
from runtime.s3.bucket import Bucket, encode_json
from runtime.s3.ranks.packs import pack_name

Made = TypeVar("Made")

ASSEMBLIES = "snapshots/assemblies/"
"""What the keys of all files of assemblies begin with."""
NEWEST = "snapshots/assembling/"
"""What the keys begin with that say which assembly of a window is the newest."""

IN_USE, UNFIT, FAILED = "in use", "unfit", "failed"
"""Why an assembly has ended: a snapshot has its ranks, or no snapshot will, or it has made none."""


@dataclass(frozen=True)
class Ended:
    """The end of an assembly."""

    at: int
    """When, in milliseconds."""
    why: str
    """One of IN_USE, UNFIT and FAILED."""


class AssemblyFiles:
    """Reads and writes the files of one assembly."""

    def __init__(self, bucket: Bucket, assembly_id: str) -> None:
        self.bucket = bucket
        self.prefix = f"{ASSEMBLIES}{assembly_id}/"
        """What the keys of its files begin with."""

    def read_plan(self) -> AssemblyPlan | None:
        """The plan; None where there is none."""
        stored, _ = self.bucket.get(f"{self.prefix}plan")
        return AssemblyPlan.from_json(stored) if stored is not None else None

    def write_plan(self, plan: AssemblyPlan) -> bool:
        """Write the plan, before anything else; False where there is another one, begun in the same millisecond."""
        key, content = f"{self.prefix}plan", plan.to_json()
        # What is there is this one where the SDK has repeated a request whose answer was lost.
        return self.bucket.put_if_unchanged(key, content, None) or self.bucket.get(key)[0] == content

    def read_done(self) -> WindowRanks | None:
        """The ranks that were assembled; None where they are not done."""
        stored, _ = self.bucket.get(f"{self.prefix}done")
        return WindowRanks.from_json(stored) if stored is not None else None

    def write_done(self, ranks: WindowRanks) -> None:
        """Write the ranks, after everything else."""
        self.bucket.write(f"{self.prefix}done", encode_json(ranks.to_json()))

    def read_ended(self) -> Ended | None:
        """When and why the assembly has ended; None where it may still run, or is done and not in use yet."""
        stored, _ = self.bucket.get(f"{self.prefix}ended")
        return Ended(**stored) if stored is not None else None

    def write_ended(self, ended: Ended) -> None:
        """Say that nobody waits for the assembly any more. Whoever says it first has said it."""
        self.bucket.put_if_unchanged(f"{self.prefix}ended", asdict(ended), None)

    def key_of(self, step: str, number: int) -> str:
        """The key of what one part of a step tells those behind it, as JSON. More of it lies below, with a slash."""
        return f"{self.prefix}{step}/{pack_name(number)}"

    def read(self, step: str, number: int) -> Any:
        """What a part of a step has told. Raises LookupError where it has told nothing."""
        stored, _ = self.bucket.get(self.key_of(step, number))
        if stored is None:
            raise LookupError(f"the step {step} has not made its part {number}")
        return stored

    def read_all(self, step: str, count: int) -> list[Any]:
        """What all parts of a step have told."""
        return self.make_all(step, count, lambda _, told: told)

    def make_all(self, step: str, count: int, make: Callable[[int, Any], Made]) -> list[Made]:
        """What a function makes of what each part of a step has told, by its number. Little of that is in memory."""
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(lambda number: make(number, self.read(step, number)), range(count)))

    def write(self, step: str, number: int, told: Any) -> None:
        """Tell the steps behind what a part has made, once that is there."""
        self.bucket.write(self.key_of(step, number), encode_json(told))

    def write_once(self, step: str, number: int, told: Any) -> None:
        """Tell the steps behind what a part has made, unless it has been told already."""
        if not self.bucket.put_if_unchanged(self.key_of(step, number), told, None):
            # S3 refuses too where another write is under way, which may fail.
            self.read(step, number)

    def has(self, step: str, number: int) -> bool:
        """Whether a part of a step is made."""
        return self.bucket.get(self.key_of(step, number))[0] is not None


def find_newest(bucket: Bucket, window_id: str) -> tuple[str | None, str | None]:
    """The id of a window's newest assembly, and the ETag of what says so; None for both where there is none."""
    stored, etag = bucket.get(f"{NEWEST}{window_id}")
    return (stored["assembly"] if stored else None), etag


def move_newest(bucket: Bucket, window_id: str, assembly_id: str, etag: str | None) -> bool:
    """Make another assembly a window's newest, if the one that `find_newest` found still is; False where it is not."""
    return bucket.put_if_unchanged(f"{NEWEST}{window_id}", {"assembly": assembly_id}, etag)
