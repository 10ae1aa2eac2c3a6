"""Says what a change of a board means, for a person who has just saved it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from generator.board.board import Board
from generator.board.feed import Feed
from generator.diagnostics.wording import join_words, quote
from runtime.config import BoardConfig, WindowKind

_SENTENCES = (
    (("rules", "ignore", "limits", "milestones"), "new rules from the next activity on; scores so far stay"),
    (("attached",), "new attached fields from the next activity on; those left out are no longer shown"),
    (("segments",), "players are ranked by the new segments from their next activity on"),
    (("ties", "top"), "ranked anew in the next snapshot"),
    (("title", "columns", "dashboard"), "the page shows it when it is loaded again"),
    (("public", "principals"), "who may read it has changed"),
    (("cors_origins",), "which sites may read the API has changed"),
    (("api_max_concurrency", "traffic"), "sized anew"),
)
"""What it means that one of these fields of a board, or of what its functions read, has changed."""


def describe_change(old: Board, new: Board, *, rebuilds_here: bool) -> str:
    """What a change means, in a line. `rebuilds_here`: ranks come every two seconds, whatever the board's schedule."""
    sentences = [*_describe_source(old.feed, new.feed), *_describe_windows(old.config, new.config)]
    for names, sentence in _SENTENCES:
        if any(_read(old, name) != _read(new, name) for name in names):
            sentences.append(sentence)
    if old.schedule != new.schedule:
        here = "; here every two seconds" if rebuilds_here else ""
        sentences.append(f"rebuilt by {new.schedule}{here}")
    if old.team != new.team:
        sentences.append(f"the board is team {new.team}'s, and so is its address")
    return "; ".join(sentences) or "what changed matters in AWS only"


def describe_feed_change(old: Feed, new: Feed) -> str:
    """What a change of a feed means, in a line."""
    sentences = []
    if added := [kind for kind in new.types if kind not in old.types]:
        sentences.append(f"boards may count {join_words(map(quote, added), 'and')} now")
    if removed := [kind for kind in old.types if kind not in new.types]:
        sentences.append(f"{join_words(map(quote, removed), 'and')} from now on go to the strays")
    if old.team != new.team:
        sentences.append(f"the feed is team {new.team}'s")
    return "; ".join(sentences) or "what changed matters in AWS only"


def _describe_source(old: Feed | None, new: Feed | None) -> Iterator[str]:
    """Where a board's activities come from, if that has changed."""
    if (old and old.feed) == (new and new.feed):
        return
    now, before = (f"the feed {feed.feed}" if feed else "a table of its own" for feed in (new, old))
    yield (
        f"its activities come from {now} from now on, and no longer from {before}; scores so far stay, and `generate` "
        "refuses this where the board is deployed"
    )


def _read(board: Board, name: str) -> object:
    return getattr(board.config, name) if hasattr(board.config, name) else getattr(board, name)


def _describe_windows(old: BoardConfig, new: BoardConfig) -> Iterator[str]:
    before, after = ({kind.every: kind for kind in config.windows} for config in (old, new))
    if added := [name for name in after if name not in before]:
        yield f"{_name_windows(added)} from the next activity on"
    if removed := [name for name in before if name not in after]:
        yield f"without {_name_windows(removed)}, whose scores stay if you put it back"
    for name, kind in after.items():
        if name in before and before[name] != kind:
            yield f"window {name}: {_describe_window(before[name], kind)}"


def _name_windows(names: Sequence[str]) -> str:
    return f"window{'s' if len(names) > 1 else ''} {join_words(names, 'and')}"


def _describe_window(old: WindowKind, new: WindowKind) -> str:
    """What changed of a kind of window. Those that are open keep their edges, but for a season's end."""
    found = []
    if _read_reset(old) != _read_reset(new):
        found.append("the new reset holds from the next window on")
    if old.days != new.days:
        found.append(f"{new.days} days")
    if old.grace_seconds != new.grace_seconds:
        found.append(f"{new.grace_seconds} seconds of grace, also for the window that is open")
    if old.keep != new.keep:
        found.append(f"{new.keep} are kept")
    if old.seasons != new.seasons:
        found.append(f"the seasons are {join_words([season.name for season in new.seasons] or ['none'], 'and')}")
    return ", ".join(found) or "changed"


def _read_reset(kind: WindowKind) -> tuple[object, ...]:
    """What says when windows of a kind start and end."""
    return kind.timezone, kind.at_minutes, kind.starts, kind.lasts_seconds
