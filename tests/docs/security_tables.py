"""Makes the tables of docs/security.md from the Terraform of a board of each kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from generator.diagnostics.wording import join_words
from generator.pipeline import generate
from tests.support.bundles import everything
from tests.support.projects import board_yaml, project_yaml
from tests.terraform.judging.documents import find_planned_documents
from tests.terraform.judging.plan import Plan, read_module
from tests.terraform.permissions.boards import BOARDS, make_board
from tests.terraform.permissions.grants import Grant, read_grants

ROLES = {
    "processor": "Lambda, for the processor",
    "rebuilder": "Lambda, for the rebuilder",
    "assembler": "Lambda, for the assembler, on boards that have assemblies",
    "assembly": "Step Functions, for the state machine of those boards",
    "api": "Lambda, for the API",
    "simulator": "Lambda, for the simulator, on boards that have one",
    "pipe": "EventBridge Pipes, for this board's pipe",
    "schedule": "EventBridge Scheduler, for schedules of this account",
    "producer": "a policy that you attach to the role of your game servers",
    "operator": "a policy that you attach to the role of whoever is on call",
    "operator_players": "a policy that you attach to the role of whoever decides about players",
    "backfill": "a policy that you attach to a role for as long as it loads the past; not on boards of a feed",
    "replay": "a policy that you attach to the role of whoever replays a window",
}
"""Who has each role, in the order of the table."""

REGION = "eu-central-1"
Row = tuple[str, ...]


def make_roles_table() -> str:
    """What each role may do, on boards of every kind."""
    by_board = [{role: set(_word_grants(plan, own)) for role, own in read_grants(plan).items()} for plan in _plans()]
    rows: list[Row] = []
    for role in ROLES:
        boards = [grants[role] for grants in by_board if role in grants]
        always = set.intersection(*boards)
        for grant in sorted(set.union(*boards)):
            rows.append((f"`{role}`", *grant, "all" if grant in always else "some"))
    assert {role for grants in by_board for role in grants} == set(ROLES)
    whos = "\n".join(f"- `{role}`: {who}." for role, who in ROLES.items())
    return f"{whos}\n\n" + _make_table(("role", "may", "on", "condition", "boards"), _merge(rows))


def make_doors_table() -> str:
    """What the policies of the resources themselves let others do."""
    resources: dict[Row, set[str]] = {}
    for plan in _plans():
        for resource, *rest in (*_word_policies(plan), *_word_permissions(plan)):
            resources.setdefault(tuple(rest), set()).add(resource)
    rows = sorted((", ".join(sorted(names)), *rest) for rest, names in resources.items())
    return _make_table(("resource", "who", "may", "condition"), rows)


def make_skips_table() -> str:
    """Every check of checkov that a resource of a bundle skips, with the reason that stands beside it."""
    found: dict[tuple[str, str], set[str]] = {}
    for path, data in everything().files.items():
        if path.endswith(".tf"):
            for check, reason, address in find_skips(data.decode("utf-8")):
                found.setdefault((check, reason), set()).add(address)
    rows = [(f"`{check}`", _list_code(where), reason) for (check, reason), where in sorted(found.items())]
    return _make_table(("check", "where", "why it does not hold here"), rows)


def make_feeds_table() -> str:
    """What a feed's own bundle lets whom do, and what boards on a feed have that no other board has."""
    rows: list[Row] = []
    known = {
        (role, *row) for plan in _plans() for role, own in read_grants(plan).items() for row in _word_grants(plan, own)
    }
    doors = {row for plan in _plans() for row in _word_policies(plan)}
    for bundle, plan in zip(("a feed", "a board on it"), _plan_feed(), strict=True):
        granted = [(f"`{role}`", *row) for role, own in read_grants(plan).items() for row in _word_grants(plan, own)]
        opened = [(who, may, resource, condition) for resource, who, may, condition in _word_policies(plan)]
        if bundle != "a feed":
            granted = [row for row in granted if (row[0].strip("`"), *row[1:]) not in known]
            opened = [row for row in opened if (row[2], row[0], row[1], row[3]) not in doors]
        merged = _merge(sorted(set(granted)))
        for row in (*merged, *sorted(set(opened))):
            words = [re.sub("th(e|is) board's", "the feed's", cell) if bundle == "a feed" else cell for cell in row]
            rows.append((bundle, *words))
    return _make_table(("bundle of", "who", "may", "on", "condition"), rows)


def find_skips(text: str) -> Iterator[tuple[str, str, str]]:
    """Every skip in a file of Terraform: the check, the reason, and the address of the resource."""
    address = ""
    for line in text.splitlines():
        if match := re.match(r'(resource|data) "(\w+)" "(\w+)" \{', line):
            address = f"{'data.' if match[1] == 'data' else ''}{match[2]}.{match[3]}"
        elif match := re.match(r"\s*#\s*checkov:skip=(\w+):(.*)", line):
            yield match[1], match[2].strip(), address


def _plans() -> list[Plan]:
    return [read_module(make_board(kind)[1]) for kind in BOARDS]


def _plan_feed() -> list[Plan]:
    """A feed, and a board on it."""
    feeds = "feeds:\n  - {name: matches, team: nebula, types: [kill]}\n"
    text = project_yaml(board_yaml(feed="matches", simulator="true")) + feeds
    generated = generate({"leaderboards.yaml": text.encode()})
    bundles = (f"{each.folder}/" for each in generated.bundles)
    return [
        read_module(
            {path.removeprefix(start): data for path, data in generated.files.items() if path.startswith(start)}
        )
        for start in bundles
    ]


def _word_grants(plan: Plan, grants: Iterable[Grant]) -> Iterator[Row]:
    """Each grant as action, resource and condition, in words that hold on any board."""
    for grant in grants:
        conditions = " and ".join(
            _word_condition(plan, key, values, refused="Not" in operator) for operator, key, values in grant.conditions
        )
        yield grant.action, _word_resource(plan, grant.resource), conditions


def _merge(rows: Iterable[Row]) -> list[Row]:
    """Rows that differ only in the action become one."""
    merged: dict[tuple[str, ...], list[str]] = {}
    for role, action, *rest in rows:
        merged.setdefault((role, *rest), []).append(action)
    return [(role, _list_code(actions), *rest) for (role, *rest), actions in merged.items()]


def _word_policies(plan: Plan) -> Iterator[Row]:
    for address, policy in find_planned_documents(plan):
        if policy.kind in ("identity", "trust"):
            continue
        resource = _word_address(address.rsplit(".", 1)[0])
        for statement in policy.statements:
            principal = statement["Principal"]
            who = "everybody" if principal == "*" else ", ".join(_word_principal(principal))
            denied = "**not** " if statement["Effect"] == "Deny" else ""
            conditions = " and ".join(
                _word_condition(plan, key, tuple(values))
                for keys in statement.get("Condition", {}).values()
                for key, values in keys.items()
            )
            yield resource, who, denied + _list_code(statement["Action"]), conditions


def _word_permissions(plan: Plan) -> Iterator[Row]:
    for permission in plan.of("aws_lambda_permission"):
        source = "for this board's distribution" if permission["source_arn"] else ""
        principal = str(permission["principal"])
        who = f"`{principal}`" if principal.endswith(".amazonaws.com") else "each of `api.principals`"
        through = "through the function URL" if permission["invoked_via_function_url"] else ""
        condition = " and ".join(filter(None, (source, through)))
        yield "the API function", who, f"`{permission['action']}`", condition


def _word_principal(principal: dict[str, str | list[str]]) -> Iterator[str]:
    for values in principal.values():
        for value in [values] if isinstance(values, str) else values:
            yield (
                "the account, by its IAM policies"
                if value.endswith(":root")
                else f"`{value.replace(REGION, 'REGION')}`"
            )


def _word_resource(plan: Plan, resource: str) -> str:
    """A resource by what it is, without the names of the account and the board."""
    for each in plan.resources:
        if each.address.startswith("aws_cloudwatch_event_target."):
            continue  # its ARN is that of the queue
        arn, words = each["arn"], each.address
        if resource == each["stream_arn"]:
            return f"the stream of {_word_address(words)}"
        if arn and resource in (arn, f"{arn}:*"):
            return _word_address(words)
        if arn and resource.startswith(f"{arn}/"):
            return f"`{resource.removeprefix(f'{arn}/')}` in {_word_address(words)}"
    if ":execution:" in resource:
        return "executions of the state machine"
    if ":event-bus/default" in resource:
        return "the default event bus"
    if resource.endswith(":table/arcade-feed-matches-activities"):
        return "the feed's table"
    if resource.endswith(":arcade-feed-matches-pipe-dead-letters"):
        return "the feed's queue `pipe_dead_letters`"
    if ":kms:" in resource:
        return "the feed's key" if ":key/of-" in resource else "the board's key"
    return "everything in the account" if resource == "*" else resource


def _word_address(address: str) -> str:
    """The address of a resource in words: aws_sqs_queue.pipe_dead_letters -> the queue `pipe_dead_letters`."""
    kind, _, name = address.partition(".")
    alone = {
        "aws_s3_bucket": "the bucket",
        "aws_s3_bucket_policy": "the bucket",
        "aws_kms_key": "the board's key",
        "aws_pipes_pipe": "the pipe",
        "aws_sfn_state_machine": "the state machine",
        "aws_sns_topic_policy": "the topic of the alarms",
    }
    kinds = {
        "aws_dynamodb_table": "the table",
        "aws_sqs_queue": "the queue",
        "aws_sqs_queue_policy": "the queue",
        "aws_lambda_function": "the function",
        "aws_cloudwatch_event_bus": "the bus",
        "aws_cloudwatch_log_group": "the log of",
        "aws_cloudfront_distribution": "the distribution",
    }
    return alone.get(kind) or f"{kinds[kind]} `{name}`"


def _word_condition(plan: Plan, key: str, values: tuple[str, ...], refused: bool = False) -> str:
    if key == "kms:ViaService":
        names = {"dynamodb": "DynamoDB", "s3": "S3", "sqs": "SQS"}
        return "through " + ", ".join(names[value.split(".")[0]] for value in values)
    words = {
        "aws:SecureTransport": "without TLS",
        "aws:SourceAccount": "for this account",
        "events:source": "with the board's name as source",
        "dynamodb:LeadingKeys": f"{'no ' * refused}{_word_keys(values)}",
        "s3:prefix": "where a prefix is given: below `snapshots/`",
        "kms:EncryptionContext:aws:lambda:FunctionArn": "the function's own settings",
        "kms:EncryptionContext:aws:logs:arn": "the board's log groups",
    }
    if key == "aws:SourceArn":
        return "for " + ", ".join(dict.fromkeys(_word_source(plan, value) for value in values))
    return words[key]


def _word_keys(values: tuple[str, ...]) -> str:
    words = {
        "#*": "items of the board itself",
        "#audit": "deeds of the audit",
        "#changes": "when a score changed last",
        "#corrections": "corrections",
        "#grants": "grants of backfills",
        "#identity": "meaning of the numbers",
        "#players": "decisions about players",
        "#windows": "windows",
    }
    return join_words([*dict.fromkeys(words.get(value, "probes and heartbeats") for value in values)])


def _word_source(plan: Plan, arn: str) -> str:
    if arn.endswith(":distribution/*"):
        return "distributions of this account"
    if ":stateMachine:" in arn:
        return "this board's state machine"
    if ":alarm:" in arn:
        return "this board's alarms"
    if ":rule/" in arn:
        return "its rules on the feed's bus" if arn.endswith("*") else "its rule on the feed's bus"
    return {"cloudfront": "this board's distribution"}.get(arn.split(":")[2], arn)


def _list_code(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in sorted(names))


def _make_table(head: Row, rows: Iterable[Row]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cell or " " for cell in line) + " |" for line in lines)


TABLES = {"roles": make_roles_table, "doors": make_doors_table, "skips": make_skips_table, "feeds": make_feeds_table}
"""The tables of the page by the names of their markers."""


def fill_tables(page: str) -> str:
    """A page with each table made anew: it stands between `<!-- NAME: ... -->` and `<!-- end -->`."""
    for name, make in TABLES.items():
        pattern = rf"(<!-- {name}: [^\n]*-->\n).*?(<!-- end -->)"
        match = re.search(pattern, page, re.DOTALL)
        assert match, f"the page has no place for the table {name}"
        page = f"{page[: match.end(1)]}\n{make()}\n\n{page[match.start(2) :]}"
    return page
