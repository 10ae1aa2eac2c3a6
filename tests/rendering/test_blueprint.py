"""What a reviewer would look for in the Terraform of every bundle, and in the templates behind it."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

import hcl2
import jinja2
import pytest
from jinja2 import nodes

from generator.board.board import Board
from tests.support.bundles import everything, generated
from tests.support.hcl import split_blocks
from tests.support.paths import GOLDEN, REPOSITORY

FUNCTIONS = ("api", "processor", "rebuilder", "simulator")
KEY_POLICY = "key"
"""The only policy document whose statements may allow every action on every resource: the key's own."""
Blocks = dict[str, dict[str, Any]]

BUNDLES = sorted({path.partition("/terraform/")[0] for path in everything().files if "/terraform/" in path})


def plain(value: Any) -> Any:
    """The tree of python-hcl2 without the quotes around texts and without its own keys."""
    if isinstance(value, dict):
        return {plain(key): plain(inner) for key, inner in value.items() if not str(key).startswith("__")}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    return value[1:-1] if isinstance(value, str) and value.startswith('"') and value.endswith('"') else value


@cache
def loaded(piece: str) -> dict[str, Any]:
    """What python-hcl2 reads in a piece of a file."""
    tree: dict[str, Any] = plain(hcl2.loads(piece))
    return tree


@cache
def blocks(bundle: str, kind: str) -> Blocks:
    """The blocks of a bundle by `type.name`. `kind` is `resource` or `data`."""
    found: Blocks = {}
    for path, data in everything().files.items():
        if path.startswith(f"{bundle}/terraform/"):
            for block in chain.from_iterable(loaded(piece).get(kind, []) for piece in split_blocks(data.decode())):
                for type_, named in block.items():
                    for name, body in named.items():
                        assert f"{type_}.{name}" not in found
                        found[f"{type_}.{name}"] = body
    return found


def statements(bundle: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every policy statement of a bundle, with the name of its document."""
    for address, body in blocks(bundle, "data").items():
        if address.startswith("aws_iam_policy_document."):
            for statement in body["statement"]:
                yield address.partition(".")[2], statement


def text(bundle: str) -> str:
    return b"\n".join(
        data for path, data in everything().files.items() if path.startswith(f"{bundle}/terraform/")
    ).decode()


@pytest.mark.parametrize("bundle", BUNDLES)
def test_allows_just_what_is_needed(bundle: str) -> None:
    allowed = [(name, each) for name, each in statements(bundle) if each.get("effect") != "Deny"]
    assert len(allowed) > 20
    for name, statement in allowed:
        if name == KEY_POLICY:
            # A service may use the key only for this account.
            if statement["principals"][0]["type"] == "Service":
                assert statement["condition"], statement["sid"]
            continue
        assert not [action for action in statement["actions"] if "*" in action], (name, statement)
        assert "*" not in statement.get("resources", []), (name, statement)
        for principal in statement.get("principals", []):
            assert principal["identifiers"] != ["*"]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_each_role_has_one_user_and_its_own_policy(bundle: str) -> None:
    resources = blocks(bundle, "resource")
    roles = {address.partition(".")[2] for address in resources if address.startswith("aws_iam_role.")}
    functions = {address.partition(".")[2] for address in resources if address.startswith("aws_lambda_function.")}
    assert roles == functions | {"pipe", "schedule"}
    for name in functions:
        assert resources[f"aws_lambda_function.{name}"]["role"] == f"${{aws_iam_role.{name}.arn}}"
        assert resources[f"aws_lambda_function.{name}"]["handler"] == f"runtime.{name}.handler"
        assert f"aws_cloudwatch_log_group.{name}" in resources
        policy = resources[f"aws_iam_role_policy.{name}"]["policy"]
        assert policy == f"${{data.aws_iam_policy_document.{name}.json}}"


@pytest.mark.parametrize("function", FUNCTIONS)
def test_function_has_the_settings_that_its_code_reads(function: str) -> None:
    """A function is given exactly the environment variables that its code reads by `aws.setting`."""
    tree = ast.parse((REPOSITORY / "runtime" / f"{function}.py").read_text(encoding="utf-8"))
    read = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "setting"
        and isinstance(node.args[0], ast.Constant)
    }
    assert read
    body = blocks("every-feature/prod/nebula/arena", "resource")[f"aws_lambda_function.{function}"]
    given = set(body["environment"][0]["variables"])
    powertools = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}
    assert given - powertools == read - powertools


@pytest.mark.parametrize("bundle", BUNDLES)
def test_nothing_is_unused(bundle: str) -> None:
    """Every data source is used, and so is every origin access control, topic and role."""
    whole = text(bundle)
    for address in blocks(bundle, "data"):
        assert f"data.{address}." in whole, address
    for address in blocks(bundle, "resource"):
        if address.startswith(("aws_cloudfront_origin_access_control.", "aws_sns_topic.", "aws_iam_role.")):
            assert len(re.findall(rf"\b{re.escape(address)}\.", whole)) > 0, address


@pytest.mark.parametrize("bundle", BUNDLES)
def test_all_that_keeps_data_is_encrypted_with_one_key(bundle: str) -> None:
    resources = blocks(bundle, "resource")
    keys = set()
    for address, body in resources.items():
        kind = address.partition(".")[0]
        if kind in ("aws_sqs_queue", "aws_sns_topic"):
            keys.add(body["kms_master_key_id"])
        elif kind in ("aws_cloudwatch_log_group", "aws_s3_object"):
            keys.add(body["kms_key_id"])
        elif kind == "aws_lambda_function":
            keys.add(body["kms_key_arn"])
        elif kind == "aws_dynamodb_table":
            keys.add(body["server_side_encryption"][0]["kms_key_arn"])
    assert len(keys) == 1
    own = "${aws_kms_key.board.arn}"
    assert ("aws_kms_key.board" in resources) == (keys == {own} or own in previous_keys(bundle))


def previous_keys(bundle: str) -> list[str]:
    """The keys under which data may still lie, as the processor may decrypt with them."""
    [each] = [each for name, each in statements(bundle) if (name, each.get("sid")) == ("processor", DECRYPT)]
    return list(each["resources"][1:])


DECRYPT = "DecryptThroughServices"


@pytest.mark.parametrize("bundle", BUNDLES)
def test_who_may_decrypt_may_decrypt_by_the_previous_keys_too(bundle: str) -> None:
    users = {name: each["resources"] for name, each in statements(bundle) if each.get("sid") == DECRYPT}
    assert users.keys() >= {"api", "pipe", "processor", "producer", "rebuilder", "schedule"}
    for name, keys in users.items():
        assert keys[1:] == previous_keys(bundle), name


def test_a_private_board_has_no_public_way_in() -> None:
    bundle = "every-feature/prod/quasar/partners"
    assert not [path for path in everything().files if path.startswith(f"{bundle}/dashboard/")]
    assert "cloudfront" not in text(bundle)
    resources = blocks(bundle, "resource")
    permissions = [body for address, body in resources.items() if address.startswith("aws_lambda_permission.")]
    readers = {"arn:aws:iam::222222222222:role/reader", "arn:aws:iam::333333333333:role/partner"}
    for body in permissions:
        assert set(re.findall(r"arn:[^\"]+", body["for_each"])) == readers
        assert body["principal"] == "${each.key}"
    assert [body["action"] for body in permissions] == ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]
    # Other accounts are told the same two actions on the same function, in Terraform and in the README.
    reader = [statement for name, statement in statements(bundle) if name == "reader"]
    assert [statement["actions"] for statement in reader] == [[body["action"]] for body in permissions]
    assert {statement["resources"][0] for statement in reader} == {"${aws_lambda_function.api.arn}"}
    readme = everything().files[f"{bundle}/README.md"].decode()
    shown = json.loads(readme.partition("```json\n")[2].partition("```")[0])["Statement"]
    conditions = {
        statement["actions"][0]: {
            each["test"]: {each["variable"]: each["values"][0]} for each in statement["condition"]
        }
        for statement in reader
    }
    assert {each["Action"]: each["Condition"] for each in shown} == conditions
    name = resources["aws_lambda_function.api"]["function_name"]
    assert {each["Resource"] for each in shown} == {f"arn:aws:lambda:us-east-1:222222222222:function:{name}"}


@pytest.mark.parametrize("bundle", BUNDLES)
def test_cloudfront_caches_by_every_parameter_and_by_origin_only_where_others_may_read(bundle: str) -> None:
    resources = blocks(bundle, "resource")
    distribution = resources.get("aws_cloudfront_distribution.board")
    if distribution is None:
        return
    [behavior] = distribution["ordered_cache_behavior"]
    [forwarded] = behavior["forwarded_values"]
    assert forwarded["query_string"] is True
    # An empty list: one that is left out stays as it was, for the provider computes it where nothing is said.
    assert forwarded["query_string_cache_keys"] == []
    assert behavior["cached_methods"] == behavior["allowed_methods"]
    if "cors" in resources["aws_lambda_function_url.api"]:
        asked = ["Access-Control-Request-Headers", "Access-Control-Request-Method", "Origin"]
        assert (behavior["allowed_methods"], forwarded["headers"]) == (["GET", "HEAD", "OPTIONS"], asked)
        assert behavior["default_ttl"] > 0  # otherwise no preflight is cached, because it has no Cache-Control
    else:
        assert (behavior["allowed_methods"], behavior["default_ttl"]) == (["GET", "HEAD"], 0)
        assert "headers" not in forwarded


@pytest.mark.parametrize("bundle", BUNDLES)
def test_function_url_is_never_open(bundle: str) -> None:
    resources = blocks(bundle, "resource")
    assert resources["aws_lambda_function_url.api"]["authorization_type"] == "AWS_IAM"
    for address, body in resources.items():
        if address.startswith("aws_lambda_permission.") and body["principal"] == "cloudfront.amazonaws.com":
            assert body["source_arn"] == "${aws_cloudfront_distribution.board.arn}"


def test_pipe_filters_what_the_board_says() -> None:
    """The Terraform, which local mode reads, has the same event pattern as the Board, which the rules read."""
    case = generated(GOLDEN / "every-feature")
    pattern = blocks("every-feature/prod/nebula/arena", "resource")["aws_pipes_pipe.activities"]["source_parameters"][
        0
    ]["filter_criteria"][0]["filter"][0]["pattern"]
    written = re.sub(
        r'("?[\w-]+"?) = ', lambda match: f'"{match[1].strip(chr(34))}": ', pattern[len("${jsonencode(") : -2]
    )
    assert json.loads(written) == case.boards[0].filter


@pytest.mark.parametrize("bundle", BUNDLES)
def test_pipe_is_made_when_aws_knows_its_stream_and_its_role(bundle: str) -> None:
    """terraform-provider-aws#40572: a pipe that is made at once is refused, and 90 seconds were too few."""
    resources = blocks(bundle, "resource")
    wait = resources["time_sleep.pipe_source"]
    assert int(wait["create_duration"].removesuffix("s")) > 90
    assert set(wait["depends_on"]) == {
        "${aws_iam_role_policy.pipe}",
        "${aws_sqs_queue_policy.activities}",
        "${aws_sqs_queue_policy.pipe_dead_letters}",
    }
    # A new stream is waited for again.
    pipe = resources["aws_pipes_pipe.activities"]
    assert wait["triggers"] == {"stream": pipe["source"]}
    assert pipe["depends_on"] == ["${time_sleep.pipe_source}"]
    assert pipe["source_parameters"][0]["dynamodb_stream_parameters"][0]["starting_position"] == "TRIM_HORIZON"


@pytest.mark.parametrize("bundle", BUNDLES)
def test_the_watch_begins_when_a_heartbeat_can_arrive(bundle: str) -> None:
    """The pipe comes up minutes after the rest. On a new board, a heartbeat that waited for it would be late."""
    watch = blocks(bundle, "resource")["aws_scheduler_schedule.watch"]
    for address in ("aws_lambda_event_source_mapping.processor", "aws_pipes_pipe.activities"):
        assert f"${{{address}}}" in watch["depends_on"]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_pipe_logs_its_errors_and_no_activities(bundle: str) -> None:
    [logs] = blocks(bundle, "resource")["aws_pipes_pipe.activities"]["log_configuration"]
    assert logs == {
        "level": "ERROR",
        "cloudwatch_logs_log_destination": [{"log_group_arn": "${aws_cloudwatch_log_group.pipe.arn}"}],
    }


@pytest.mark.parametrize("bundle", BUNDLES)
def test_key_serves_every_log_group(bundle: str) -> None:
    """CloudWatch Logs may use the board's own key for the log groups of the bundle, all of them."""
    statement = next((each for _, each in statements(bundle) if each.get("sid") == "LogGroupsOfThisBoard"), None)
    if statement is None:
        assert "aws_kms_key.board" not in blocks(bundle, "resource")
        return
    [condition] = statement["condition"]
    allowed = [arn.partition(":log-group:")[2] for arn in condition["values"]]
    for address, body in blocks(bundle, "resource").items():
        if address.startswith("aws_cloudwatch_log_group."):
            assert any(fnmatchcase(body["name"], pattern) for pattern in allowed), address


HOLDS_DATA = (
    "aws_cloudfront_distribution",
    "aws_dynamodb_table",
    "aws_kms_key",
    "aws_s3_bucket",
    "aws_sqs_queue",
)
"""Types of resources that cannot be made again as they were: what they hold, or the name they have, would be lost."""


@pytest.mark.parametrize("board", everything().boards, ids=lambda board: board.names.prefix)
def test_nothing_of_a_protected_board_is_destroyed(board: Board) -> None:
    """Terraform refuses the whole plan. AWS alone would refuse to delete the tables, after all else is gone."""
    [bundle] = [each for each in BUNDLES if each.endswith(f"/{board.folder}") or each == board.folder]
    for address, body in blocks(bundle, "resource").items():
        prevented = body.get("lifecycle", [{}])[0].get("prevent_destroy", False)
        assert prevented is (board.protect and address.partition(".")[0] in HOLDS_DATA), address


@pytest.mark.parametrize("bundle", BUNDLES)
def test_settings_of_the_bucket_are_made_one_by_one(bundle: str) -> None:
    """terraform-provider-aws#33478: S3 refuses two changes of one bucket at the same time."""
    after = {
        address: body.get("depends_on", ["${aws_s3_bucket.board}"])
        for address, body in blocks(bundle, "resource").items()
        if address.startswith("aws_s3_bucket_")
    }
    order, next_ = [], {each[0][2:-1]: address for address, each in after.items()}
    here = "aws_s3_bucket.board"
    while here in next_:
        here = next_[here]
        order.append(here)
    assert sorted(order) == sorted(after)


@pytest.mark.parametrize("bundle", BUNDLES)
def test_functions_make_no_log_groups(bundle: str) -> None:
    """A late invocation would make a group anew that a destroy has removed (terraform-provider-aws#29247)."""
    for _, statement in statements(bundle):
        assert "logs:CreateLogGroup" not in statement["actions"]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_services_take_a_role_for_this_board_only(bundle: str) -> None:
    """The confused deputy: whoever makes a pipe in another account, or another one in this, gets no role."""
    [trust] = [each for name, each in statements(bundle) if name == "pipe_assume"]
    tests = {each["variable"]: each["values"] for each in trust["condition"]}
    assert tests["aws:SourceAccount"] == ["${data.aws_caller_identity.current.account_id}"]
    [source] = tests["aws:SourceArn"]
    name = blocks(bundle, "resource")["aws_pipes_pipe.activities"]["name"]
    assert source.startswith("arn:aws:pipes:")
    assert source.endswith(f":pipe/{name}")


@pytest.mark.parametrize("board", everything().boards, ids=lambda board: board.names.prefix)
def test_a_key_that_left_the_bundle_is_kept_by_aws(board: Board) -> None:
    """`prevent_destroy` goes away together with the resource that it protects."""
    [bundle] = [each for each in BUNDLES if each.endswith(f"/{board.folder}") or each == board.folder]
    kept = "removed {\n  from = aws_kms_key.board\n\n  lifecycle {\n    destroy = false\n  }\n}\n"
    assert (kept in text(bundle)) is (board.protect and "aws_kms_key.board" not in blocks(bundle, "resource"))


@pytest.mark.parametrize("bundle", BUNDLES)
def test_only_the_board_itself_pays_for_its_history(bundle: str) -> None:
    """Activities and marks pass. A stream that nothing reads is off."""
    tables = {
        address.partition(".")[2]: body
        for address, body in blocks(bundle, "resource").items()
        if address.startswith("aws_dynamodb_table.")
    }
    recovery = {name: body["point_in_time_recovery"][0]["enabled"] for name, body in tables.items()}
    assert recovery == {"activities": False, "aggregates": True, "marks": False}
    assert {name for name, body in tables.items() if body.get("stream_enabled")} == {"activities"}


@pytest.mark.parametrize("bundle", BUNDLES)
def test_a_dead_letter_outlives_its_queue(bundle: str) -> None:
    """A dead letter keeps the time at which it was first sent, so it needs more time than the queue before it has."""
    resources = blocks(bundle, "resource")
    for body in [body for address, body in resources.items() if address.startswith("aws_sqs_queue.")]:
        if "redrive_policy" in body:
            [behind] = re.findall(r"(aws_sqs_queue\.\w+)\.arn", body["redrive_policy"])
            assert resources[behind]["message_retention_seconds"] >= 2 * body["message_retention_seconds"]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_functions_never_lose_their_layer(bundle: str) -> None:
    layer = blocks(bundle, "resource")["aws_lambda_layer_version.dependencies"]
    assert layer["lifecycle"] == [{"create_before_destroy": True}]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_providers_are_pinned(bundle: str) -> None:
    [terraform] = [
        each
        for path, data in everything().files.items()
        if path == f"{bundle}/terraform/main.tf"
        for each in loaded(split_blocks(data.decode())[0])["terraform"]
    ]
    providers = terraform["required_providers"][0]
    used = {address.partition("_")[0] for address in blocks(bundle, "resource")}
    assert set(providers) == used
    for each in providers.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", each["version"])


@pytest.mark.parametrize("bundle", BUNDLES)
def test_page_objects_are_the_page(bundle: str) -> None:
    folder = f"{bundle}/dashboard/"
    page = {path.removeprefix(folder) for path in everything().files if path.startswith(folder)}
    objects = {
        name
        for address, body in blocks(bundle, "resource").items()
        if address.startswith("aws_s3_object.")
        for name in plain(body["for_each"])
    }
    assert objects == page
    assert not page or "index.html" in page


def test_templates_compute_nothing() -> None:
    """Numbers are decided in generator/board; a template only places them."""
    folder = REPOSITORY / "blueprints" / "standard"
    computing = (nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow)
    templates = sorted(folder.rglob("*.j2"))
    assert templates
    for path in templates:
        tree = jinja2.Environment().parse(path.read_text(encoding="utf-8"))
        assert not list(tree.find_all(computing)), path


def test_blueprint_has_no_file_that_is_left_out() -> None:
    """Every template is rendered in some bundle."""
    folder = REPOSITORY / "blueprints" / "standard"
    names = {
        path.relative_to(folder).as_posix().removesuffix(".j2")
        for path in folder.rglob("*")
        if path.is_file() and not any(part[0] in "._" for part in path.relative_to(folder).parts)
    }
    bundled = {
        path.removeprefix(f"{bundle}/")
        for bundle in BUNDLES
        for path in everything().files
        if path.startswith(f"{bundle}/")
    }
    assert names <= bundled
    assert Path(folder / "terraform" / "main.tf.j2").is_file()
