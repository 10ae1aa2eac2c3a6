"""Rules across the fields of a board, and across boards, and AWS's hard limits. What one value must be is in `values`;
scoring and windows have rules of their own.

A rule looks at the merged tree, not at the models, so that every rule is checked even where some other value is wrong;
and it says nothing where a value that it looks at is wrong already.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from generator.aws import limits, schedules
from generator.diagnostics.diagnostic import Diagnostic, any_error
from generator.diagnostics.wording import plural, quote
from generator.source.nodes import Node
from generator.spec.values import NAME
from generator.validation.field_place import FieldPlace
from generator.validation.loading import Loaded
from generator.validation.merging import MergedBoard, WrittenBoard
from generator.validation.rules_bounds import check_bounds
from generator.validation.rules_scoring import check_scoring
from generator.validation.rules_windows import check_windows
from generator.validation.scoring_facts import ScoringFacts

_OUR_TAGS = ("project", "environment", "board", "team", "owner")
_PAGE_KEYS = ("domain", "certificate_arn", "web_acl_arn")


def check_rules(loaded: Loaded) -> tuple[Diagnostic, ...]:
    """What is wrong although each value by itself is right, and warnings of quotas that a deployment would run into."""
    found = tuple(_broken_rules(loaded))
    if any_error(found) or not all(board.spec for board in loaded.boards):
        return found
    return (*found, *_quotas(loaded))


def _broken_rules(loaded: Loaded) -> Iterator[Diagnostic]:
    if loaded.root is None:
        return
    yield from _tags(loaded.root)
    yield from _duplicates(loaded.written)
    yield from _names(loaded)
    for board in loaded.boards:
        yield from _team(board["team"], loaded)
        yield from _last_year(board["rebuild"])
        yield from _snapshot_age(board)
        yield from _access(board["api"])
        yield from _domain(board["api"])
        yield from _rates(board["traffic"]["activities_per_second"])
        yield from _players(board)
        yield from _key(board["kms_key_arn"], _region(board, loaded))
        facts = ScoringFacts(board)
        yield from check_scoring(facts)
        yield from check_bounds(facts)
        yield from check_windows(board)


def _team(team: FieldPlace, loaded: Loaded) -> Iterator[Diagnostic]:
    teams = loaded.root.get("teams") if loaded.root else None
    name = team.text
    if name is None or not teams or not isinstance(teams.value, dict) or teams.partial:
        return
    if name not in loaded.teams:
        near = loaded.teams.nearest(name)
        if near and not re.fullmatch(NAME, near):  # the team itself is misspelt, which was said
            return
        hint = f'Did you mean "{near}"?' if near else "Add it under `teams:`, with its owner."
        yield team.diagnostic("unknown-team", f"there is no team {quote(name)}", hint)


def _last_year(rebuild: FieldPlace) -> Iterator[Diagnostic]:
    """A schedule whose years end leaves the board without rebuilds."""
    year = schedules.parse_schedule(rebuild.text).last_year if rebuild.text else None
    if year is not None:
        message = f"has its last rebuild in {year}: ranks stay as they are from then on"
        yield rebuild.warning("schedule-end", message, "Write * for the year, if the board goes on.")


def _snapshot_age(board: MergedBoard) -> Iterator[Diagnostic]:
    place = board["alarms"]["snapshot_age_seconds"]
    age, rebuild = place.whole, board["rebuild"].effective
    if age is None or rebuild is None:
        return
    gap = schedules.parse_schedule(rebuild).longest_gap_seconds
    if age <= gap:
        message = f"two rebuilds are up to {gap:,} seconds apart, so an alarm at {age:,} fires while all is well"
        yield place.diagnostic("snapshot-age", message, f"Write more than {gap}, or rebuild more often.")


def _access(api: FieldPlace) -> Iterator[Diagnostic]:
    access, principals = api["access"].effective, api["principals"]
    some = principals.given and principals.node.sequence()
    if access == "public" and some:
        message = "anyone may read a board with `access: public`"
        hint = "Delete this key, or write `access: iam`."
        yield principals.diagnostic("principals", message, hint, at_key=True)
    if access != "iam":
        return
    if api.sound and not some:
        hint = "Write the ARNs of the roles that may read the board, or `access: public`."
        yield principals.diagnostic("principals", "is missing with `access: iam`", hint)
    for key in _PAGE_KEYS:
        if api[key].given:
            message = "a board with `access: iam` has no page and no distribution"
            hint = "Delete this key, or write `access: public`."
            yield api[key].diagnostic("access", message, hint, at_key=True)


def _domain(api: FieldPlace) -> Iterator[Diagnostic]:
    """A domain and its certificate go together, on a board that may have them."""
    if api["access"].effective != "public" or not api.sound:
        return
    for given, wanted in (("domain", "certificate_arn"), ("certificate_arn", "domain")):
        if api[given].exists and not api[wanted].exists:
            message = f"{given} goes with {wanted}, which is missing"
            yield api[given].diagnostic("domain", message, f"Write both, or delete {given}.", at_key=True)


def _rates(rates: FieldPlace) -> Iterator[Diagnostic]:
    average, peak = rates["average"].whole, rates["peak"].whole
    most = limits.MAX_PROCESSORS * limits.PROCESSED_PER_SECOND
    if peak is not None and peak > most:
        message = (
            f"{peak:,} activities a second, {limits.PROCESSED_PER_SECOND} by each processor, "
            f"take {limits.processors(peak):,} processors at once, and AWS allows {limits.MAX_PROCESSORS:,}"
        )
        yield rates["peak"].diagnostic("peak", message, f"Write at most {most}, or split the board.")
    elif peak is not None and average is not None and average > peak:
        message = f"the average of {average:,} is over the peak of {peak:,}"
        hint = f"Write an average of at most {peak}, or a higher peak."
        yield rates["average"].diagnostic("average", message, hint)


def _players(board: MergedBoard) -> Iterator[Diagnostic]:
    place = board["traffic"]["players"]
    # A rebuild reads every day of a rolling window.
    days = [window["days"].whole for window in board["window"].items()]
    windows = max(1, sum(1 if each is None else each for each in days))
    players, most = place.whole, limits.most_players(windows)
    if players is None or players <= most:
        return
    rolls = ", each day of a rolling one counted" if any(days) else ""
    message = (
        f"{players:,} players in {plural(windows, 'window')}{rolls}, {limits.REBUILT_PER_SECOND:,} ranked a second, "
        f"take {limits.rebuild_seconds(players, windows):,} seconds to rebuild, "
        f"and a function runs {limits.MAX_SECONDS} at most"
    )
    yield place.diagnostic("players", message, f"Write at most {most}, or split the board.")


def _key(key: FieldPlace, region: str) -> Iterator[Diagnostic]:
    arn = key.text
    if arn and region and arn.split(":")[3] != region:
        message = f"this key is in {arn.split(':')[3]}, the board is in {region}"
        yield key.diagnostic("kms-key", message, "Name a key of the board's region.")


def _tags(root: Node) -> Iterator[Diagnostic]:
    teams = root.get("teams")
    for team in teams.mapping().values() if teams else ():
        tags = team.get("tags")
        seen: dict[str, str] = dict.fromkeys(_OUR_TAGS, "")
        for key, node in tags.mapping().items() if tags else ():
            if key.lower().startswith("aws:"):
                yield node.diagnostic(
                    "tag", "AWS keeps keys that begin with aws: for itself", "Use another key.", at_key=True
                )
            if key.lower() in seen:
                other = seen[key.lower()]
                message = (
                    f"differs from {quote(other)} only in case" if other else f"the tag {key.lower()} is set for you"
                )
                hint = "AWS takes the two for one. Keep one." if other else "Delete it, or use another key."
                yield node.diagnostic("tag", message, hint, at_key=True)
            seen.setdefault(key.lower(), key)


def _duplicates(boards: Iterable[WrittenBoard]) -> Iterator[Diagnostic]:
    first: dict[str, Node] = {}
    for board in boards:
        node = board.node.get("name")
        if node is None or (name := board.name) is None:
            continue
        if name in first:
            other = first[name]
            message = f"a second board is called {quote(name)}, the first is at {other.file}:{other.line}"
            yield node.diagnostic("duplicate-board", message, "Give it a name of its own.")
        first.setdefault(name, node)


def _names(loaded: Loaded) -> Iterator[Diagnostic]:
    """Names in AWS: not too long, not reserved, and none of two boards."""
    if loaded.project is None:
        return
    prefixes = {
        board: "-".join(part for part in (loaded.project.project, board.environment, name) if part)
        for board in loaded.boards
        if (name := board["name"].text)
    }
    yield from _reserved_names(prefixes)
    yield from _collisions(prefixes, loaded)
    yield from _long_names(prefixes)


def _reserved_names(prefixes: Mapping[MergedBoard, str]) -> Iterator[Diagnostic]:
    seen: set[WrittenBoard] = set()
    for board, prefix in prefixes.items():
        if prefix.startswith(limits.RESERVED_PREFIXES) and board.written not in seen:
            seen.add(board.written)
            message = f"S3 keeps bucket names such as {prefix}-... for itself"
            hint = f"Change `project`: names may not begin with {', '.join(limits.RESERVED_PREFIXES)}."
            yield board["name"].diagnostic("reserved-name", message, hint)


def _collisions(prefixes: Mapping[MergedBoard, str], loaded: Loaded) -> Iterator[Diagnostic]:
    taken: dict[str, MergedBoard] = {}
    for board, prefix in prefixes.items():
        other = taken.setdefault(prefix, board)
        here, there = (f"{quote(str(each['name'].text))} in {each.environment}" for each in (board, other))
        if board["name"].text != other["name"].text and _same_account(board, other, loaded):
            message = f"{here} and {there} would have the same names in AWS, {prefix}-activities and so on"
            yield board["name"].diagnostic("collision", message, "Rename one of the boards or environments.")


def _long_names(prefixes: Mapping[MergedBoard, str]) -> Iterator[Diagnostic]:
    longest: dict[WrittenBoard, str] = {}
    for board, prefix in prefixes.items():
        longest[board.written] = max(prefix, longest.get(board.written, ""), key=len)
    for written, prefix in longest.items():
        too_many = len(prefix) - limits.PREFIX_LENGTH
        node = written.node.get("name")
        if too_many > 0 and node:
            message = (
                f"{prefix} has {len(prefix)} characters; with a dash and the account's {limits.ACCOUNT_LENGTH} digits "
                f"its bucket would have {len(prefix) + 1 + limits.ACCOUNT_LENGTH}, and S3 takes {limits.BUCKET_LENGTH}"
            )
            hint = f"Shorten board, environment or project by {plural(too_many, 'character')}."
            yield node.diagnostic("name-length", message, hint)


def _quotas(loaded: Loaded) -> Iterator[Diagnostic]:
    """Warnings: a deployment that needs more than an account has by default works once AWS has raised the quota."""
    boards: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for board in loaded.boards:
        account = _account(board, loaded) or ""
        for region in ("", _region(board, loaded)):
            boards[account, region][board["api"]["access"].effective == "iam"] += 1
    for quota in limits.QUOTAS:
        for (account, region), (public, private) in sorted(boards.items()):
            needed = public * quota.public + private * quota.private
            if needed > quota.limit and bool(region) == quota.regional:
                place = f"account {account}" if account else "one account"
                message = (
                    f"{plural(public + private, 'board')} in {place} take {needed:,} {quota.what}, "
                    f"its default quota is {quota.limit:,}"
                )
                hint = "Ask AWS for more before you deploy, or use more accounts."
                file = loaded.root.file if loaded.root else ""
                yield Diagnostic(file, 0, 0, "", message, hint, "quota", "warning")


def _account(board: MergedBoard, loaded: Loaded) -> str | None:
    if board.environment is None or loaded.project is None:
        return None
    return loaded.project.environments[board.environment].account_id


def _region(board: MergedBoard, loaded: Loaded) -> str:
    if loaded.project is None:
        return ""
    own = loaded.project.environments[board.environment].region if board.environment else None
    return own or loaded.project.region


def _same_account(board: MergedBoard, other: MergedBoard, loaded: Loaded) -> bool:
    """Whether two boards may be in one account: they are not only where both say so."""
    one, two = _account(board, loaded), _account(other, loaded)
    return one is None or two is None or one == two
