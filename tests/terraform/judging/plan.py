"""The resources of a plan, as Terraform's `show -json` prints them or as our own reader evaluates them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from generator.terraform.hcl import Evaluator, parse_hcl
from generator.terraform.module import Module

MADE_UP_ACCOUNT = "111111111111"
"""The account of a bundle that is evaluated without Terraform and allows any."""


@dataclass(frozen=True)
class Resource:
    """One resource: its address, its type and its attributes. Nested blocks are lists of mappings."""

    address: str
    type: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        """An attribute; None if it is not set or not known before apply."""
        return self.values.get(name)

    def blocks(self, *path: str) -> Iterator[Mapping[str, Any]]:
        """Every nested block at a path: `blocks("target", "dead_letter_config")`."""
        found: list[Mapping[str, Any]] = [self.values]
        for name in path:
            found = [inner for outer in found for inner in outer.get(name) or []]
        yield from found


class Plan:
    """All resources of a plan, by type and by attribute."""

    def __init__(
        self, resources: Iterable[Resource], default_tags: Mapping[str, str] | None = None, beside: Plan | None = None
    ) -> None:
        """`default_tags`: the provider's, where the resources' own `tags_all` do not have them. `beside`: the plan of a
        bundle that was applied before, and whose resources this one may name."""
        self.resources = tuple(resources)
        self.beside = beside
        self.default_tags = dict(default_tags or {})

    def of(self, kind: str) -> list[Resource]:
        """The resources of a type."""
        return [each for each in self.resources if each.type == kind]

    def find(self, kind: str, **attributes: Any) -> Resource | None:
        """The resource of a type that has these attributes. None if there is none, or an attribute is None."""
        for each in self.of(kind):
            if all(value is not None and each[name] == value for name, value in attributes.items()):
                return each
        return None

    def names(self, kind: str, attribute: str = "name") -> set[str]:
        """An attribute of every resource of a type, of those of the plan beside it too."""
        others = self.beside.names(kind, attribute) if self.beside else set()
        return {each[attribute] for each in self.of(kind) if each[attribute]} | others


def read_show(shown: Mapping[str, Any]) -> Plan:
    """Read what `terraform show -json` prints of a plan or a state. What is not known before apply is absent."""
    values = shown.get("planned_values") or shown["values"]
    return Plan(
        Resource(each["address"], each["type"], each["values"])
        for each in values["root_module"].get("resources", [])
        if each["mode"] == "managed"
    )


def read_module(files: Mapping[str, bytes]) -> Plan:
    """Evaluate a bundle without Terraform. What AWS would add to a resource, such as its ARN, is made up.

    The account is the one that the bundle allows, otherwise made up too.
    """
    counter = iter(range(10**6))
    provider = _read_provider(files)
    region = str(provider["region"])
    account_id = str((provider.get("allowed_account_ids") or [MADE_UP_ACCOUNT])[0])

    def create(kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
        return imagine(kind, arguments, account_id, region, next(counter))

    module = Module(files, account_id, region, create)
    resources = []
    for address in module.resources:
        kind, value = address.partition(".")[0], module.resolve(address)
        if isinstance(value.get("id"), str):
            resources.append(Resource(address, kind, value))
        else:
            # With for_each: the attributes of each instance by its key.
            resources += [Resource(f'{address}["{key}"]', kind, each) for key, each in value.items()]
    tags = [each.get("tags") or {} for each in provider.get("default_tags", [])]
    return Plan(resources, tags[0] if tags else {})


def imagine(kind: str, arguments: Mapping[str, Any], account_id: str, region: str, number: int) -> dict[str, Any]:
    """What AWS would add to a resource: an id and an ARN of the right form, and what else others refer to."""
    name = arguments.get("name") or arguments.get("alarm_name") or arguments.get("function_name") or f"made-up-{number}"
    key = f"00000000-0000-4000-8000-{number:012d}"
    here = f"{region}:{account_id}"
    url = f"https://sqs.{region}.amazonaws.com/{account_id}/{name}"
    table = f"arn:aws:dynamodb:{here}:table/{name}"
    bucket = arguments.get("bucket")
    bus = f"{arguments['event_bus_name']}/" if arguments.get("event_bus_name") else ""
    made: dict[str, dict[str, Any]] = {
        "aws_cloudfront_distribution": {
            "id": f"E{number:013d}",
            "arn": f"arn:aws:cloudfront::{account_id}:distribution/E{number:013d}",
            "domain_name": f"d{number:013d}.cloudfront.net",
            "hosted_zone_id": "Z2FDTNDATAQYW2",
        },
        "aws_cloudfront_function": {"arn": f"arn:aws:cloudfront::{account_id}:function/{name}"},
        "aws_cloudwatch_composite_alarm": {"arn": f"arn:aws:cloudwatch:{here}:alarm:{name}"},
        "aws_cloudwatch_metric_alarm": {"arn": f"arn:aws:cloudwatch:{here}:alarm:{name}"},
        "aws_cloudwatch_event_bus": {"arn": f"arn:aws:events:{here}:event-bus/{name}", "id": name},
        "aws_cloudwatch_event_rule": {"arn": f"arn:aws:events:{here}:rule/{bus}{name}", "id": f"{bus}{name}"},
        "aws_cloudwatch_log_group": {"arn": f"arn:aws:logs:{here}:log-group:{name}"},
        "aws_dynamodb_table": {"arn": table, "id": name, "stream_arn": f"{table}/stream/2026-01-01T00:00:00.000"},
        "aws_iam_role": {"arn": f"arn:aws:iam::{account_id}:role/{name}", "id": name},
        "aws_iam_policy": {"arn": f"arn:aws:iam::{account_id}:policy/{name}"},
        "aws_kms_key": {"arn": f"arn:aws:kms:{here}:key/{key}", "id": key, "key_id": key},
        "aws_lambda_function": {"arn": f"arn:aws:lambda:{here}:function:{name}", "id": name},
        "aws_lambda_function_url": {"url_id": f"u{number:031d}", "function_url": f"https://u{number:031d}.lambda-url/"},
        "aws_lambda_layer_version": {"arn": f"arn:aws:lambda:{here}:layer:{arguments.get('layer_name')}:1"},
        "aws_pipes_pipe": {"arn": f"arn:aws:pipes:{here}:pipe/{name}"},
        "aws_s3_bucket": {
            "id": bucket,
            "arn": f"arn:aws:s3:::{bucket}",
            "bucket_regional_domain_name": f"{bucket}.s3.{region}.amazonaws.com",
        },
        "aws_scheduler_schedule": {"arn": f"arn:aws:scheduler:{here}:schedule/default/{name}"},
        "aws_sfn_state_machine": {"arn": f"arn:aws:states:{here}:stateMachine:{name}"},
        "aws_sns_topic": {"arn": f"arn:aws:sns:{here}:{name}"},
        "aws_sqs_queue": {"arn": f"arn:aws:sqs:{here}:{name}", "id": url, "url": url},
    }
    return {"id": f"made-up-{number}", **made.get(kind, {})}


def _read_provider(files: Mapping[str, bytes]) -> dict[str, Any]:
    """The arguments of the AWS provider, which our reader of modules skips."""
    main = "terraform/main.tf"
    for block in parse_hcl(files[main].decode("utf-8"), main):
        if block.kind == "provider" and block.labels == ("aws",):
            return Evaluator(lambda chain: None, {}).evaluate_block(block)
    raise ValueError(f"{main} has no AWS provider")
