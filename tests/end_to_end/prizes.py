"""The consumer of docs/events.md: its function, on the embedded AWS or in this process."""

from __future__ import annotations

import io
import json
import re
import zipfile
from types import ModuleType
from typing import Any

from generator.local.stack import Stack
from tests.support.markdown import fenced
from tests.support.paths import REPOSITORY

PAGE = REPOSITORY / "docs" / "events.md"


class PrizeConsumer:
    """The tables of the page, and on demand its rule, queue and function, for the board with that `source`."""

    def __init__(self, stack: Stack, source: str) -> None:
        self.aws = stack.aws
        self.source = source
        self.tables = {f"{name.upper()}_TABLE": f"{source}-{name}" for name in ("prizes", "wallets")}
        self._dynamodb = self.aws.client("dynamodb")
        for variable, key in (("PRIZES_TABLE", "prize_id"), ("WALLETS_TABLE", "player_id")):
            self._dynamodb.create_table(
                TableName=self.tables[variable],
                BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": key, "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"}],
            )

    def deploy(self) -> None:
        """Make the rule, with the page's pattern, the queue and the function, as the page's Terraform does."""
        sqs, functions, events = (self.aws.client(name) for name in ("sqs", "lambda", "events"))
        name = f"{self.source}-closed"
        self.queue_url = sqs.create_queue(QueueName=name, Attributes={"VisibilityTimeout": "10"})["QueueUrl"]
        queue = f"arn:aws:sqs:{self.aws.region}:{self.aws.account_id}:{name}"
        functions.create_function(
            FunctionName=f"{self.source}-prizes",
            Role=self._make_role(),
            Runtime="python3.13",
            Handler="prizes.handler",
            Timeout=30,
            Code={"ZipFile": _zip(_code())},
            Environment={"Variables": self.tables},
        )
        functions.create_event_source_mapping(
            EventSourceArn=queue,
            FunctionName=f"{self.source}-prizes",
            FunctionResponseTypes=["ReportBatchItemFailures"],
        )
        pattern = json.loads(fenced(PAGE, "json")[0]) | {"source": [self.source]}
        events.put_rule(Name=name, EventPattern=json.dumps(pattern | {"detail-type": ["leaderboard.window_closed"]}))
        events.put_targets(Rule=name, Targets=[{"Id": "1", "Arn": queue}])

    def send_again(self, detail: dict[str, Any]) -> None:
        """Send an event of a closed window once more, as a rebuilder does that died after it had sent it."""
        entry = {"Source": self.source, "DetailType": "leaderboard.window_closed", "Detail": json.dumps(detail)}
        assert self.aws.client("events").put_events(Entries=[entry])["FailedEntryCount"] == 0

    def is_idle(self) -> bool:
        """Whether every event that came is handled."""
        names: Any = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.aws.client("sqs").get_queue_attributes(QueueUrl=self.queue_url, AttributeNames=names)
        return not any(int(found["Attributes"][name]) for name in names)

    def read_calls(self) -> int:
        """How often the function has been called."""
        pages = self.aws.client("logs").get_paginator("filter_log_events")
        found = pages.paginate(logGroupName=f"/aws/lambda/{self.source}-prizes")
        return sum(event["message"].startswith("END") for page in found for event in page["events"])

    def read_coins(self) -> dict[str, int]:
        """The coins of every player."""
        found = self._dynamodb.scan(TableName=self.tables["WALLETS_TABLE"])["Items"]
        return {item["player_id"]["S"]: int(item["coins"]["N"]) for item in found}

    def load(self) -> Any:
        """The page's program as a module of this process, with a client of the embedded AWS."""
        module = ModuleType("prizes")
        code = _code().replace("DYNAMODB = boto3.client(", "DYNAMODB = CLIENT or boto3.client(")
        module.__dict__["CLIENT"] = self._dynamodb
        exec(compile(code, "docs/events.md", "exec"), module.__dict__)
        return module

    def _make_role(self) -> str:
        """A role with the actions that the page's Terraform allows."""
        iam, name = self.aws.client("iam"), f"{self.source}-prizes"
        (terraform,) = fenced(PAGE, "terraform")
        document = terraform[terraform.index('data "aws_iam_policy_document" "prizes"') :]
        actions = [action for listed in re.findall(r"actions += (\[.*\])", document) for action in json.loads(listed)]
        assert {"dynamodb:PutItem", "dynamodb:UpdateItem", "sqs:ReceiveMessage"} <= {*actions}
        trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
        allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        iam.put_role_policy(RoleName=name, PolicyName="prizes", PolicyDocument=_policy(allowed))
        return str(role)


def make_message(source: str, detail: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """A message of the queue, as Lambda hands it to the function."""
    return {"messageId": str(number), "body": json.dumps({"source": source, "detail": detail})}


def _code() -> str:
    (code,) = fenced(PAGE, "python")
    return code


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _zip(code: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("prizes.py", code)
    return file.getvalue()
