"""The resources of every bundle of the tests, evaluated as Terraform would send them to AWS."""

from __future__ import annotations

from functools import cache
from typing import Any

from generator.terraform.module import Module
from tests.support.bundles import everything

BUNDLES = sorted({path.partition("/terraform/")[0] for path in everything().files if "/terraform/" in path})


@cache
def resources(bundle: str) -> dict[str, Any]:
    """The arguments of each resource of a bundle, by address, as Terraform would send them."""
    prefix = f"{bundle}/"
    files = {path.removeprefix(prefix): data for path, data in everything().files.items() if path.startswith(prefix)}

    def create(kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
        name = next(
            (arguments[key] for key in ("name", "alarm_name", "function_name", "bucket") if key in arguments), ""
        )
        made = {"arn": f"arn:aws:{kind}:{name}", "id": "id", "url": "https://queue", "stream_arn": "arn:aws:stream"}
        return made | {
            "function_url": "https://url.lambda-url.eu-central-1.on.aws/",
            "url_id": "url",
            "domain_name": "example.com",
            "bucket_regional_domain_name": "bucket.s3.eu-central-1.amazonaws.com",
            "hosted_zone_id": "Z",
            "key_id": "key",
        }

    module = Module(files, "222222222222", "eu-central-1", create)
    return {address: module.resolve(address) for address in module.resources}
