"""Terraform files are read: values, references, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.errors import TerraformError
from generator.rendering.escaping import to_hcl as encode
from generator.terraform import hcl

KNOWN: dict[tuple[str, ...], Any] = {
    ("aws_sqs_queue", "jobs"): {"arn": "arn:jobs", "tags": {"a b": 1}, "list": [{"x": 7}]},
    ("data", "aws_caller_identity", "me"): {"account_id": "123"},
    ("path", "module"): "terraform",
}


def evaluate(expression: str) -> Any:
    """The value of an expression among what is KNOWN."""
    [block] = hcl.parse_hcl(f"thing {{\n  it = {expression}\n}}\n", "a.tf")
    functions: dict[str, hcl.Function] = {"jsonencode": str, "pair": lambda a, b: [a, b], "none": lambda: None}
    return hcl.Evaluator(KNOWN.__getitem__, functions).evaluate(block.attributes["it"])


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("12", 12),
        ("-1", -1),
        ("1.5", 1.5),
        ("true", True),
        ("null", None),
        ('"a\\"b\\n\\u00e9\\\\"', 'a"b\né\\'),
        ('"$${x} %%{y} $ % $$ %%"', "${x} %{y} $ % $$ %%"),
        ('"$${"', "${"),
        ('"$$${"', "$${"),
        ("[1, [], {}]", [1, [], {}]),
        ('{ a = 1, "b c" : 2 }', {"a": 1, "b c": 2}),
        ("aws_sqs_queue.jobs.arn", "arn:jobs"),
        ('"${aws_sqs_queue.jobs.arn}/*"', "arn:jobs/*"),
        ('"${path.module}/../x"', "terraform/../x"),
        ("data.aws_caller_identity.me.account_id", "123"),
        ('aws_sqs_queue.jobs.tags["a b"]', 1),
        ("aws_sqs_queue.jobs.list[0].x", 7),
        ('pair("a", [true])', ["a", [True]]),
        ("none()", None),
        ('"${data.aws_caller_identity.me.account_id}"', "123"),
    ],
)
def test_values(expression: str, value: Any) -> None:
    assert evaluate(expression) == value


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("aws_sqs_queue.other.arn", "nothing is known of aws_sqs_queue.other"),
        ("aws_sqs_queue.jobs.url", "aws_sqs_queue.jobs has no url"),
        ("true ? 1 : 2", "conditional"),
        ("[for x in [1] : x]", "for_tuple_expr"),
        ("!true", "unary_op"),
        ("timestamp()", "function timestamp"),
        ('"a${aws_sqs_queue.jobs.list}"', "cannot stand in a text"),
        ("<<-EOT\n  x\n  EOT\n", "heredoc"),
    ],
)
def test_what_is_not_known_is_refused(expression: str, words: str) -> None:
    with pytest.raises(TerraformError, match=words):
        evaluate(expression)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_every_text_that_the_generator_writes_is_read_back(text: str) -> None:
    noncharacter = any("\ufdd0" <= character <= "\ufdef" for character in text)
    if not noncharacter:
        assert evaluate(encode(text)) == text


def test_two_strings_with_unclosed_escapes_stay_apart() -> None:
    [block] = hcl.parse_hcl('x {\n  a = "$${"\n  b = "}"\n  c = "%%{if"\n}\n', "a.tf")
    assert hcl.Evaluator(KNOWN.__getitem__, {}).evaluate_block(block) == {"a": "${", "b": "}", "c": "%{if"}


def test_blocks_are_lists_and_errors_name_their_place() -> None:
    text = 'resource "a" "b" {\n  x = 1\n  # note\n  y {\n    z = 2\n  }\n  y {\n    z = c.d.e\n  }\n}\n'
    [block] = hcl.parse_hcl(text, "a.tf")
    assert block.address == "a.b"
    with pytest.raises(TerraformError, match=r"a\.tf: .*z: nothing is known of c\.d"):
        hcl.Evaluator(KNOWN.__getitem__, {}).evaluate_block(block)
    known: dict[tuple[str, ...], Any] = {("c", "d"): {"e": 3}}
    evaluator = hcl.Evaluator(known.__getitem__, {})
    assert evaluator.evaluate_block(block) == {"x": 1, "y": [{"z": 2}, {"z": 3}]}


@pytest.mark.parametrize("text", ["a = ", 'resource "x" {', "a {\n b = \ufdd0\n}"])
def test_what_is_no_hcl_is_refused_with_the_file(text: str) -> None:
    with pytest.raises(TerraformError, match=r"a\.tf"):
        hcl.parse_hcl(text, "a.tf")
