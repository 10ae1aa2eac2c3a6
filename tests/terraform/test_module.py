"""A bundle's Terraform is evaluated: order, references, policy documents; and every resource of ours is known."""

from __future__ import annotations

import base64
import hashlib
import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

from generator.board.board import Board
from generator.board.feed import Feed
from generator.errors import LocalError, TerraformError
from generator.local.deploy.resources import LEFT_OUT, NOT_LOCAL, make_resource
from generator.local.deploy.target import Target
from generator.local.local_bundle import generate_local_bundle
from generator.terraform.module import Module, make_policy_document
from tests.support.bundles import bundle_of, everything

MAIN = """
terraform { required_version = "~> 1.11" }
provider "aws" { region = "eu-central-1" }
locals { prefix = "arcade" }
data "aws_caller_identity" "current" {}

resource "aws_sqs_queue" "jobs" {
  name           = "${local.prefix}-jobs"
  redrive_policy = jsonencode({ deadLetterTargetArn = aws_sqs_queue.dead.arn, maxReceiveCount = 5 })
  depends_on     = [aws_iam_role.first]
}

resource "aws_sqs_queue" "dead" {
  name = "arcade-dead-${data.aws_caller_identity.current.account_id}"
}

resource "aws_iam_role" "first" {
  name = "first"
}

resource "aws_s3_object" "page" {
  for_each = { "index.html" = "text/html", "app.js" = "text/javascript" }
  key      = "dashboard/${each.key}"
  type     = each.value
  hash     = filebase64sha256("${path.module}/../dashboard/${each.key}")
}
"""
FILES = {"terraform/main.tf": MAIN.encode(), "dashboard/index.html": b"<p>", "dashboard/app.js": b"1"}


class Created(list[tuple[str, dict[str, Any]]]):
    """The resources that a module created, in order: type and arguments."""

    def create(self, kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Note a resource and give it an ARN."""
        self.append((kind, arguments))
        return {"arn": f"arn:{arguments.get('name')}"}


def make_module(files: dict[str, bytes]) -> tuple[Module, Created]:
    """A module of these files, and what it has created so far."""
    created = Created()
    return Module(files, "000000000000", "eu-central-1", created.create), created


def test_references_make_what_they_need_first_and_only_once() -> None:
    it, created = make_module(FILES)
    for address in it.resources:
        it.resolve(address)
    names = [arguments.get("name") or arguments["key"] for _, arguments in created]
    assert names == [
        "arcade-dead-000000000000",
        "first",
        "arcade-jobs",
        "dashboard/index.html",
        "dashboard/app.js",
    ]
    jobs = it.resolve("aws_sqs_queue.jobs")
    assert jobs["arn"] == "arn:arcade-jobs"
    assert json.loads(jobs["redrive_policy"]) == {
        "deadLetterTargetArn": "arn:arcade-dead-000000000000",
        "maxReceiveCount": 5,
    }
    assert "depends_on" not in jobs
    page = it.resolve("aws_s3_object.page")["index.html"]
    assert page["type"] == "text/html"
    assert page["hash"] == base64.b64encode(hashlib.sha256(b"<p>").digest()).decode()


def test_a_circle_is_reported() -> None:
    text = b'resource "a" "x" {\n  n = a.y.arn\n}\nresource "a" "y" {\n  n = a.x.arn\n}\n'
    it, _ = make_module({"terraform/main.tf": text})
    with pytest.raises(TerraformError, match=r"a\.x > a\.y > a\.x"):
        it.resolve("a.x")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('module "x" {\n  source = "y"\n}\n', "the block `module`"),
        ('resource "a" "x" {\n  n = file("${path.module}/../secret")\n}\n', "no file secret"),
        ('resource "a" "x" {\n  n = var.size\n}\n', "nothing is known of var.size"),
        ('resource "a" "x" {\n  n = replace("a.b", "/[.]/", "-")\n}\n', "a regular expression is not known here"),
    ],
)
def test_what_is_not_known_is_refused(text: str, words: str) -> None:
    with pytest.raises(TerraformError, match=words):
        make_module({"terraform/main.tf": text.encode()})[0].resolve("a.x")


def test_a_text_is_replaced_as_it_stands() -> None:
    text = b'resource "a" "x" {\n  n = replace("$${b} $${B} .", "$${b}", "$${c}.")\n}\n'
    assert make_module({"terraform/main.tf": text})[0].resolve("a.x")["n"] == "${c}. ${B} ."


def test_policy_documents() -> None:
    statement = {
        "sid": "Read",
        "actions": ["s3:GetObject"],
        "resources": ["arn:b/*"],
        "principals": [{"type": "Service", "identifiers": ["a"]}, {"type": "AWS", "identifiers": ["b"]}],
        "condition": [
            {"test": "StringLike", "variable": "s3:prefix", "values": ["x/*"]},
            {"test": "StringLike", "variable": "aws:x", "values": ["y"]},
        ],
    }
    everyone = {"effect": "Deny", "actions": ["*"], "resources": ["*"], "principals": [{"type": "*"}]}
    assert json.loads(make_policy_document({"statement": [statement, everyone]})) == {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Sid": "Read",
                "Action": ["s3:GetObject"],
                "Resource": ["arn:b/*"],
                "Principal": {"Service": ["a"], "AWS": ["b"]},
                "Condition": {"StringLike": {"s3:prefix": ["x/*"], "aws:x": ["y"]}},
            },
            {"Effect": "Deny", "Action": ["*"], "Resource": ["*"], "Principal": "*"},
        ],
    }
    with pytest.raises(TerraformError, match="source_policy_documents"):
        make_policy_document({"source_policy_documents": []})


class Recorder:
    """Stands in for boto3's clients: every operation answers with names."""

    region, account_id = "eu-central-1", "000000000000"
    exceptions = SimpleNamespace(ResourceAlreadyExistsException=ClientError)  # none is ever raised

    def client(self, service: str) -> Recorder:
        """The client of any service."""
        return self

    def __getattr__(self, operation: str) -> Any:
        def call(**arguments: Any) -> Any:
            name = arguments.get("QueueName") or arguments.get("FunctionName") or arguments.get("TableName") or "it"
            return {
                "KeyMetadata": {"Arn": "arn:key", "KeyId": "key"},
                "TableDescription": {"TableArn": f"arn:{name}", "LatestStreamArn": f"arn:{name}/stream"},
                "QueueUrl": f"http://queue/{name}",
                "Role": {"Arn": "arn:role"},
                "Policy": {"Arn": "arn:policy"},
                "LayerVersionArn": "arn:layer",
                "FunctionArn": f"arn:{name}",
                "FunctionUrl": "https://url.lambda/",
                "UUID": "uuid",
                "ScheduleArn": "arn:schedule",
                "TopicArn": "arn:topic",
                "stateMachineArn": "arn:machine",
                "EventBusArn": "arn:bus",
                "RuleArn": "arn:rule",
                "FailedEntryCount": 0,
            }

        return call


@pytest.mark.parametrize("one", everything().bundles, ids=lambda one: one.names.prefix)
def test_every_resource_of_every_bundle_is_made_or_named_as_left_out(one: Board | Feed) -> None:
    aws: Any = Recorder()
    files = bundle_of(one) if isinstance(one, Feed) else generate_local_bundle(one)
    kinds = set()

    def create(kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
        kinds.add(kind)
        return make_resource(Target(aws, it.read_file), kind, arguments)

    it = Module(files, aws.account_id, aws.region, create)
    for address in it.resources:
        if address.split(".")[0] not in NOT_LOCAL:
            it.resolve(address)
    assert ("aws_lambda_function.simulator" in it.resources) is not isinstance(one, Feed)
    assert len(kinds) > (10 if isinstance(one, Feed) else 15)


def test_what_is_not_known_of_a_resource_is_refused() -> None:
    aws: Any = Recorder()
    target = Target(aws, FILES.__getitem__)
    with pytest.raises(LocalError, match="type aws_eks_cluster"):
        make_resource(target, "aws_eks_cluster", {})
    with pytest.raises(LocalError, match="`fifo_queue` of aws_sqs_queue"):
        make_resource(target, "aws_sqs_queue", {"name": "x", "fifo_queue": True})


def test_what_is_left_out_has_a_reason() -> None:
    reasons = [*NOT_LOCAL.values(), *(reason for left in LEFT_OUT.values() for reason in left.values())]
    assert all(len(reason) > 10 for reason in reasons)
    assert not set(NOT_LOCAL) & set(LEFT_OUT)
