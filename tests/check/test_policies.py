"""Each policy finds the one fault that is put into a generated bundle, and nothing else."""

from __future__ import annotations

import io
import re

import pytest

from generator.check.checkov import POLICIES_FOLDER, Scan, scan
from generator.check.findings import POLICIES
from generator.check.terraform_files import Bundle, select_generated
from generator.pipeline import SourcePosition
from generator.progress import Progress
from tests.support.bundles import everything, generated
from tests.support.folders import write_folder
from tests.support.paths import GOLDEN
from tests.support.programs import need

SMALLEST = select_generated(generated(GOLDEN / "smallest").files, "solo/wins")
SHARED = generated(GOLDEN / "shared-feed").files
FEED, ON_FEED = (select_generated(SHARED, bundle) for bundle in ("nebula/feed-matches", "quasar/laps"))
BUNDLES = {"feed-": FEED, "on-feed-": ON_FEED}
"""Which bundle a mutant is made of, by the start of its name; else the smallest one."""
OPEN = '    principals {\n      type        = "AWS"\n      identifiers = ["*"]\n    }\n'
ROLE = 'resource "aws_iam_role" "more" {\n  assume_role_policy = data.aws_iam_policy_document.api.json\n  %s\n}\n'
INLINE = 'resource "aws_iam_policy" "more" {\n  policy = %s\n}\n'
LITERAL = 'resource "aws_ssm_parameter" "more" {\n  description = "%s"\n}\n'


def statement(actions: str, resources: str, more: str = "") -> str:
    return (
        f'data "aws_iam_policy_document" "more" {{\n  statement {{\n    actions = ["{actions}"]\n'
        f'    resources = ["{resources}"]\n{more}  }}\n}}\n'
    )


def inline(action: str, resource: str, principal: str = "") -> str:
    allowed = f'Effect = "Allow", Action = "{action}", Resource = "{resource}"{principal}'
    return f"jsonencode({{ Statement = [{{ {allowed} }}] }})"


AS_TEXT = (
    '"{\\"Statement\\": {\\"Effect\\": \\"Allow\\", \\"Action\\": \\"*\\", \\"Resource\\": \\"arn:aws:s3:::a\\"}}"'
)
LETTERS = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"

WRONG: dict[str, tuple[str, str, str, str]] = {
    # A name for the fault: the policy, the file, a pattern in the file, and its replacement. "$" appends to the file.
    "alarm-gone": (
        "CKV_LB_1",
        "alarms.tf",
        r'(?s)resource "aws_cloudwatch_metric_alarm" "throttles" \{.*?\n\}\n',
        "",
    ),
    "alarm-none-of-it": ("CKV_LB_1", "alarms.tf", r'(?<="throttles" \{\n)', "  count = 0\n"),
    "alarm-out-of-the-rule": ("CKV_LB_1", "alarms.tf", r".*alarm.throttles.alarm_name.*\n", ""),
    "alarm-that-tells-nobody": ("CKV_LB_1", "alarms.tf", r"alarm_actions .*", "alarm_actions = []"),
    "alarm-that-is-off": ("CKV_LB_1", "alarms.tf", r"(?=alarm_actions )", "actions_enabled = false\n  "),
    "recovery-that-tells-nobody": ("CKV_LB_1", "alarms.tf", r"ok_actions .*", "ok_actions = []"),
    "all-alarms-that-are-off": ("CKV_LB_1", "alarms.tf", r"(?=ok_actions )", "actions_enabled = false\n  "),
    "alarms-gone": ("CKV_LB_1", "alarms.tf", r'(?s)resource "aws_cloudwatch_composite_alarm".*', ""),
    "alarm-of-another": ("CKV_LB_1", "alarms.tf", r'"unhealthy"', '"another"'),
    "owner-gone": ("CKV_LB_2", "main.tf", r" owner .*\n", "\n"),
    "owner-empty": ("CKV_LB_2", "main.tf", r" owner .*\n", ' owner = " "\n'),
    "provider-gone": ("CKV_LB_2", "main.tf", r'(?s)provider "aws" \{.*?\n\}\n', ""),
    "second-provider": ("CKV_LB_2", "main.tf", "$", 'provider "aws" {\n  alias = "us"\n}\n'),
    "action": ("CKV_LB_3", "api.tf", r'"s3:GetObject"', '"*"'),
    "action-of-a-service": ("CKV_LB_3", "api.tf", r'"s3:GetObject"', '"s3:*"'),
    "action-by-its-start": ("CKV_LB_3", "api.tf", r'"s3:GetObject"', '"s3:Get*"'),
    "resource": ("CKV_LB_3", "api.tf", r'"\$\{aws_s3_bucket.board.arn\}/snapshots/\*"', '"*"'),
    "resource-of-any-region": ("CKV_LB_3", "api.tf", "$", statement("sqs:SendMessage", "arn:aws:sqs:*:1:queue")),
    "resource-of-cloudwatch": ("CKV_LB_3", "api.tf", "$", statement("cloudwatch:DeleteAlarms", "*")),
    "resource-of-any-name": ("CKV_LB_3", "api.tf", "$", statement("s3:GetObject", "arn:aws:s3:::*")),
    "resource-of-a-type": ("CKV_LB_3", "api.tf", "$", statement("dynamodb:GetItem", "arn:aws:dynamodb:e:1:table/*")),
    "resource-of-any-region-by-a-letter": (
        "CKV_LB_3",
        "api.tf",
        "$",
        statement("sqs:SendMessage", "arn:aws:sqs:eu-west-?:1:queue"),
    ),
    "resource-of-any-account": ("CKV_LB_3", "api.tf", "$", statement("sqs:SendMessage", "arn:aws:sqs:e:?:queue")),
    "resource-of-a-short-arn": ("CKV_LB_3", "api.tf", "$", statement("sqs:SendMessage", "arn:aws:sqs:e*")),
    "resource-of-a-type-in-stars": (
        "CKV_LB_3",
        "api.tf",
        "$",
        statement("dynamodb:GetItem", "arn:aws:dynamodb:e:1:table/**"),
    ),
    "resource-of-a-type-by-a-letter": (
        "CKV_LB_3",
        "api.tf",
        "$",
        statement("lambda:InvokeFunction", "arn:aws:lambda:e:1:function:?*"),
    ),
    "part-of-any-resource": (
        "CKV_LB_3",
        "api.tf",
        "$",
        statement("dynamodb:GetRecords", "arn:aws:dynamodb:eu-central-1:1:table/*/stream/*"),
    ),
    "all-keys": ("CKV_LB_3", "api.tf", "$", statement("kms:Decrypt", "*")),
    "all-but-an-action": ("CKV_LB_3", "api.tf", r'actions   = \["s3:GetObject"\]', 'not_actions = ["s3:PutObject"]'),
    "inline": ("CKV_LB_3", "api.tf", "$", INLINE % inline("*", "arn:aws:s3:::bucket")),
    "inline-resource": ("CKV_LB_3", "api.tf", "$", INLINE % inline("s3:GetObject", "*")),
    "inline-as-text": ("CKV_LB_3", "api.tf", "$", INLINE % AS_TEXT),
    "from-a-file": ("CKV_LB_3", "api.tf", "$", INLINE % 'file("policy.json")'),
    "managed": (
        "CKV_LB_3",
        "api.tf",
        "$",
        ROLE % 'managed_policy_arns = ["arn:aws:iam::aws:policy/AdministratorAccess"]',
    ),
    "managed-by-an-expression": (
        "CKV_LB_3",
        "api.tf",
        "$",
        'resource "aws_iam_role_policy_attachment" "more" {\n  role = aws_iam_role.api.name\n'
        '  policy_arn = join("", ["arn:aws:iam::aws:policy/", "ReadOnlyAccess"])\n}\n',
    ),
    "public-bucket": ("CKV_LB_4", "storage.tf", r"block_public_acls .*", "block_public_acls = false"),
    "public-acl": ("CKV_LB_4", "storage.tf", r"(?=force_destroy)", 'acl = "public-read"\n  '),
    "public-page": ("CKV_LB_4", "storage.tf", r"(?s)    principals \{\s+type\s+= \"Service\".*?\}\n", OPEN),
    "public-queue": ("CKV_LB_4", "queues.tf", "$", statement("sqs:SendMessage", "arn:aws:sqs:e:1:queue", OPEN)),
    "public-in-line": ("CKV_LB_4", "queues.tf", "$", INLINE % inline("sqs:SendMessage", "arn:a", ', Principal = "*"')),
    "public-url": ("CKV_LB_4", "api.tf", r'"AWS_IAM"', '"NONE"'),
    "public-function": ("CKV_LB_4", "distribution.tf", r'principal( +)= "cloudfront.*', r'principal = "*"'),
    "any-distribution": ("CKV_LB_4", "distribution.tf", r" +source_arn .*\n", ""),
    "feed-strays-unheard": ("CKV_LB_1", "alarms.tf", r".*alarm.strays.alarm_name.*\n", ""),
    "feed-alarm-gone": (
        "CKV_LB_1",
        "alarms.tf",
        r'(?s)resource "aws_cloudwatch_metric_alarm" "strays_dead_letters" \{.*?\n\}\n',
        "",
    ),
    "feed-owner-gone": ("CKV_LB_2", "main.tf", r" owner .*\n", "\n"),
    "feed-any-bus": ("CKV_LB_3", "pipeline.tf", r"\[aws_cloudwatch_event_bus.activities.arn\]", '["*"]'),
    "feed-any-action": ("CKV_LB_3", "pipeline.tf", r'"events:PutEvents"', '"events:*"'),
    "feed-open-strays": ("CKV_LB_4", "queues.tf", r"(?s)    principals \{\s+type\s+= \"Service\".*?\}\n", OPEN),
    "feed-logs-for-ever": ("CKV_LB_5", "pipeline.tf", r" +retention_in_days .*\n", ""),
    "on-feed-alarm-gone": (
        "CKV_LB_1",
        "alarms.tf",
        r'(?s)resource "aws_cloudwatch_metric_alarm" "feed_dead_letters" \{.*?\n\}\n',
        "",
    ),
    "on-feed-open-queue": ("CKV_LB_4", "queues.tf", r"(?s)    principals \{\s+type\s+= \"Service\".*?\}\n", OPEN),
    "logs-for-ever": ("CKV_LB_5", "api.tf", r" +retention_in_days .*\n", ""),
    "logs-never-expire": ("CKV_LB_5", "api.tf", r"retention_in_days .*", "retention_in_days = 0"),
    "logs-without-key": ("CKV_LB_5", "api.tf", r"(retention_in_days.*\n) +kms_key_id .*\n", r"\1"),
    "logs-of-lambda": ("CKV_LB_5", "api.tf", r"(?s)  logging_config \{.*?\}\n", ""),
    "logs-gone": ("CKV_LB_5", "api.tf", r'(?s)resource "aws_cloudwatch_log_group" "api" \{.*?\n\}\n', ""),
    "provisioner": (
        "CKV_LB_7",
        "main.tf",
        "$",
        'resource "terraform_data" "x" {\n  provisioner "local-exec" {\n    command = "id"\n  }\n}\n',
    ),
    "external": ("CKV_LB_7", "main.tf", "$", 'data "external" "x" {\n  program = ["id"]\n}\n'),
    "access-key": ("CKV_LB_6", "tables.tf", "$", LITERAL % "AKIAIOSFODNN7EXAMPLE"),
    "secret-key": ("CKV_LB_6", "tables.tf", "$", LITERAL % f"key {LETTERS} of ours"),
    "private-key": ("CKV_LB_6", "tables.tf", "$", LITERAL % "-----BEGIN RSA PRIVATE KEY-----"),
    "slack": ("CKV_LB_6", "tables.tf", "$", LITERAL % "xoxb-0123456789-abcdef"),
    "address": ("CKV_LB_6", "tables.tf", "$", LITERAL % "postgres://admin:hunter2@db/x"),
    "random": ("CKV_LB_6", "tables.tf", "$", LITERAL % "kT3vQ9xLmZ2pR7wNcY5bHs8dFg4jU6aEo1iX"),
    "in-the-environment": ("CKV_LB_6", "api.tf", r"(?=POWERTOOLS_S)", 'DB_PASSWORD = "hunter2"\n      '),
    "in-data": ("CKV_LB_6", "main.tf", "$", 'data "aws_ssm_parameter" "x" {\n  name = "AKIAIOSFODNN7EXAMPLE"\n}\n'),
    "in-the-provider": ("CKV_LB_6", "main.tf", r'(provider "aws" \{\n)', r'\1  token = "hunter2"\n'),
    "in-locals": ("CKV_LB_6", "main.tf", "$", f'locals {{\n  a = "{LETTERS}"\n}}\n'),
    "in-a-variable": ("CKV_LB_6", "main.tf", "$", 'variable "a" {\n  default = "AKIAIOSFODNN7EXAMPLE"\n}\n'),
    "in-an-output": ("CKV_LB_6", "outputs.tf", "$", 'output "a" {\n  value = "AKIAIOSFODNN7EXAMPLE"\n}\n'),
    "in-the-backend": (
        "CKV_LB_6",
        "main.tf",
        r"(terraform \{\n)",
        r'\1  backend "s3" {' + "\n" + r'    access_key = "AKIAIOSFODNN7EXAMPLE"' + "\n  }\n",
    ),
}

RIGHT = {
    "hashes": LITERAL
    % (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 "
        + "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg="
    ),
    "a-long-word": LITERAL % "WeeklyKillsOfTheNebulaTeamSeason2026LeaderboardSnapshots",
    "a-path": LITERAL % "https://example.com/Some/Long/Path/2026/With/Many/Parts/In/It/And/More",
    "a-certificate": LITERAL % "arn:aws:acm:us-east-1:123456789012:certificate/12345678-1234-1234-1234-123456789012",
    "a-password-elsewhere": 'resource "aws_ssm_parameter" "more" {\n  password = aws_ssm_parameter.other.value\n}\n',
    "one-object": statement("s3:GetObject", "arn:aws:s3:::bucket/*"),
    "part-of-one-resource": statement("dynamodb:GetRecords", "arn:aws:dynamodb:e:1:table/scores/stream/*"),
    "denied": statement("*", "*", '    effect = "Deny"\n'),
    "a-subscriber": 'resource "aws_sns_topic_subscription" "more" {\n  endpoint = "https://a.example/'
    + "kT3vQ9xLmZ2pR7wNcY5bHs8dFg4jU6aEo1iX"
    + '"\n}\n',
}


def mutant(name: str, file: str, pattern: str, text: str) -> Bundle:
    """The files of a bundle that the policies look at, with one of them changed. What tells a bundle on a feed, and a
    feed, from others is among them."""
    bundle = next((each for start, each in BUNDLES.items() if name.startswith(start)), SMALLEST)
    names = {"main.tf", "alarms.tf", "api.tf", "bus.tf", "feed.tf", "pipeline.tf" if bundle is FEED else file, file}
    texts = {path.rpartition("/")[2]: data.decode() for path, data in bundle.items()}
    files = {each: text for each, text in sorted(texts.items()) if each in names}
    changed = files[file] + text if pattern == "$" else re.sub(pattern, text, files[file], count=1)
    assert changed != files[file], name
    files[file] = changed
    return Bundle(
        name,
        name,
        SourcePosition("x.yaml", 1, 1),
        {f"{name}/terraform/{path}": data.encode() for path, data in files.items()},
    )


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """Run checkov once over every mutant, and over every generated bundle of the golden cases and the sample."""
    checkov = need("checkov")
    folder = tmp_path_factory.mktemp("build")
    bundles = [mutant(name, *change) for name, (_, *change) in WRONG.items()]
    bundles += [mutant(name, "tables.tf", "$", text) for name, text in RIGHT.items()]
    for path in sorted({path.partition("/terraform/")[0] for path in everything().files if "/terraform/" in path}):
        bundles.append(
            Bundle(
                f"as-it-is/{path}",
                "",
                SourcePosition("x.yaml", 1, 1),
                {f"as-it-is/{file}": data for file, data in select_generated(everything().files, path).items()},
            )
        )
    for bundle in bundles:
        write_folder(folder, bundle.files)
    return scan(checkov, folder, bundles, Progress(io.StringIO()))


@pytest.mark.parametrize("name", WRONG)
def test_finds(scanned: Scan, name: str) -> None:
    policy, *_ = WRONG[name]
    own = [each for each in scanned.findings if each.path.startswith(f"{name}/") and each.rule in POLICIES]
    assert {each.rule for each in own} == {policy}
    assert all(each.message.startswith(POLICIES[policy]) for each in own)


@pytest.mark.parametrize("name", RIGHT)
def test_lets_pass(scanned: Scan, name: str) -> None:
    assert [each for each in scanned.findings if each.path.startswith(f"{name}/") and each.rule in POLICIES] == []


def test_nothing_is_found_in_what_is_generated(scanned: Scan) -> None:
    assert [each for each in scanned.findings if each.path.startswith("as-it-is/")] == []
    counted = {folder: count for folder, count in scanned.resources.items() if folder.startswith("as-it-is/")}
    written = dict.fromkeys(counted, 0)
    for path, data in everything().files.items():
        if path.endswith(".tf"):
            written[f"as-it-is/{path.partition('/terraform/')[0]}"] += len(re.findall(rb'^resource "', data, re.M))
    assert counted == written
    assert {f"as-it-is/shared-feed/{one.folder}" for one in generated(GOLDEN / "shared-feed").bundles} <= set(counted)


def test_every_policy_has_a_mutant_and_its_name() -> None:
    """The ids and names in the policies' files, which only checkov can import, are those that the generator lists."""
    found: dict[str, str] = {}
    for path in POLICIES_FOLDER.glob("*.py"):
        found |= dict(re.findall(r'^register_policy\(\s*"(CKV_LB_\d+)",\s*"([^"]+)"', path.read_text(), re.MULTILINE))
    assert found == POLICIES
    assert {policy for policy, *_ in WRONG.values()} == set(POLICIES)


@pytest.mark.parametrize("bundle", ["solo/wins", "quasar/laps", "nebula/feed-matches"])
def test_every_alarm_of_a_blueprint_is_asked_for(bundle: str) -> None:
    case = "smallest" if bundle == "solo/wins" else "shared-feed"
    text = "".join(data.decode() for data in select_generated(generated(GOLDEN / case).files, bundle).values())
    written = re.findall(r'resource "aws_cloudwatch_metric_alarm" "(\w+)"', text)
    assert sorted(read_asked(bundle)) == sorted(written)


def read_asked(bundle: str) -> list[str]:
    """The alarms that CKV_LB_1 asks for in a bundle, read from its code, which only checkov can import."""
    text = (POLICIES_FOLDER / "board_alarms.py").read_text()
    if "feed-" in bundle:
        return re.findall(r'"(\w+)"', re.findall(r"\nFEED = \(([^)]*)\)", text)[0])
    asked = re.findall(r'"(\w+)"', re.findall(r"\nALARMS = \(([^)]*)\)", text)[0])
    if bundle == "quasar/laps":
        [on_feed] = re.findall(r"\nON_FEED = \((.*)\)", text)
        assert 'not name.startswith("pipe_")' in on_feed
        more = re.findall(r'"(\w+)"', on_feed.partition('_")), ')[2])
        return [*(name for name in asked if not name.startswith("pipe_")), *more]
    return asked
