"""`leaderboards redrive feed-NAME --from pipe`: puts back what a feed's pipe could not deliver."""

from __future__ import annotations

from generator.board.board import Board
from generator.board.feed import Feed
from generator.cli.console import say, write
from generator.cli.documents import print_json
from generator.cli.operations.options import Place, find_running
from generator.cli.operations.redrive_text import count_outcome, describe_preview, find_what_is_wrong
from generator.errors import FindingError, InputError
from generator.operations.feeds.redriving import FedBoard, redrive_feed_pipe
from generator.operations.feeds.running_feed import RunningFeed, find_feed_in_aws, find_feed_on_this_machine
from generator.operations.redrives.previewing import preview_pipe
from generator.operations.redrives.putting_back import RedriveCounts
from generator.pipeline import Generated
from generator.progress import report_progress


def redrive_feed(
    feed: Feed, generated: Generated, place: Place, why: str | None, *, dry_run: bool, as_json: bool
) -> None:
    """Put back what the feed's pipe could not deliver, or only say what there is."""
    running = place.find(feed, find_feed_in_aws, find_feed_on_this_machine)
    if dry_run:
        _preview(running, as_json)
        return
    boards = [each for each in generated.boards if each.feed == feed]
    with running.open_trail().deed("redrive", {"from": "pipe"}, why) as deed:
        done = RedriveCounts()
        counts = redrive_feed_pipe(running, lambda: [_find(board, place) for board in boards])
        for done in report_progress(counts, lambda so_far: f"{so_far.sent:,} put back so far", say):
            deed.outcome(count_outcome(done))
    if as_json:
        print_json({"feed": feed.feed, "from": "pipe", **vars(done)})
    else:
        write(f"{feed.folder}: {done.sent:,} put back")
    if findings := "\n".join(find_what_is_wrong(done, None, 0, "", "")):
        raise FindingError(findings)


def check_feed_source(feed: Feed, source: str, reason: str | None, drops: bool) -> None:
    """Raise InputError for what a feed does not have."""
    if source != "pipe":
        raise InputError(
            f"--from {source}: a feed has only --from pipe. What its bus could not deliver lies with the board that "
            f"was to get it; activities that no board counts: `leaderboards strays {feed.feed}`."
        )
    if drops:
        raise InputError("--drop-unreadable: it goes with --from dead-letters.")
    if reason is not None:
        raise InputError("--reason: it goes with --from rejected; to say why you do this write --why.")


def _find(board: Board, place: Place) -> FedBoard:
    return FedBoard(find_running(board, place), frozenset(rule.activity for rule in board.config.rules))


def _preview(running: RunningFeed, as_json: bool) -> None:
    found = preview_pipe(running)
    if as_json:
        print_json({"feed": running.feed.feed, "from": "pipe", "dry_run": True, **vars(found)})
    else:
        write("\n".join(describe_preview(running.feed.folder, "pipe", found)))
