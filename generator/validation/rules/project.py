"""Rules across the boards of a project: tags, states, names in AWS. Checks each board's rules, too.

A rule looks at the merged tree, not at the models, so that it is checked even if some other value is wrong. It says
nothing if a value that it looks at is wrong already.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from generator.aws import limits
from generator.aws.regions import REGIONS
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import join_words, plural, quote
from generator.source.nodes import Node
from generator.spec.project import MAX_TEAM_TAGS, OUR_TAGS, Project
from generator.spec.values import BOARD_NAME
from generator.validation.feeds import WrittenFeed, check_feeds
from generator.validation.loading import Loaded
from generator.validation.merging import MergedBoard, WrittenBoard
from generator.validation.rules.board import check_board
from generator.validation.rules.teams.enforced import check_enforced, check_enforced_feeds, check_enforced_tags
from generator.validation.rules.teams.files import check_files
from generator.validation.rules.teams.limits import check_limits


def check_project(loaded: Loaded) -> Iterator[Diagnostic]:
    """Check the rules of the project, then those of each board."""
    if loaded.root is None:
        return
    yield from _check_tags(loaded.root)
    yield from check_enforced_tags(loaded.root)
    yield from check_files(loaded.team_files)
    yield from check_limits(loaded)
    yield from _check_state_keys(loaded.root)
    yield from _check_board_names(loaded.written)
    yield from check_feeds(loaded)
    yield from check_enforced_feeds(loaded)
    yield from _check_aws_names(loaded)
    yield from _check_domains(loaded.boards)
    for board in loaded.boards:
        yield from check_board(board, loaded)
        yield from check_enforced(board, loaded)


def _check_tags(root: Node) -> Iterator[Diagnostic]:
    """Check that a team sets no tag that is ours or that AWS reserves, no two that differ only in case, and not more
    than AWS takes."""
    holders = [root.get("teams"), root.get("environments")]
    nodes = [each for holder in holders if holder for each in holder.mapping().values()]
    enforced = [layer for each in (root, *nodes) if (layer := each.get("enforce"))]
    for tags in (tags for each in (*nodes, *enforced) if (tags := each.get("tags"))):
        yield from _check_tag_number(tags)
        seen: dict[str, str] = dict.fromkeys(OUR_TAGS, "")
        for key, node in tags.mapping().items():
            if key.lower().startswith("aws:"):
                yield node.diagnostic("tag", "keys that begin with aws: are AWS's own", "Use another key.", at_key=True)
            if (node.text() or "").lower().startswith("aws:"):
                yield node.diagnostic("tag", "values that begin with aws: are AWS's own", "Use another value.")
            if key.lower() in seen:
                other = seen[key.lower()]
                message = (
                    f"differs from {quote(other)} only in case" if other else f"the tag {key.lower()} is set for you"
                )
                hint = "AWS treats both as one key. Keep one." if other else "Delete it, or use another key."
                yield node.diagnostic("tag", message, hint, at_key=True)
            seen.setdefault(key.lower(), key)


def _check_tag_number(tags: Node) -> Iterator[Diagnostic]:
    """Check that a team's tags and ours are not more than AWS takes."""
    number, ours = len(tags.mapping()), len(OUR_TAGS)
    if number > MAX_TEAM_TAGS:
        message = (
            f"{number} tags and the {ours} that every board has ({join_words(OUR_TAGS, 'and')}) are {number + ours}, "
            f"and AWS takes {limits.MAX_TAGS} on a resource"
        )
        yield tags.diagnostic("tag", message, f"Leave out {plural(number - MAX_TEAM_TAGS, 'tag')}.", at_key=True)


def _check_state_keys(root: Node) -> Iterator[Diagnostic]:
    """Check that the KMS key of each state is in the region of its bucket."""
    environments = root.get("environments")
    for environment in environments.mapping().values() if environments else ():
        backend = environment.get("backend")
        s3 = backend.get("s3") if backend else None
        key, region = (s3.get("kms_key_id"), s3.get("region")) if s3 else (None, None)
        there = region.text() if region else None
        arn = re.match("arn:aws:kms:([a-z0-9-]{1,32}):", key.text() or "") if key else None
        if key and arn and there in REGIONS and arn[1] != there:
            message = f"this key is in {arn[1]}, the bucket is in {there}"
            yield key.diagnostic("kms-key", message, "Name a key of the bucket's region.")


def _check_board_names(boards: Iterable[WrittenBoard]) -> Iterator[Diagnostic]:
    """Check that no two boards have the same name."""
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


def _check_aws_names(loaded: Loaded) -> Iterator[Diagnostic]:
    """Check that no name in AWS is reserved or too long, and that no two boards share one."""
    if loaded.project is None:
        return
    prefixes = {
        board: loaded.project.name_prefix(board.environment, name)
        for board in loaded.boards
        if (name := board["name"].text)
    }
    yield from _check_reserved(prefixes)
    yield from _check_collisions(prefixes, loaded)
    yield from _check_lengths(prefixes)
    yield from _check_feed_names(prefixes, loaded, loaded.project)


def _check_reserved(prefixes: Mapping[MergedBoard, str]) -> Iterator[Diagnostic]:
    """Check that no bucket's name begins with a prefix that AWS reserves."""
    seen: set[WrittenBoard] = set()  # a board is in several environments, and is reported once
    for board, prefix in prefixes.items():
        if prefix.startswith(limits.RESERVED_PREFIXES) and board.written not in seen:
            seen.add(board.written)
            message = f"bucket names such as {prefix}-... are reserved by S3"
            hint = f"Change `project`: names may not begin with {', '.join(limits.RESERVED_PREFIXES)}."
            yield board["name"].diagnostic("reserved-name", message, hint)


def _check_collisions(prefixes: Mapping[MergedBoard, str], loaded: Loaded) -> Iterator[Diagnostic]:
    """Check that no two boards of one account would have the same names in AWS."""
    taken: dict[str, MergedBoard] = {}
    for board, prefix in prefixes.items():
        other = taken.setdefault(prefix, board)
        if board["name"].text != other["name"].text and _may_share_account(board, other, loaded):
            here, there = (f"{quote(str(each['name'].text))} in {each.environment}" for each in (board, other))
            message = f"{here} and {there} would have the same names in AWS, {prefix}-activities and so on"
            yield board["name"].diagnostic("collision", message, "Rename one of the boards or environments.")


def _check_lengths(prefixes: Mapping[MergedBoard, str]) -> Iterator[Diagnostic]:
    """Check that no name in AWS is too long."""
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


def _check_feed_names(prefixes: Mapping[MergedBoard, str], loaded: Loaded, project: Project) -> Iterator[Diagnostic]:
    """Check that no feed has the name in AWS of a board or of another feed, and that none is too long."""
    taken = {prefix: f"the board {quote(str(board['name'].text))}" for board, prefix in prefixes.items()}
    wrong: set[WrittenFeed] = set()  # a feed is in several environments, and is reported once
    for environment in project.environments or (None,):
        for feed in loaded.feeds:
            if feed.name is None or not re.match(BOARD_NAME, feed.name) or feed in wrong:
                continue
            prefix = project.name_prefix(environment, f"feed-{feed.name}")
            other = taken.setdefault(prefix, f"the feed {quote(feed.name)}")
            too_many = len(prefix) - limits.PREFIX_LENGTH
            if other != f"the feed {quote(feed.name)}":
                wrong.add(feed)
                message = f"{other} and this feed would have the same names in AWS, {prefix}-activities and so on"
                yield feed.at("name").diagnostic("collision", message, "Rename one of the two.")
            elif too_many > 0:
                wrong.add(feed)
                message = f"{prefix} has {len(prefix)} characters, and {limits.PREFIX_LENGTH} fit into names in AWS"
                hint = f"Shorten feed, environment or project by {plural(too_many, 'character')}."
                yield feed.at("name").diagnostic("name-length", message, hint)


def _check_domains(boards: Iterable[MergedBoard]) -> Iterator[Diagnostic]:
    """Check that no two distributions would have the same domain. CloudFront refuses the second, in whatever account
    (CloudFront developer guide, "Move an alternate domain name": CNAMEAlreadyExists)."""
    first: dict[str, MergedBoard] = {}
    for board in boards:
        place = board["api"]["domain"]
        domain = place.text if board["api"]["access"].effective == "public" else None
        if domain is None:
            continue
        other = first.setdefault(domain, board)
        if other is board:
            continue
        name = other["name"].text or ""
        where = f" in {other.environment}" if other.environment else ""
        message = (
            f"{quote(domain)} is the domain of {quote(name)}{where} already, and a domain leads to one distribution"
        )
        hint = "Write one of its own."
        if other.written is board.written:
            hint = f"Write one of its own below `environments.{board.environment}.boards.{name}.api`."
        yield place.diagnostic("domain", message, hint)


def _may_share_account(board: MergedBoard, other: MergedBoard, loaded: Loaded) -> bool:
    """Whether two boards may be in one account: always, unless their environments name different accounts."""
    one, two = loaded.account_id(board), loaded.account_id(other)
    return one is None or two is None or one == two
