"""The runbook's entries for the alarms of a board, in the order of its Terraform.

A symptom pages, a cause does not: where a cause lasts, players see it, and then one of the symptoms tells. What is in
a dead-letter queue pages too, because nothing that is put back counts in a window whose ranks are final by then.
"""

from __future__ import annotations

from generator.board.runbook.entries import Entry, Severity, Words

_PAGE, _NOTIFY = Severity


def list_board_entries(words: Words) -> tuple[Entry, ...]:
    """List the entries of a board, in the order of its alarms."""
    return (
        _activities_dead_letters(words),
        *((_feed_dead_letters(words), _feed_losses(words)) if words.feed else (_pipe_dead_letters(words),)),
        _schedule_dead_letters(words),
        _oldest_activity(words),
        _snapshot_age(words),
        _rebuild_overrun(words),
        *((_assembly_failures(words),) if words.assembles else ()),
        *(() if words.feed else (_pipe_failures(words),)),
        _processing_errors(words),
        _rejected(words),
        _throttles(words),
        _api_errors(words),
        _api_latency(words),
    )


def _activities_dead_letters(words: Words) -> Entry:
    return Entry(
        "activities-dead-letters",
        _PAGE,
        fires=f"{words.numbers['dead_letters']} or more activities failed {words.numbers['receives']} times",
        players="some activities do not count yet, and can count no more in a window whose ranks are final",
        ends="the queue is empty",
        first="find the cause in the processor's log, apply the fix, and put the activities back",
        command=f"leaderboards redrive {words.board} --from dead-letters",
    )


def _feed_dead_letters(words: Words) -> Entry:
    return Entry(
        "feed-dead-letters",
        _PAGE,
        fires=f"{words.numbers['dead_letters']} or more activities could not be delivered by the feed",
        players="some activities do not count yet, and can count no more in a window whose ranks are final",
        ends="the queue is empty",
        first=f"see the policies of the queue {words.prefix}-activities and of its key, then put the activities back",
        command=f"leaderboards redrive {words.board} --from dead-letters",
    )


def _feed_losses(words: Words) -> Entry:
    return Entry(
        "feed-losses",
        _PAGE,
        fires="the feed could neither deliver an activity nor keep it as a dead letter",
        players="some activities count on this board no more; the feed's table has them until they expire",
        ends="none is lost for 5 minutes",
        first=f"see whether the key of the queues {words.prefix}-activities and {words.prefix}-feed-dead-letters is "
        "enabled, and whether its policy and theirs let the feed's rule send, as the bundle's Terraform says",
        command=f'aws sqs get-queue-attributes --region {words.region} --queue-url "$(aws sqs get-queue-url '
        f'--region {words.region} --queue-name {words.prefix}-feed-dead-letters --output text)" --attribute-names '
        "KmsMasterKeyId Policy",
    )


def _pipe_dead_letters(words: Words) -> Entry:
    return Entry(
        "pipe-dead-letters",
        _PAGE,
        fires=f"{words.numbers['dead_letters']} or more batches of activities could not be delivered by the pipe",
        players="some activities do not count yet, and can count no more in a window whose ranks are final",
        ends="the queue is empty",
        first=f"find the cause in the log /aws/vendedlogs/pipes/{words.source}-activities, apply the fix, and put the "
        f"batches back within {words.numbers['redrive_hours']} hours: the stream keeps them no longer",
        command=f"leaderboards redrive {words.board} --from pipe",
    )


def _schedule_dead_letters(words: Words) -> Entry:
    return Entry(
        "schedule-dead-letters",
        _NOTIFY,
        fires=f"{words.numbers['dead_letters']} or more rebuilds failed, or could not be started, in 5 minutes",
        players="they see the last ranks for as long as rebuilds fail",
        ends="rebuilds work again; the messages may stay, because the next rebuild does their work",
        first=f"read the log /aws/lambda/{words.prefix}-rebuilder. An IdentityError there names the rules that the "
        "data was made with, and those of the bundle: put the old value back into the YAML, generate, and apply. Then "
        "rebuild",
        command=f"leaderboards redrive {words.board} --from schedule",
    )


def _oldest_activity(words: Words) -> Entry:
    pipe = "the feed's pipe" if words.feed else "the pipe"
    return Entry(
        "oldest-activity",
        _PAGE,
        fires=f"an activity is on its way for {words.numbers['oldest_activity_seconds']} seconds or more, as an item "
        "shows that the board sends itself every 5 minutes, or nothing measures that any more",
        players="what they do now counts late, or not until this is mended",
        ends="one arrives in time",
        first=f"start {pipe}, which does no harm where it runs. Where it ran, read the processor's log; where that has "
        "no errors, raise traffic.activities_per_second.peak. Without data the schedule "
        f"{words.prefix}-watch is disabled, or the rebuilder stands still",
        command=f"aws pipes start-pipe --name {words.source}-activities --region {words.region}",
    )


def _snapshot_age(words: Words) -> Entry:
    return Entry(
        "snapshot-age",
        _PAGE,
        fires=f"there is no new snapshot in {words.numbers['snapshot_age_seconds']} seconds",
        players="the ranks stand still",
        ends="a new snapshot is made",
        first=f"rebuild: where that fails it says why, and where the log is; where it works, see whether the schedule "
        f"{words.prefix}-rebuild is enabled. Where changed rules are refused, /v1/health has a notice",
        command=f"leaderboards rebuild {words.board}",
    )


def _rebuild_overrun(words: Words) -> Entry:
    return Entry(
        "rebuild-overrun",
        _NOTIFY,
        fires=f"a rebuild takes {words.numbers['overrun']} seconds or more, twice in a row: the next one is skipped",
        players="scores appear later than the schedule says",
        ends="no rebuild of a period takes so long",
        first="make rebuild rarer, or raise traffic.players, which gives the rebuilder memory",
        command=f"leaderboards explain {words.board}",
    )


def _assembly_failures(words: Words) -> Entry:
    return Entry(
        "assembly-failures",
        _NOTIFY,
        fires="a window's ranks could not be assembled: the state machine failed, was stopped, or took too long",
        players="mostly nothing: ranks are followed from the last ones; where none can be, they stand still",
        ends="none fails for 5 minutes; after an hour, a rebuild that needs it begins another",
        first="read the assembler's log: what is throttled or too large for a function is said there. Where it says "
        f"nothing, no function was free, or the execution was stopped: see the last one of {words.prefix}-assembly in "
        f"Step Functions. Once that is mended, leaderboards rebuild {words.board} --window WINDOW begins another at "
        "once; status names the windows",
        command=words.tail_function("assembler"),
    )


def _pipe_failures(words: Words) -> Entry:
    return Entry(
        "pipe-failures",
        _NOTIFY,
        fires="the pipe fails, or is throttled, for 10 minutes",
        players="what they do now counts late",
        ends="the pipe does not fail for 5 minutes",
        first="read the pipe's log, and see whether it still runs",
        command=words.tail(f"/aws/vendedlogs/pipes/{words.source}-activities"),
    )


def _processing_errors(words: Words) -> Entry:
    return Entry(
        "processing-errors",
        _NOTIFY,
        fires=f"the processor has {words.numbers['processing_errors']} or more errors in 5 minutes",
        players="some activities count late: each is tried again, and is a dead letter in the end",
        ends="nothing fails for 5 minutes",
        first="read the processor's log. Where it refuses to write over numbers that mean something else, put the old "
        "value back into the YAML, generate, apply, and redrive",
        command=words.tail_function("processor"),
    )


def _rejected(words: Words) -> Entry:
    return Entry(
        "rejected",
        _NOTIFY,
        fires=f"{words.numbers['rejected_percent']} % or more of the activities are rejected, and at least "
        f"{words.numbers['rejected_count']} in 5 minutes, twice in a row, without those that are over_limit",
        players="some of what they do does not count",
        ends="fewer are rejected",
        first="see which are rejected and why: mostly a game server has a new version. They are kept for 14 days: once "
        "the rules or the server are right, redrive them with --from rejected",
        command=f"leaderboards rejected {words.board} --totals",
    )


def _throttles(words: Words) -> Entry:
    return Entry(
        "throttles",
        _NOTIFY,
        fires=f"AWS throttles {words.numbers['throttles']} or more requests to the processor or a table in 5 minutes",
        players="what they do now counts late",
        ends="nothing is throttled for 5 minutes",
        first="see how much concurrency of Lambda is left in the account, and ask AWS for a higher quota: of that, or "
        "of a table's units",
        command=f"aws lambda get-account-settings --region {words.region}",
    )


def _api_errors(words: Words) -> Entry:
    return Entry(
        "api-errors",
        _PAGE,
        fires=f"{words.numbers['api_errors_percent']} % or more of the API's requests fail, or are refused because too "
        "many come at once, or all of ten and more are refused, for 10 minutes",
        players="the page and the game show errors instead of ranks, or old ranks from a cache",
        ends="fewer fail for 5 minutes",
        first="read the API's log. Where it is throttled, raise api.max_concurrency; where it never runs, see its "
        "permissions",
        command=words.tail_function("api"),
    )


def _api_latency(words: Words) -> Entry:
    return Entry(
        "api-latency",
        _NOTIFY,
        fires=f"the slowest 1 % of the API's requests take {words.numbers['api_latency_p99_ms']} ms or more for 15 "
        "minutes",
        players="ranks that no cache has come slowly",
        ends="they are faster for 5 minutes",
        first="see whether the account's concurrency of Lambda is used up",
        command=f"aws lambda get-account-settings --region {words.region}",
    )
