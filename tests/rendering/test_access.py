"""Who may do what by the Terraform of every bundle: roles, ways in, and the keys of what is encrypted."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase

import pytest

from generator.board.board import Board
from tests.rendering.terraform_blocks import BUNDLES, OWN, blocks, statements, text
from tests.support.bundles import everything

KEY_POLICY = "key"
"""The only policy document whose statements may allow every action on every resource: the key's own."""
FOR_EVERYTHING = {"cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "lambda:GetAccountSettings"}
"""What can be allowed for everything only. CloudWatch API reference, "DescribeAlarms": with a narrower scope it tells
nothing of composite alarms. Service authorization reference, "Amazon CloudWatch" and "AWS Lambda": metrics and an
account's settings are no resources."""


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
        if set(statement["actions"]) - FOR_EVERYTHING:
            assert "*" not in statement.get("resources", []), (name, statement)
        for principal in statement.get("principals", []):
            assert principal["identifiers"] != ["*"]


@pytest.mark.parametrize("bundle", BUNDLES)
def test_each_role_has_one_user_and_its_own_policy(bundle: str) -> None:
    resources = blocks(bundle, "resource")
    roles = {address.partition(".")[2] for address in resources if address.startswith("aws_iam_role.")}
    functions = {address.partition(".")[2] for address in resources if address.startswith("aws_lambda_function.")}
    machines = {address.partition(".")[2] for address in resources if address.startswith("aws_sfn_state_machine.")}
    assert roles == functions | {"schedule"} | machines | ({"pipe"} if bundle in OWN else set())
    for name in functions:
        assert resources[f"aws_lambda_function.{name}"]["role"] == f"${{aws_iam_role.{name}.arn}}"
        assert resources[f"aws_lambda_function.{name}"]["handler"] == f"runtime.{name}.handler"
        assert f"aws_cloudwatch_log_group.{name}" in resources
        policy = resources[f"aws_iam_role_policy.{name}"]["policy"]
        assert policy == f"${{data.aws_iam_policy_document.{name}.json}}"


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


FEEDS_KEY = "${data.aws_dynamodb_table.feed.server_side_encryption[0].kms_key_arn}"
DECRYPT = "DecryptThroughServices"


@pytest.mark.parametrize("bundle", BUNDLES)
def test_who_may_decrypt_may_decrypt_by_the_previous_keys_too(bundle: str) -> None:
    users = {name: each["resources"] for name, each in statements(bundle) if each.get("sid") == DECRYPT}
    assert users.keys() >= {"api", "operator", "processor", "rebuilder", "schedule"}
    if bundle in OWN:
        assert users.keys() >= {"pipe", "producer"}
    for name, keys in users.items():
        assert keys[1:] == previous_keys(bundle), name
    # Only who writes into the feed's table, or reads its activities again, may decrypt by the feed's key.
    writers = {
        "rebuilder",
        "operator",
        "operator_players",
        "replay",
        *(name for name, each in statements(bundle) if name == "simulator"),
    }
    by_feed = {name: each["resources"] for name, each in statements(bundle) if each.get("sid") == "DecryptInTheFeed"}
    assert by_feed == ({} if bundle in OWN else {name: [FEEDS_KEY] for name in writers})


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
def test_function_url_is_never_open(bundle: str) -> None:
    resources = blocks(bundle, "resource")
    assert resources["aws_lambda_function_url.api"]["authorization_type"] == "AWS_IAM"
    for address, body in resources.items():
        if address.startswith("aws_lambda_permission.") and body["principal"] == "cloudfront.amazonaws.com":
            assert body["source_arn"] == "${aws_cloudfront_distribution.board.arn}"


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


@pytest.mark.parametrize("bundle", BUNDLES)
def test_functions_make_no_log_groups(bundle: str) -> None:
    """A late invocation would make a group anew that a destroy has removed (terraform-provider-aws#29247)."""
    for _, statement in statements(bundle):
        assert "logs:CreateLogGroup" not in statement["actions"]


@pytest.mark.parametrize("bundle", OWN)
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
