"""The most unusual values that `validate` takes make bundles against which AWS has as little as against a plain one."""

from __future__ import annotations

import pytest

from generator.pipeline import validate
from tests.support.bundles import bundle_of
from tests.support.projects import board_yaml, boards_of, project_yaml
from tests.terraform.judging import judge_plan, read_module

KEY = "arn:aws:kms:eu-central-1:111111111111:key/mrk-0d7c3f529a1e4b868f256c2b7e9d4a10"
UUID = "12345678-1234-1234-1234-123456789012"
TEAM = """{
  owner: Neb.ula+on=call_1-2@Example.co.uk,
  notify: ["mailto:o'brien!#$%&*+/=?^_`{|}~@x-y.example.com", "https://203.0.113.5/x", "https://example.com?x=1",
           "https://user:p%40ss@Hooks.Example.com:8443/a?b=c&d=${e}#f"],
  tags: {"a.b:c/d=e+f@g-h": "x y  z", Data: "=+@-/:._", LONG: "LONGEST"}}""".replace("LONGEST", "v" * 256)
APIS = {
    "iam": """{access: iam, cors_origins: ["https://localhost", "https://127.0.0.1:65535", "https://xn--bcher-kva.example:1"],
      principals: ["arn:aws:iam::111111111111:root", "arn:aws:iam::333333333333:user/a/b//c/Bob@x+y=z,1.2",
        "arn:aws:iam::222222222222:role/aws-reserved/sso.amazonaws.com/eu-central-1/AWSReservedSSO_Admin_0123456789abcdef"]}""",
    "public": f"""{{domain: scores.xn--p1ai, certificate_arn: "arn:aws:acm:us-east-1:111111111111:certificate/{UUID}",
      web_acl_arn: "arn:aws:wafv2:us-east-1:111111111111:global/webacl/{"a_b-C" * 25}/{UUID}"}}""",
}
TITLE = '"می\\u200cخواهم ❤\\ufe0f 👩\\u200d🚀 \\u3164x ${a} %{b}"'


def extreme(access: str) -> str:
    """A project with one board, of the most unusual values."""
    name = "b" + "-" * 30 + "d"
    text = project_yaml(board_yaml(name, api=APIS[access], title=TITLE, kms_key_arn=f'"{KEY}"'))
    lines = text.splitlines(keepends=True)
    return "".join(f"  nebula: {TEAM}\n" if line.startswith("  nebula:") else line for line in lines)


@pytest.mark.parametrize("access", APIS)
def test_aws_takes_what_we_take(access: str) -> None:
    (plain,) = boards_of(project_yaml(board_yaml(api=APIS[access])))
    assert validate({"leaderboards.yaml": extreme(access).encode()}).diagnostics == ()
    (board,) = boards_of(extreme(access))
    assert judge_plan(read_module(bundle_of(board))) == judge_plan(read_module(bundle_of(plain)))
