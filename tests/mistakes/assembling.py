"""Mistakes by which an assembled base is not what one function would write."""

from __future__ import annotations

from tests.mistakes.making import Edit, Mistake

_ROOM = "runtime.lifecycle.assembling"
_RANKS = "runtime.s3.ranks.blocks:RankCounter.skip"

GROUP_BEGINS_WITH_ITS_RANGE = Mistake(
    "equal scores that go on into a range have another rank there",
    (Edit(_RANKS, "not (goes_on and stretch.rank == 1)", "True"),),
)

GROUP_COUNTED_TWICE = Mistake(
    "equal scores in two ranges are counted as two different ones",
    (Edit(_RANKS, "stretch.rank - goes_on", "stretch.rank"),),
)

GROUP_ENDS_WITH_ITS_RANGE = Mistake(
    "equal scores are counted up to the end of what one function writes",
    (Edit(f"{_ROOM}.writing:_RangeWriter._count_before", "position < self._owned.stop", "True"),),
)

RANGE_WRITES_ITS_OWN = Mistake(
    "a range is written from its first line on, which is not where a pack begins",
    (Edit(f"{_ROOM}.work:Counted.find_owned", "-(-position // per_pack) * per_pack", "position"),),
)

READ_AGAIN = Mistake(
    "a part that is read again replaces what others have counted on",
    (
        Edit(f"{_ROOM}.reading:read", "if files.has(", "if False and files.has("),
        Edit(
            f"{_ROOM}.files:AssemblyFiles.write_once",
            "if not self.bucket.put_if_unchanged(self.key_of(step, number), told, None):",
            "self.write(step, number, told)\nif False:",
        ),
    ),
)

START_OF_A_BLOCK_TAKEN = Mistake(
    "a range begins with the block that its first key is in",
    (Edit("runtime.sorting.runs:RunReader.take", "lines[bisect_left(lines, self.start) :]", "lines"),),
)

RUN_LEFT_OUT = Mistake(
    "a run of which a range has the last line alone is not read for it",
    (Edit("runtime.sorting.runs:merge_runs", "run.last >= start", "run.last > start"),),
)

PART_SORTED_IN_PIECES = Mistake(
    "a part that does not fit onto the disk at once loses what does not",
    (Edit(f"{_ROOM}.reading:_sort", "while runs := write_runs", "if runs := write_runs"),),
)

REMOVED_BY_THE_WHOLE_BASE = Mistake(
    "a part of a base leaves out lines by their positions in all of it",
    (Edit("runtime.s3.ranks.merged_reader:MergedReader.read_blocks", "position - start for", "position for"),),
)
