"""Makes aws_schema.json.gz from npm's @cdktn/provider-aws: the AWS provider's published schema, of the types we use.

    python -m tests.terraform.stand_in.make_schema PINNED NEWER

Both are folders of an unpacked package (`npm pack @cdktn/provider-aws@VERSION`). PINNED is the one that was made from
the provider's version in the blueprint; its package.json tells which. Its code was published without the comments that
tell an optional attribute from one that is also computed, so those are read from NEWER, which has them.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

RESOURCES = (
    *("aws_cloudfront_distribution", "aws_cloudfront_function", "aws_cloudfront_origin_access_control"),
    *("aws_cloudwatch_composite_alarm", "aws_cloudwatch_dashboard", "aws_cloudwatch_event_bus"),
    *("aws_cloudwatch_event_rule", "aws_cloudwatch_event_target", "aws_cloudwatch_log_group"),
    *("aws_cloudwatch_log_metric_filter", "aws_cloudwatch_log_resource_policy", "aws_cloudwatch_metric_alarm"),
    *("aws_dynamodb_table", "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy", "aws_kms_alias", "aws_kms_key"),
    *("aws_lambda_event_source_mapping", "aws_lambda_function", "aws_lambda_function_event_invoke_config"),
    *("aws_lambda_function_url", "aws_lambda_layer_version", "aws_lambda_permission", "aws_pipes_pipe"),
    *("aws_s3_bucket", "aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_ownership_controls"),
    *("aws_s3_bucket_policy", "aws_s3_bucket_public_access_block"),
    *("aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_versioning", "aws_s3_object"),
    *("aws_scheduler_schedule", "aws_scheduler_schedule_group", "aws_sfn_state_machine", "aws_sns_topic"),
    *(
        "aws_sns_topic_policy",
        "aws_sns_topic_subscription",
        "aws_sqs_queue",
        "aws_sqs_queue_policy",
        "aws_sqs_queue_redrive_allow_policy",
    ),
)
"""The resource types of a bundle, and a few that a bundle may come to need."""
DATA = (
    *("aws_caller_identity", "aws_cloudfront_cache_policy", "aws_cloudfront_response_headers_policy"),
    *("aws_cloudwatch_event_buses", "aws_dynamodb_table", "aws_iam_policy_document", "aws_partition", "aws_region"),
)
"""The data sources, likewise."""

FILE = Path(__file__).with_name("aws_schema.json.gz")

Block = dict[str, Any]
"""`attributes`: [type, flags] by name; `blocks`: [nesting, most, least, Block] by name.

A type is Terraform's, as JSON. Flags are r(equired), o(ptional), c(omputed)."""

_SIMPLE = {"string": "string", "boolean": "bool", "number": "number", "any": "dynamic"}
_ENTRY = re.compile(
    r'(\w+): \{\s*value: ((?:(?!\n\s*isBlock).)+?),\s*isBlock: (\w+),\s*type: "(\w+)",\s*storageClassType: "(\w+)",',
    re.S,
)
_GETTER = re.compile(r"this\.(get(?:String|Boolean|Number|List|\w+Map|NumberList)Attribute|interpol\w+)\('(\w+)'\)")
_FLAGS = re.compile(r"// (\w+) - computed: (\w+), optional: (\w+), required: (\w+)")


@dataclass(frozen=True)
class Bindings:
    """The JavaScript of one resource type: its classes, and the functions that tell the parts of a block."""

    classes: Mapping[str, str]
    structures: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> Bindings:
        """Split a file of the package."""
        return cls(
            {found[1]: found[0] for found in re.finditer(r"^class (\w+) extends .*?^}", text, re.M | re.S)},
            {found[1]: found[0] for found in re.finditer(r"^function (\w+)ToHclTerraform\(.*?^}", text, re.M | re.S)},
        )

    def flags(self, name: str) -> dict[str, str]:
        """The flags of a class's attributes, where comments tell them."""
        found = _FLAGS.findall(self.classes.get(name, ""))
        return {
            attribute: "r" if required == "true" else "o" * (optional == "true") + "c" * (computed == "true")
            for attribute, computed, optional, required in found
        }


def make_schema(pinned: Path, newer: Path) -> dict[str, Any]:
    """The schema of every type above, of the provider's own configuration, and the provider's version."""
    package = json.loads((pinned / "package.json").read_text())
    read = {
        kind: {name: _read_type(name.replace("aws_", prefix), pinned, newer) for name in names}
        for kind, prefix, names in (("resources", "", RESOURCES), ("data", "data_aws_", DATA))
    }
    return {
        "version": package["cdktf"]["provider"]["version"],
        "provider": _read_type("provider", pinned, newer),
        **read,
    }


def _read_type(name: str, pinned: Path, newer: Path) -> Block:
    path = Path("lib") / name.replace("_", "-") / "index.js"
    text = (pinned / path).read_text()
    bindings, commented = Bindings.parse(text), Bindings.parse((newer / path).read_text())
    top = re.search(r"^(\w+)\.tfResourceType = ", text, re.M)
    assert top, path
    attributes = re.search(r"synthesizeHclAttributes\(\) \{.*?^    \}", bindings.classes[top[1]], re.M | re.S)
    return _read_block(bindings, commented, top[1], attributes[0] if attributes else "")


def _read_block(bindings: Bindings, commented: Bindings, name: str, entries: str) -> Block:
    body = bindings.classes.get(name, "")
    flags = commented.flags(name)
    optional = {each.lower() for each in re.findall(r"^    reset(\w+)\(\)", body, re.M)}
    attributes: dict[str, Any] = {}
    blocks: dict[str, Any] = {}
    for attribute, value, is_block, kind, storage in _ENTRY.findall(entries):
        # Of the provider's own configuration, the blocks have no class: all in them may be left out.
        may_be_left_out = not body or attribute.replace("_", "").lower() in optional
        if is_block == "false":
            attributes[attribute] = [_type(kind, storage), flags.get(attribute, "oc" if may_be_left_out else "r")]
            continue
        structure = re.search(r"(\w+)ToHclTerraform", value)
        assert structure, value
        inner_name = f"{structure[1][0].upper()}{structure[1][1:]}OutputReference"
        inner = _read_block(bindings, commented, inner_name, bindings.structures.get(structure[1], ""))
        one = re.search(rf'new \w+OutputReference\(this, "{attribute}"\)', body)
        nesting = {"list": "list", "set": "set", "struct": "single", "map": "map"}[kind]
        blocks[attribute] = [nesting, int(bool(one) and nesting != "single"), int(not may_be_left_out), inner]
    for getter, attribute in _GETTER.findall(body):
        if attribute not in attributes and attribute not in blocks:
            attributes[attribute] = [_type_of_getter(getter), "c"]
    for attribute in re.findall(r'new (?:cdktn\.)?\w+\(this, "(\w+)"', body):
        if attribute not in attributes and attribute not in blocks:
            attributes[attribute] = ["dynamic", "c"]
    return {"attributes": dict(sorted(attributes.items())), "blocks": dict(sorted(blocks.items()))}


def _type(kind: str, storage: str) -> Any:
    if storage in _SIMPLE:
        return _SIMPLE[storage]
    element, collection = re.fullmatch(r"(string|boolean|number|any)(Map|List)", storage).groups()  # type: ignore[union-attr]
    return [kind if kind in ("set", "list") else collection.lower(), _SIMPLE[element]]


def _type_of_getter(getter: str) -> Any:
    if "Map" in getter:
        return ["map", {"String": "string", "Number": "number", "Boolean": "bool"}.get(getter[3:-12], "dynamic")]
    if "List" in getter:
        return ["list", "number" if "Number" in getter else "string"]
    return {"getString": "string", "getBoolean": "bool", "getNumber": "number"}.get(getter[:-9], "dynamic")


def main() -> None:
    """Write the file. The same packages give the same bytes."""
    schema = make_schema(Path(sys.argv[1]), Path(sys.argv[2]))
    FILE.write_bytes(gzip.compress(json.dumps(schema, separators=(",", ":")).encode(), mtime=0))


if __name__ == "__main__":
    main()
