"""Rules of a board's traffic: what its functions, tables and rebuilds get through."""

from __future__ import annotations

from collections.abc import Iterator

from generator.aws import assembling, limits
from generator.aws.assembling import Assembly, find_assembly
from generator.aws.rebuilding import MOST_FOLLOWED, MOST_PROCESSORS, MOST_ROOM_MB, RankedBoard
from generator.aws.schedules import parse_schedule
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import plural
from generator.validation.field_place import FieldPlace
from generator.validation.merging import MergedBoard
from generator.validation.rules.rebuild_gap import check_alarm, check_rebuild_gap
from generator.validation.rules.scoring_facts import ScoringFacts

_MOST = limits.MAX_PROCESSORS * limits.PROCESSED_PER_SECOND
"""Activities a second that all processors of a board get through."""


def check_traffic(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check the traffic of one board."""
    board = facts.board
    yield from _check_rates(board["traffic"]["activities_per_second"])
    yield from _check_tables(facts)
    yield from _check_queue(board["traffic"]["activities_per_second"]["peak"])
    yield from _check_reads(board)
    yield from _check_rebuild(facts)


def _check_rates(rates: FieldPlace) -> Iterator[Diagnostic]:
    """Check that the peak can be processed, and that the average is not above it."""
    average, peak = rates["average"].whole, rates["peak"].whole
    if peak is not None and peak > _MOST:
        message = (
            f"{peak:,} activities a second need {limits.processors(peak):,} processors at once, "
            f"at {limits.PROCESSED_PER_SECOND} a second each, and AWS allows {limits.MAX_PROCESSORS:,}"
        )
        yield rates["peak"].diagnostic("peak", message, f"Write at most {_MOST}, or split the board.")
    elif peak is not None and average is not None and average > peak:
        message = f"the average of {average:,} is over the peak of {peak:,}"
        hint = f"Write an average of at most {peak}, or a higher peak."
        yield rates["average"].diagnostic("average", message, hint)


def _check_tables(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Warn of a peak that a table takes only after AWS has raised its quota."""
    board = facts.board
    place, milestones = board["traffic"]["activities_per_second"]["peak"], board["milestones"]
    peak, windows = place.whole, len(board["window"].items())
    if peak is None or peak > _MOST or facts.aggregate is None:
        return
    limited = facts.scoring["limits"]["activities_per_minute"].exists
    is_marked = limited or milestones.items() or board["segments"].items()
    one_run = facts.aggregate in ("best", "last") and not is_marked
    table, units = max(limits.table_writes(peak, windows, one_run, limited).items(), key=lambda item: item[1])
    each = "" if one_run or table == "activities" else " x 2 units of a transaction"
    # With one window, a mark and the minute's counter are more than the aggregate.
    items = {"aggregates": f" x {plural(windows, 'window')}", "marks": " x 2 for a mark and the minute's counter"}
    counted = f"{peak:,} activities a second{items.get(table, '')}{each}"
    needs = f"{counted} are {units:,} write units a second for the {table} table"
    if units > limits.TABLE_UNITS:
        message = f"{needs}, and the default quota of a table is {limits.TABLE_UNITS:,}"
        yield place.warning("quota", message, "Ask AWS for more before you deploy, or split the board.")


def _check_queue(place: FieldPlace) -> Iterator[Diagnostic]:
    """Warn of a peak of which more is in flight, however small batches are, than a queue allows."""
    peak = place.whole
    if peak is None or peak > _MOST or (messages := limits.in_flight(peak, limits.LEAST_BATCH)) <= limits.IN_FLIGHT:
        return
    message = (
        f"{peak:,} activities a second are {messages:,} messages in flight, those of a second and "
        f"{limits.processors(peak):,} batches of {limits.LEAST_BATCH}, and the default quota of a queue is "
        f"{limits.IN_FLIGHT:,}"
    )
    yield place.warning("quota", message, "Ask AWS for more before you deploy, or split the board.")


def _check_reads(board: MergedBoard) -> Iterator[Diagnostic]:
    """Warn of more reads than a distribution takes before AWS has raised its quota, or than the API answers."""
    place = board["traffic"]["reads_per_second"]
    reads, most = place.whole, limits.DISTRIBUTION_REQUESTS
    if reads is None:
        return
    is_cached, written = board["api"]["access"].effective != "iam", board["api"]["max_concurrency"].effective
    if is_cached and reads > most:
        message = f"{reads:,} reads a second, and the default quota of a distribution is {most:,}"
        yield place.warning("quota", message, "Ask AWS for more before you deploy, or split the board.")
    asked = limits.ceil_div(reads, limits.READS_PER_MISS) if is_cached else reads
    needed = limits.ceil_div(asked, limits.READS_PER_EXECUTION)
    reserved = limits.MAX_CACHED_API_CONCURRENCY if is_cached else limits.MAX_API_CONCURRENCY
    if written is None and needed > reserved:
        missed = f", of which no cache answers {asked:,}," if is_cached else ""
        message = (
            f"{reads:,} reads a second{missed} need the API {needed:,} times at once, at "
            f"{limits.READS_PER_EXECUTION} a second each, and {reserved:,} are reserved"
        )
        enough = f"{needed}}}`" if needed <= limits.ACCOUNT_CONCURRENCY else "unreserved}` and ask AWS for more"
        yield place.warning("quota", message, f"Write `api: {{max_concurrency: {enough}, or split the board.")


def _check_rebuild(facts: ScoringFacts) -> Iterator[Diagnostic]:
    """Check that all players can be ranked in time and have room, and how often rebuilds follow what changes."""
    rebuild, rate = facts.board["rebuild"].effective, facts.board["traffic"]["activities_per_second"]["average"]
    schedule = parse_schedule(rebuild) if isinstance(rebuild, str) else None
    if schedule:
        yield from check_alarm(facts.board, schedule)
    ranked = _describe_ranked(facts)
    if ranked is None:
        return
    assembly, average = find_assembly(ranked), rate.effective
    if assembly and schedule:
        gap, average = schedule.shortest_gap_seconds, average if isinstance(average, int) else 0
        refused = [*_check_assembly(assembly, facts.board["traffic"], average, gap)]
        yield from refused or check_rebuild_gap(facts.board, schedule, ranked, assembly)
    elif assembly is None and ranked.players > ranked.most_players():
        yield _refuse_lists(ranked, facts.board["traffic"]["players"])
    elif schedule:
        yield from check_rebuild_gap(facts.board, schedule, ranked, None)


def _refuse_lists(ranked: RankedBoard, place: FieldPlace) -> Diagnostic:
    """Refuse more players than one function ranks, where windows have several lists and none is made in parts."""
    given = {
        "have no segments": ("segments", bool(ranked.segments)),
        "leave out `search_names`": ("an index of names", ranked.searches_names),
    }
    lists = " and ".join(what for what, has in given.values() if has)
    seconds = ranked.full_seconds(MOST_PROCESSORS)
    if seconds > limits.MAX_SECONDS:
        days = f"{plural(ranked.days, 'day')} of " if ranked.days > ranked.windows else ""
        code, needs = (
            "players",
            (
                f"in {days}{plural(ranked.windows, 'window')} with {lists} take {seconds:,} seconds to rebuild, at "
                f"{ranked.read_per_second:,} a second read by each of {MOST_PROCESSORS} processors and "
                f"{ranked.written_per_second:,} written, and a function runs {limits.MAX_SECONDS} at most"
            ),
        )
    else:
        code, needs = (
            "room",
            (
                f"take {ranked.room_mb:,} MB on the disk of the rebuilder, at {ranked.bytes_of_a_player:,} bytes each "
                f"with {lists}, and a function has {MOST_ROOM_MB:,} at most"
            ),
        )
    instead = " and ".join(advice for advice, (_, has) in given.items() if has)
    hint = f"Write at most {ranked.most_players()}, or {instead}: then many functions make the ranks."
    return place.diagnostic(code, f"{ranked.players:,} players {needs}", hint)


def _check_assembly(assembly: Assembly, traffic: FieldPlace, rate: int, gap: int) -> Iterator[Diagnostic]:
    """Check that windows are assembled in time, and that what changes meanwhile has room in memory."""
    ranked, place = assembly.ranked, traffic["players"]
    most = max(ranked.most_players(), assembly.most_players(rate, gap))
    players = f"{ranked.players:,} players in {plural(ranked.windows, 'window')}"
    if assembly.seconds > assembling.MOST_SECONDS:
        message = (
            f"{ranked.players:,} players in a window of {plural(assembly.longest_days, 'day')} take "
            f"{assembly.seconds:,} seconds to assemble, at {ranked.read_per_second:,} a second and day read by each of "
            f"{plural(assembly.reads_at_once, 'call')}, which is what a table gives, and may take "
            f"{assembling.MOST_SECONDS:,}: a stream keeps for {limits.STREAM_HOURS} hours what changes meanwhile"
        )
        yield place.diagnostic("players", message, f"Write at most {most}, or split the board.")
        return
    changes, held = assembly.count_changes(rate, gap), assembly.count_delta(rate, gap)
    megabytes = assembly.api_megabytes(rate, gap)
    if held > assembling.MOST_HELD:
        needs = f"a window's delta, which may have {held:,} by then, and has room for {assembling.MOST_HELD:,}"
    elif changes > MOST_FOLLOWED:
        needs = f"the rebuilder, which holds {MOST_FOLLOWED:,}"
    elif megabytes > limits.MAX_MEMORY_MB:
        needs = f"the API, which needs {megabytes:,} MB for them and has {limits.MAX_MEMORY_MB:,} at most"
    else:
        return
    slower, average = assembly.most_rate(gap), traffic["activities_per_second"]["average"]
    message = (
        f"{players} take {assembly.seconds:,} seconds to assemble, and until the next rebuild after that {rate:,} "
        f"activities a second change {changes:,} entries: too many for {needs}"
    )
    hint = f"Write at most {slower}" if slower else "Write fewer"
    yield average.diagnostic("average", message, f"{hint}, or at most {most} players, or split the board.")


def _describe_ranked(facts: ScoringFacts) -> RankedBoard | None:
    """What decides how long a rebuild takes; None where the number of players is wrong."""
    board = facts.board
    players, windows = board["traffic"]["players"].effective, board["window"].items()
    if not isinstance(players, int):
        return None
    days = [window["days"].whole for window in windows]
    return RankedBoard(
        players=players,
        windows=max(1, len(windows)),
        days=max(1, sum(1 if each is None else each for each in days)),
        attaches=bool(facts.scoring["attach"].items()),
        segments=len(board["segments"].items()),
        searches_names=board["api"]["search_names"].effective is True,
        averages="average" in {facts.aggregate, *(column.aggregate for column in facts.scored)},
        columns=max(1, len(facts.scored)),
        takes_any_value=not all(segment["values"].items() for segment in board["segments"].items()),
    )
