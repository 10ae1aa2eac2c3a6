"""Rules across the keys of a board: its team, schedule, access and accounts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.aws import limits
from generator.aws.schedules import parse_schedule
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import plural, quote
from generator.spec.values import NAME
from generator.validation.feeds import check_feed_of
from generator.validation.field_place import FieldPlace, find_repeated
from generator.validation.loading import Loaded
from generator.validation.merging import MergedBoard
from generator.validation.rules.bounds import check_bounds
from generator.validation.rules.keys import check_keys
from generator.validation.rules.logos import check_logo
from generator.validation.rules.scoring import check_scoring
from generator.validation.rules.scoring_facts import ScoringFacts
from generator.validation.rules.segments import check_segments
from generator.validation.rules.traffic import check_traffic
from generator.validation.rules.windows import check_windows

_PAGE_KEYS = ("domain", "certificate_arn", "web_acl_arn")
"""Keys of `api` that only a board with a page may have."""


def check_board(board: MergedBoard, loaded: Loaded) -> Iterator[Diagnostic]:
    """Check the rules of one board."""
    yield from _check_team(board["team"], loaded)
    yield from _check_last_year(board["rebuild"])
    yield from _check_access(board["api"])
    yield from check_repeated(board["api"]["cors_origins"])
    yield from _check_index(board, loaded)
    yield from check_repeated(board["dashboard"]["embed_in"])
    yield from _check_domain(board["api"])
    yield from check_keys(board, loaded.region(board))
    yield from check_repeated(board["kms_previous_keys"])
    yield from check_logo(board, loaded.files)
    yield from _check_accounts(board, loaded.account_id(board))
    facts = ScoringFacts(board)
    yield from check_traffic(facts)
    yield from check_scoring(facts)
    yield from check_bounds(facts)
    yield from check_windows(board)
    yield from check_segments(board)
    yield from check_feed_of(board, loaded)


def _check_team(team: FieldPlace, loaded: Loaded) -> Iterator[Diagnostic]:
    """Check that the board's team exists."""
    teams = loaded.root.get("teams") if loaded.root else None
    name = team.text
    if name is None or not teams or not isinstance(teams.value, dict) or teams.partial:
        return
    if name not in loaded.teams:
        near = loaded.teams.nearest(name)
        if near and not re.fullmatch(NAME, near):  # the team's own name is wrong, which is reported there
            return
        hint = f'Did you mean "{near}"?' if near else "Add it under `teams:`, with its owner."
        yield team.diagnostic("unknown-team", f"there is no team {quote(name)}", hint)


def _check_last_year(rebuild: FieldPlace) -> Iterator[Diagnostic]:
    """Warn of a schedule that names a last year: after that year the board is not rebuilt."""
    year = parse_schedule(rebuild.text).last_year if rebuild.text else None
    if year is not None:
        message = f"has its last rebuild in {year}: ranks stay as they are from then on"
        yield rebuild.warning("schedule-end", message, "Write * for the year, if the board goes on.")


def _check_access(api: FieldPlace) -> Iterator[Diagnostic]:
    """Check that `principals` are given only with `access: iam`, and the keys of a page only with `access: public`."""
    access, principals = api["access"].effective, api["principals"]
    some = principals.given and principals.node.sequence()
    if access == "public" and some:
        message = "anyone may read a board with `access: public`"
        hint = "Delete this key, or write `access: iam`."
        yield principals.diagnostic("principals", message, hint, at_key=True)
    if access != "iam":
        return
    if api.sound and not some:
        place = api["access"]
        other = "" if place.exists and "enforce" in place.node.steps else ", or `access: public`"
        hint = f"Write the ARNs of the roles that may read the board{other}."
        yield principals.diagnostic("principals", "is missing with `access: iam`", hint)
    yield from check_repeated(principals)
    yield from _check_policy(principals)
    for key in _PAGE_KEYS:
        if api[key].given:
            message = "a board with `access: iam` has no page and no distribution"
            hint = "Delete this key, or write `access: public`."
            yield api[key].diagnostic("access", message, hint, at_key=True)


def _check_policy(principals: FieldPlace) -> Iterator[Diagnostic]:
    """Check that the principals fit into the policy of the API's function."""
    arns = [item.text for item in principals.items() if item.text]
    size = limits.policy_bytes(arns)
    message = ""
    if size > limits.POLICY_BYTES:
        message = (
            f"{plural(len(arns), 'principal')} take up to {size:,} bytes in the policy of the API's function: 2 "
            f"statements each, of {limits.STATEMENT_BYTES} bytes and the ARN. AWS takes {limits.POLICY_BYTES:,}"
        )
    elif len(arns) > limits.MAX_PRINCIPALS:
        message = (
            f"{plural(len(arns), 'principal')} are more than the {limits.MAX_PRINCIPALS} that surely fit into the "
            f"policy of the API's function: 2 statements each, {limits.POLICY_BYTES:,} bytes in all"
        )
    if message:
        hint = "Name an account, as arn:aws:iam::111111111111:root: its own policies then say which roles may read."
        yield principals.diagnostic("principals", message, hint, at_key=True)


def _check_index(board: MergedBoard, loaded: Loaded) -> Iterator[Diagnostic]:
    """Check that the site that lists all boards fits among those that may read this one."""
    index = loaded.project.find_index(board.environment) if loaded.project else None
    origins = board["api"]["cors_origins"]
    named = [place.text for place in origins.items()]
    if index and len(named) == limits.MAX_ORIGINS and index.origin not in named and _is_public(board["api"]):
        message = (
            f"with {index.origin} of `index` they are {limits.MAX_ORIGINS + 1}, and AWS takes {limits.MAX_ORIGINS}"
        )
        yield origins.diagnostic("cors-origins", message, "Leave one out.")


def _is_public(api: FieldPlace) -> bool:
    return bool(api["access"].effective == "public")


def _check_domain(api: FieldPlace) -> Iterator[Diagnostic]:
    """Check that a board with a page has a domain and its certificate, or neither."""
    if api["access"].effective != "public" or not api.sound:
        return
    for given, wanted in (("domain", "certificate_arn"), ("certificate_arn", "domain")):
        if api[given].exists and not api[wanted].exists:
            message = f"{given} goes with {wanted}, which is missing"
            yield api[given].diagnostic("domain", message, f"Write both, or delete {given}.", at_key=True)


def _check_accounts(board: MergedBoard, account: str | None) -> Iterator[Diagnostic]:
    """Check that certificate and web ACL are in the account of the board's distribution, and warn of a KMS key that is
    in another account. `account`: the board's; None if it is not known."""
    if account is None:
        return
    override = f"environments.{board.environment}.boards.{board['name'].text}"
    for key, what in (("certificate_arn", "certificate"), ("web_acl_arn", "web ACL")):
        place = board["api"][key]
        if (other := _account_of(place)) not in (None, account):
            message = f"this {what} is in account {other}, the board's distribution is in {account}"
            yield place.diagnostic("account", message, f"Name one of account {account}, or do so below `{override}`.")
    for key_place in (board["kms_key_arn"], *board["kms_previous_keys"].items()):
        if (other := _account_of(key_place)) not in (None, account):
            message = f"this key is in account {other}, the board is in {account}"
            hint = f"Let account {account} use it in its key policy, or name a key of that account."
            yield key_place.warning("account", message, hint)


def _account_of(place: FieldPlace) -> str | None:
    """The account in the ARN at a place; None if there is no ARN."""
    return place.text.split(":")[4] if place.text and place.text.startswith("arn:") else None


def check_repeated(items: FieldPlace) -> Iterator[Diagnostic]:
    """Check that no text stands twice in a list."""
    for item in find_repeated(items.items()):
        yield item.diagnostic("twice", f"{quote(item.text or '', 100)} is here twice", "Keep one.")
