"""What a reviewer would look for in the Terraform of every bundle, and in the templates behind it."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from generator.board.board import Board
from generator.rendering.page_files import list_modules
from tests.rendering.terraform_blocks import ALL, BUNDLES, OWN, blocks, loaded, plain, text
from tests.support.bundles import everything, generated
from tests.support.hcl import split_blocks
from tests.support.paths import GOLDEN, REPOSITORY

FUNCTIONS = ("api", "assembler", "processor", "rebuilder", "simulator")


OPENED = {"rebuilder": ("dynamodb/streaming/table_stream.py",)}
"""The modules that read settings for a function, beside its handler's."""


@pytest.mark.parametrize("function", FUNCTIONS)
def test_function_has_the_settings_that_its_code_reads(function: str) -> None:
    """A function is given exactly the environment variables that its code reads by `aws.setting`."""
    modules = [f"{function}.py", *OPENED.get(function, ())]
    trees = [ast.parse((REPOSITORY / "runtime" / module).read_text(encoding="utf-8")) for module in modules]
    read = {
        node.args[0].value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "setting"
        and isinstance(node.args[0], ast.Constant)
    }
    assert read
    if function == "rebuilder":
        read.discard(
            "ASSEMBLY_ARN"
        )  # only of a board whose windows are assembled: see tests/terraform/test_mistakes.py
    bundle = "large-board/solo/steps" if function == "assembler" else "every-feature/prod/nebula/arena"
    body = blocks(bundle, "resource")[f"aws_lambda_function.{function}"]
    given = set(body["environment"][0]["variables"])
    powertools = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE"}
    assert given - powertools == read - powertools


@pytest.mark.parametrize("bundle", ALL)
def test_nothing_is_unused(bundle: str) -> None:
    """Every data source is used, and so is every origin access control, topic and role."""
    whole = text(bundle)
    for address in blocks(bundle, "data"):
        assert re.search(rf"\bdata\.{re.escape(address)}\b", whole), address
    for address in blocks(bundle, "resource"):
        if address.startswith(("aws_cloudfront_origin_access_control.", "aws_sns_topic.", "aws_iam_role.")):
            assert len(re.findall(rf"\b{re.escape(address)}\.", whole)) > 0, address


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


@pytest.mark.parametrize("bundle", OWN)
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
    way = "aws_pipes_pipe.activities" if bundle in OWN else "aws_cloudwatch_event_target.activities"
    for address in ("aws_lambda_event_source_mapping.processor", way):
        assert f"${{{address}}}" in watch["depends_on"]


@pytest.mark.parametrize("bundle", OWN)
def test_pipe_logs_its_errors_and_no_activities(bundle: str) -> None:
    [logs] = blocks(bundle, "resource")["aws_pipes_pipe.activities"]["log_configuration"]
    assert logs == {
        "level": "ERROR",
        "cloudwatch_logs_log_destination": [{"log_group_arn": "${aws_cloudwatch_log_group.pipe.arn}"}],
    }


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


@pytest.mark.parametrize("bundle", OWN)
def test_only_the_board_itself_pays_for_its_history(bundle: str) -> None:
    """Activities and marks pass. A stream that nothing reads is off: the pipe reads one, the rebuilder the other."""
    tables = {
        address.partition(".")[2]: body
        for address, body in blocks(bundle, "resource").items()
        if address.startswith("aws_dynamodb_table.")
    }
    recovery = {name: body["point_in_time_recovery"][0]["enabled"] for name, body in tables.items()}
    assert recovery == {"activities": False, "aggregates": True, "marks": False}
    views = {name: body["stream_view_type"] for name, body in tables.items() if body.get("stream_enabled")}
    assert views == {"activities": "NEW_IMAGE", "aggregates": "NEW_AND_OLD_IMAGES"}


@pytest.mark.parametrize("bundle", ALL)
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


@pytest.mark.parametrize("bundle", ALL)
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
    """Every template is rendered in some bundle; modules of the page are in its one script."""
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
    modules = {path.relative_to(folder).as_posix() for path in list_modules(folder / "dashboard" / "app.js")[:-1]}
    assert names - modules <= bundled
    assert not modules & bundled
    assert Path(folder / "terraform" / "main.tf.j2").is_file()
