"""The runbook's entries for the alarms of a feed, in the order of its Terraform. What pages is decided as on boards."""

from __future__ import annotations

from generator.board.runbook.entries import Entry, Severity, Words

_PAGE, _NOTIFY = Severity


def list_feed_entries(words: Words) -> tuple[Entry, ...]:
    """List the entries of a feed, in the order of its alarms."""
    return (
        _pipe_dead_letters(words),
        _strays_dead_letters(words),
        _pipe_failures(words),
        _strays(words),
        _throttles(words),
    )


def _pipe_dead_letters(words: Words) -> Entry:
    return Entry(
        "pipe-dead-letters",
        _PAGE,
        fires=f"{words.numbers['dead_letters']} or more batches could not be handed to the bus",
        players="some activities count on no board yet, and can count no more in a window whose ranks are final",
        ends="the queue is empty",
        first=f"find the cause in the log /aws/vendedlogs/pipes/{words.prefix}-activities, apply the fix, and put the "
        f"batches back within {words.numbers['redrive_hours']} hours: the stream keeps them no longer",
        command=f"leaderboards redrive {words.board} --from pipe",
    )


def _strays_dead_letters(words: Words) -> Entry:
    return Entry(
        "strays-dead-letters",
        _NOTIFY,
        fires=f"{words.numbers['dead_letters']} or more strays could not be kept",
        players="nothing, unless activities of these types were to count",
        ends="the queue is empty",
        first=f"see the policies of the queue {words.prefix}-strays and of its key",
        command=_receive(words, "strays-dead-letters"),
    )


def _pipe_failures(words: Words) -> Entry:
    return Entry(
        "pipe-failures",
        _NOTIFY,
        fires="the pipe fails, or is throttled, for 10 minutes",
        players="what they do now counts late on every board of the feed",
        ends="the pipe does not fail for 5 minutes",
        first="read the pipe's log, and see whether it still runs: aws pipes start-pipe starts one that AWS stopped",
        command=words.tail(f"/aws/vendedlogs/pipes/{words.prefix}-activities"),
    )


def _strays(words: Words) -> Entry:
    return Entry(
        "strays",
        _NOTIFY,
        fires=f"{words.numbers['strays']} or more activities in 5 minutes have a type that the feed does not have, or "
        "none",
        players="what they do of that type counts on no board; it is kept for 14 days",
        ends="fewer come for 5 minutes",
        first="see which types, and correct the game server, or add the type to types and to a board's rules, "
        "generate, and apply; then put them on the bus again with --redrive",
        command=f"leaderboards strays {words.board}",
    )


def _throttles(words: Words) -> Entry:
    return Entry(
        "throttles",
        _NOTIFY,
        fires="AWS throttles what game servers write",
        players="what game servers do not write again does not count",
        ends="nothing is throttled for 5 minutes",
        first="see how many write units a table may take, and ask AWS for a higher quota",
        command=f"aws dynamodb describe-limits --region {words.region}",
    )


def _receive(words: Words, queue: str) -> str:
    """The command that prints some messages of a queue and leaves them in it."""
    url = f'"$(aws sqs get-queue-url --region {words.region} --queue-name {words.prefix}-{queue} --output text)"'
    return (
        f"aws sqs receive-message --region {words.region} --queue-url {url} --max-number-of-messages 10 "
        "--visibility-timeout 5 --query 'Messages[].Body'"
    )
