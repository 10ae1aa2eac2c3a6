"""Owner and tags are on everything that has tags: `default_tags` reach it, and nothing overrides them unseen."""

from __future__ import annotations

import re

from tests.support.bundles import bundle_of, everything
from tests.terraform.stand_in.schema import read_aws

UNTAGGABLE = {
    "aws_cloudfront_function",
    "aws_cloudfront_origin_access_control",
    "aws_cloudwatch_dashboard",
    "aws_cloudwatch_event_target",
    "aws_iam_role_policy",
    "aws_kms_alias",
    "aws_lambda_function_event_invoke_config",
    "aws_lambda_function_url",
    "aws_lambda_layer_version",
    "aws_lambda_permission",
    "aws_s3_bucket_lifecycle_configuration",
    "aws_s3_bucket_ownership_controls",
    "aws_s3_bucket_policy",
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
    "aws_scheduler_schedule",
    "aws_sns_topic_policy",
    "aws_sns_topic_subscription",
    "aws_sqs_queue_policy",
    "aws_sqs_queue_redrive_allow_policy",
    "time_sleep",
}
"""Types that have no tags, as the provider's schema says: parts of something that has, and what AWS does not tag."""

OVERRIDING = {"aws_s3_object"}
"""Types whose resources leave the tags out: an object takes 10 only, and its bucket has them (Amazon S3 user guide,
"Categorizing your objects using tags")."""


def test_every_resource_that_can_have_tags_has_them() -> None:
    schema = read_aws()["resources"]
    texts = {path: data.decode() for path, data in everything().files.items() if path.endswith(".tf")}
    found = {kind for text in texts.values() for kind in re.findall(r'^resource "(\w+)"', text, re.MULTILINE)}
    assert {
        kind for kind in found if "tags_all" not in schema.get(kind, {"attributes": {}})["attributes"]
    } == UNTAGGABLE
    for path, text in texts.items():
        for kind, body in re.findall(r'^resource "(\w+)" "\w+" \{\n(.*?)^\}', text, re.MULTILINE | re.DOTALL):
            assert ("default_tags" in body) is (kind in OVERRIDING), (path, kind)
            assert not re.search(r"^  tags(_all)? *=", body, re.MULTILINE), (path, kind)


def test_default_tags_have_the_owner_the_team_and_what_is_enforced() -> None:
    for board in everything().boards:
        main = bundle_of(board)["terraform/main.tf"].decode()
        [block] = re.findall(r"  default_tags \{\n    tags = \{\n(.*?)\n    \}", main, re.DOTALL)
        tags = dict(re.findall(r'"?([^" =]+)"? += "(.*)"', block))
        assert tags == board.tags
        assert {"project", "board", "team", "owner"} <= tags.keys()
    assert any("data_class" in board.tags for board in everything().boards), "which an environment enforces"
