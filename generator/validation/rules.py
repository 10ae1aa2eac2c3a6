"""Rules across the fields of a board, and across boards, and AWS's hard limits. What one value must be is in `values`;
scoring and windows have rules of their own.

A rule looks at the merged tree, not at the models, so that every rule is checked even where some other value is wrong;
and it says nothing where a value that it looks at is wrong already.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from generator.aws import limits, schedules
from generator.diagnostics.diagnostic import Diagnostic, any_error
from generator.diagnostics.wording import plural, quote
from generator.source.tree import Node
from generator.spec.values import NAME
from generator.validation import rules_scoring, rules_windows
from generator.validation.loading import Loaded
from generator.validation.merging import Entry, Merged

_OUR_TAGS = ("project", "environment", "board", "team", "owner")
_PAGE_KEYS = ("domain", "certificate_arn", "web_acl_arn")


def check(loaded: Loaded) -> list[Diagnostic]:
    """What is wrong although each value by itself is right, and warnings of quotas that a deployment would run into."""
    if loaded.root is None:
        return []
    found: list[Diagnostic] = [*_tags(loaded.root), *_duplicates(loaded), *_names(loaded)]
    for board in loaded.merged:
        for rule in (_team, _snapshot_age, _api, _traffic, _key):
            found.extend(rule(board, loaded))
        found.extend(rules_scoring.check(board))
        found.extend(rules_windows.check(board))
    if not any_error(found) and all(board.spec for board in loaded.merged):
        found.extend(_quotas(loaded))
    return found


def _team(board: Merged, loaded: Loaded) -> Iterator[Diagnostic]:
    teams = loaded.root.get("teams") if loaded.root else None
    team = board.value("team")
    if not teams or not isinstance(teams.value, dict) or teams.partial:
        return
    if isinstance(team, str) and team not in loaded.teams:
        near = loaded.teams.nearest(team)
        if near and not re.fullmatch(NAME, near):  # the team itself is misspelt, which was said
            return
        hint = f'Did you mean "{near}"?' if near else "Add it under `teams:`, with its owner."
        yield board.diagnostic(("team",), "unknown-team", f"there is no team {quote(team)}", hint)


def _snapshot_age(board: Merged, loaded: Loaded) -> Iterator[Diagnostic]:
    steps = ("alarms", "snapshot_age_seconds")
    age, rebuild = board.value(*steps), board.value("rebuild")
    if not isinstance(age, int) or not board.sound("rebuild"):
        return
    gap = schedules.parse(rebuild if isinstance(rebuild, str) else "rate(1 minute)").longest_gap_seconds
    if age <= gap:
        message = f"two rebuilds are up to {gap:,} seconds apart, so an alarm at {age:,} fires while all is well"
        yield board.diagnostic(steps, "snapshot-age", message, f"Write more than {gap}, or rebuild more often.")


def _api(board: Merged, loaded: Loaded) -> Iterator[Diagnostic]:
    if not board.sound("api", "access"):
        return
    principals = board.at("api", "principals")
    if board.value("api", "access") == "iam":
        if board.sound("api") and (principals is None or not principals.sequence()):
            hint = "Write the ARNs of the roles that may read the board, or `access: public`."
            yield board.diagnostic(("api", "principals"), "principals", "is missing with `access: iam`", hint)
        for key in _PAGE_KEYS:
            if board.at("api", key):
                message = "a board with `access: iam` has no page and no distribution"
                yield board.diagnostic(
                    ("api", key), "access", message, "Delete this key, or write `access: public`.", True
                )
        return
    if principals and principals.sequence():
        message = "anyone may read a board with `access: public`"
        hint = "Delete this key, or write `access: iam`."
        yield board.diagnostic(("api", "principals"), "principals", message, hint, True)
    for given, wanted in (("domain", "certificate_arn"), ("certificate_arn", "domain")):
        if board.value("api", given) is not None and board.value("api", wanted) is None and board.sound("api"):
            message = f"{given} goes with {wanted}, which is missing"
            yield board.diagnostic(("api", given), "domain", message, f"Write both, or delete {given}.", True)


def _traffic(board: Merged, loaded: Loaded) -> Iterator[Diagnostic]:
    rates = ("traffic", "activities_per_second")
    average, peak = board.value(*rates, "average"), board.value(*rates, "peak")
    players = board.value("traffic", "players")
    most = limits.MAX_PROCESSORS * limits.PROCESSED_PER_SECOND
    if isinstance(peak, int) and peak > most:
        message = (
            f"{peak:,} activities a second, {limits.PROCESSED_PER_SECOND} by each processor, "
            f"take {limits.processors(peak):,} processors at once, and AWS allows {limits.MAX_PROCESSORS:,}"
        )
        yield board.diagnostic((*rates, "peak"), "peak", message, f"Write at most {most}, or split the board.")
    elif isinstance(peak, int) and isinstance(average, int) and average > peak:
        message = f"the average of {average:,} is over the peak of {peak:,}"
        yield board.diagnostic(
            (*rates, "average"), "average", message, f"Write an average of at most {peak}, or a higher peak."
        )
    # A rebuild reads every day of a rolling window.
    read = [board.value("window", index, "days") for index, _ in board.items("window")]
    rolls = any(isinstance(days, int) for days in read)
    windows = max(1, sum(days if isinstance(days, int) else 1 for days in read))
    if isinstance(players, int) and players > limits.most_players(windows):
        message = (
            f"{players:,} players in {plural(windows, 'window')}{', each day of a rolling one counted' * rolls}, "
            f"{limits.REBUILT_PER_SECOND:,} ranked a second, "
            f"take {-(-players * windows // limits.REBUILT_PER_SECOND):,} seconds to rebuild, "
            f"and a function runs {limits.MAX_SECONDS} at most"
        )
        hint = f"Write at most {limits.most_players(windows)}, or split the board."
        yield board.diagnostic(("traffic", "players"), "players", message, hint)


def _key(board: Merged, loaded: Loaded) -> Iterator[Diagnostic]:
    arn = board.value("kms_key_arn")
    region = _region(board, loaded)
    if isinstance(arn, str) and region and arn.split(":")[3] != region:
        message = f"this key is in {arn.split(':')[3]}, the board is in {region}"
        yield board.diagnostic(("kms_key_arn",), "kms-key", message, "Name a key of the board's region.")


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


def _duplicates(loaded: Loaded) -> Iterator[Diagnostic]:
    first: dict[str, Node] = {}
    for entry in loaded.entries:
        node = entry.node.get("name")
        if node is None or (name := entry.name) is None:
            continue
        if name in first:
            other = first[name]
            message = f"a second board is called {quote(name)}, the first is at {other.file}:{other.line}"
            yield node.diagnostic("duplicate-board", message, "Give it a name of its own.")
        first.setdefault(name, node)


def _names(loaded: Loaded) -> Iterator[Diagnostic]:
    """Names in AWS: not too long, and none of two boards."""
    project = loaded.root.get("project") if loaded.root else None
    if loaded.project is None or project is None:
        return
    taken: dict[str, Merged] = {}
    longest: dict[Entry, str] = {}
    told: set[Entry] = set()
    for board in loaded.merged:
        name = board.value("name")
        if not isinstance(name, str):
            continue
        prefix = "-".join(part for part in (loaded.project.project, board.environment, name) if part)
        longest[board.entry] = max(prefix, longest.get(board.entry, ""), key=len)
        reserved = prefix.startswith(limits.RESERVED_PREFIXES)
        if reserved and board.entry not in told:
            told.add(board.entry)
            message = f"S3 keeps bucket names such as {prefix}-... for itself"
            hint = f"Change `project`: names may not begin with {', '.join(limits.RESERVED_PREFIXES)}."
            yield board.diagnostic(("name",), "reserved-name", message, hint)
        other = taken.setdefault(prefix, board)
        if other.entry.name != name and _same_account(board, other, loaded):
            here, there = (f"{quote(str(each.entry.name))} in {each.environment}" for each in (board, other))
            message = f"{here} and {there} would have the same names in AWS, {prefix}-activities and so on"
            yield board.diagnostic(("name",), "collision", message, "Rename one of the boards or environments.")
    for entry, prefix in longest.items():
        too_many = len(prefix) - limits.PREFIX_LENGTH
        node = entry.node.get("name")
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
    for board in loaded.merged:
        account = _account(board, loaded) or ""
        for region in ("", _region(board, loaded)):
            boards[account, region][board.value("api", "access") == "iam"] += 1
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


def _account(board: Merged, loaded: Loaded) -> str | None:
    if board.environment is None or loaded.project is None:
        return None
    return loaded.project.environments[board.environment].account_id


def _region(board: Merged, loaded: Loaded) -> str:
    if loaded.project is None:
        return ""
    own = loaded.project.environments[board.environment].region if board.environment else None
    return own or loaded.project.region


def _same_account(board: Merged, other: Merged, loaded: Loaded) -> bool:
    """Whether two boards may be in one account: they are not only where both say so."""
    one, two = _account(board, loaded), _account(other, loaded)
    return one is None or two is None or one == two
