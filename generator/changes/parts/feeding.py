"""The edits of where a board's activities come from, and of the types that a feed has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from generator.changes.edits import Edit, attention, refused, second_board
from generator.changes.facts import Document, is_feed
from generator.changes.words import join_names, show, turn

_SAME_ID = "with the same activity_id, so that each counts once"


def compare_feeding(old: Document, new: Document) -> Iterator[Edit]:
    """Find the edits of where a board's activities come from."""
    if is_feed(new):
        return
    if old["feed"] != new["feed"]:
        yield _move(new["board"], old["feed"], new["feed"])
    elif old["feed_key_arn"] != new["feed_key_arn"]:
        yield attention(
            turn(f"key of the feed {show(new['feed'])}", old["feed_key_arn"], new["feed_key_arn"]),
            "what players do counts all the time, but from when the feed is applied until this board is, its probes "
            "and heartbeats are refused, so that its alarm oldest-activity goes off: apply it right after the feed",
        )


def _move(board: str, old: str | None, new: str | None) -> Edit:
    """What it means that a board counts another feed, comes to one, or leaves one. Its scores are its own."""
    what = turn("feed", old, new)
    if old is None:
        return refused(
            what,
            "its own table ends with what lies in it, and so do its pipe and the pipe's dead letters (where it has "
            "`protect: true`, AWS refuses to delete the table once the pipe is gone, and the apply ends half-way); "
            "its scores stay, but what game servers go on writing to that table counts no more",
            f"Leave it as it was, and {second_board(board)}, which counts {show(new)} from when it is applied.",
        )
    if new is None:
        return refused(
            what,
            f"from when it is applied it counts nothing of the feed {show(old)} any more, only what is in a table of "
            "its own, to which no game server writes yet; its scores stay and what waits in its queue still counts, "
            "but its queue feed-dead-letters ends with what lies in it",
            f"Leave `feed: {old}`, or prepare it: redrive its dead letters, apply it, and at once let game servers "
            f"write each activity to the new table too, also what they wrote since the apply began, {_SAME_ID}.",
            when="game servers are ready for that",
        )
    return refused(
        what,
        f"from when it is applied it counts nothing of the feed {show(old)} any more, only what game servers write to "
        f"{show(new)}: where they do not yet, nothing that players do counts; its scores stay, and what waits in its "
        "queue still counts",
        f"Leave `feed: {old}`, or prepare it: apply the feed {show(new)}, let game servers write each activity to both "
        f"feeds {_SAME_ID}, apply this board, and only then let them leave {show(old)}: what they write in the seconds "
        "of the apply in which the board's rule moves may not count.",
        when="game servers write to both",
    )


def compare_types(old: Sequence[str], new: Sequence[str], counting: Mapping[str, Sequence[str]]) -> Iterator[Edit]:
    """Find the types that a feed has no more, or has got. `counting`: the boards that count each type from now on.

    No board counts a type that the feed has not: that is an error.
    """
    if gone := [each for each in old if each not in new]:
        yield attention(
            f"types without {join_names(gone)}",
            "scores so far stay; what game servers still write of it is counted by no board, but kept for 14 days as "
            "strays, and the alarm `strays` goes off",
        )
    added = [each for each in new if each not in old]
    if counted := [each for each in added if counting.get(each)]:
        boards = list(dict.fromkeys(board for each in counted for board in counting[each]))
        yield attention(
            f"types with {join_names(counted)}",
            f"let game servers begin once this feed is applied, and then {join_names(boards)}: what they write of it "
            "in between is counted by nobody, and is no stray either",
        )
    if idle := [each for each in added if not counting.get(each)]:
        yield attention(
            f"types with {join_names(idle)}",
            "no board counts it yet: what game servers write of it is no stray any more, so that nothing keeps it for "
            "a board that comes later, and nobody is told",
        )
