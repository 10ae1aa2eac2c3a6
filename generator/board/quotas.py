"""Warns of default quotas of an account that the boards exceed together: what works only after AWS has raised them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from generator.aws import limits
from generator.aws.quotas import BOARDS_OF_A_WEB_ACL, QUOTAS
from generator.board.board import Board
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import plural
from generator.source.nodes import Node

_HINT = "Ask AWS for more before you deploy, or use more accounts."


def check_quotas(boards: Sequence[Board], root: Node) -> Iterator[Diagnostic]:
    """Warn of every quota that boards of one account exceed. `root`: the main file, for the place of a warning.

    Environments that name no account may all be deployed to one.
    """
    accounts: dict[str, list[Board]] = defaultdict(list)
    regions: dict[tuple[str, str], list[Board]] = defaultdict(list)
    for board in boards:
        accounts[board.account_id or ""].append(board)
        regions[board.account_id or "", board.region].append(board)
    for account, together in accounts.items():
        for message in (*_check_counts(together, _place(account), regional=False), *_check_web_acls(together)):
            yield _warn(root, together, message)
    for (account, region), together in regions.items():
        place = f"{_place(account)} and region {region}" if account else f"one account and region {region}"
        for message in (*_check_counts(together, place, regional=True), *_check_concurrency(together, place)):
            yield _warn(root, together, message)


def _place(account: str) -> str:
    return f"account {account}" if account else "one account"


def _warn(root: Node, boards: Sequence[Board], message: str) -> Diagnostic:
    """Make the warning, at the first environment of the boards; without environments at the project's name."""
    environments = root.get("environments")
    named = environments.get(boards[0].environment) if environments and boards[0].environment else root.get("project")
    warning = (named or root).diagnostic("quota", message, _HINT, at_key=True)
    return replace(warning, severity="warning")


def _check_counts(boards: Sequence[Board], place: str, regional: bool) -> Iterator[str]:
    """Count what the boards make in AWS."""
    public = sum(board.public for board in boards)
    embedded = sum(board.public and bool(board.dashboard.embed_in) for board in boards)
    assembled = sum(board.assembler is not None for board in boards)
    for quota in QUOTAS:
        needed = public * quota.public + (len(boards) - public) * quota.private
        needed += embedded * quota.embedded + assembled * quota.assembled
        if quota.regional == regional and needed > quota.limit:
            yield (
                f"{plural(len(boards), 'board')} in {place} take {needed:,} {quota.what}, and the default quota is "
                f"{quota.limit:,}"
            )


def _check_web_acls(boards: Sequence[Board]) -> Iterator[str]:
    """Count the distributions behind each web ACL."""
    for arn, number in Counter(board.web_acl_arn for board in boards).items():
        if arn is not None and number > BOARDS_OF_A_WEB_ACL:
            yield (
                f"{plural(number, 'board')} are behind the web ACL {arn.split('/')[-2]}, and the default quota is "
                f"{BOARDS_OF_A_WEB_ACL} distributions"
            )


def _check_concurrency(boards: Sequence[Board], place: str) -> Iterator[str]:
    """Add up the functions that may run at once, and those that the boards reserve.

    An API that reserves nothing counts as the least that another would reserve; a rebuilder runs once at a time, and
    an assembler as often as all windows of its board together let it.
    """
    most, left = limits.ACCOUNT_CONCURRENCY, limits.UNRESERVED_CONCURRENCY
    reserved = sum(board.api_max_concurrency or 0 for board in boards)
    processors = sum(board.queue.max_concurrency for board in boards)
    of_api = sum(board.api_max_concurrency or limits.MIN_API_CONCURRENCY for board in boards)
    assemblers = sum(_count_assemblers(board) for board in boards)
    running = processors + of_api + len(boards) + assemblers
    if reserved > most - left:
        yield (
            f"the APIs of {plural(len(boards), 'board')} in {place} reserve {reserved:,} executions of functions "
            f"(`api.max_concurrency`), and of the default quota of {most:,} AWS lets {most - left:,} be reserved"
        )
    elif running > most:
        assembling = f" + {plural(assemblers, 'assembler')}" if assemblers else ""
        yield (
            f"{plural(len(boards), 'board')} in {place} may run {running:,} functions at once "
            f"({plural(processors, 'processor')} + {of_api:,} of the API + {plural(len(boards), 'rebuilder')}"
            f"{assembling}), and the default quota is {most:,}"
        )


def _count_assemblers(board: Board) -> int:
    """How many calls of a board's assembler may be at work at once: each window may be on any step."""
    sizing = board.sizing.assembly
    return max(sizing.reads_at_once.value, sizing.at_once.value) * len(board.config.windows) if sizing else 0
