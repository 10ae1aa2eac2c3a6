"""The regions of AWS's public partition: which of them have every service that a board uses.

As of November 2026. Sources: the Lambda developer guide, "Creating and managing Lambda function URLs"; the AWS General
Reference, "Amazon EventBridge Pipes endpoints and quotas" and "Amazon EventBridge Scheduler endpoints and quotas"; the
endpoints of botocore 1.43.106, by which all other services that a board uses are in each of these regions. A region
that AWS opens, or in which it adds what is missing, is changed here and nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.diagnostics.nearest import nearest

AS_OF = "November 2026"
"""When the lists were last compared with AWS's pages."""

_URLS, _PIPES = "Lambda function URLs", "EventBridge Pipes"


@dataclass(frozen=True)
class Region:
    """A region of the public partition."""

    place: str
    """Where it is, as AWS names it."""
    missing: tuple[str, ...] = ()
    """The services that a board uses and that AWS does not have there."""
    instead: str = ""
    """The nearest region that has every service, in the same country if it has one; empty if nothing is missing."""


REGIONS = {
    "af-south-1": Region("Cape Town"),
    "ap-east-1": Region("Hong Kong"),
    "ap-east-2": Region("Taipei", (_URLS, _PIPES), "ap-east-1"),
    "ap-northeast-1": Region("Tokyo"),
    "ap-northeast-2": Region("Seoul"),
    "ap-northeast-3": Region("Osaka"),
    "ap-south-1": Region("Mumbai"),
    "ap-south-2": Region("Hyderabad", (_URLS,), "ap-south-1"),
    "ap-southeast-1": Region("Singapore"),
    "ap-southeast-2": Region("Sydney"),
    "ap-southeast-3": Region("Jakarta"),
    "ap-southeast-4": Region("Melbourne", (_URLS, _PIPES), "ap-southeast-2"),
    "ap-southeast-5": Region("Malaysia", (_URLS, _PIPES), "ap-southeast-1"),
    "ap-southeast-6": Region("New Zealand", (_URLS, _PIPES), "ap-southeast-2"),
    "ap-southeast-7": Region("Thailand", (_URLS, _PIPES), "ap-southeast-1"),
    "ca-central-1": Region("Montreal"),
    "ca-west-1": Region("Calgary", (_URLS, _PIPES), "ca-central-1"),
    "eu-central-1": Region("Frankfurt"),
    "eu-central-2": Region("Zurich", (_URLS,), "eu-central-1"),
    "eu-north-1": Region("Stockholm"),
    "eu-south-1": Region("Milan"),
    "eu-south-2": Region("Spain", (_URLS,), "eu-west-3"),
    "eu-west-1": Region("Ireland"),
    "eu-west-2": Region("London"),
    "eu-west-3": Region("Paris"),
    "il-central-1": Region("Tel Aviv", (_URLS, _PIPES), "eu-south-1"),
    "me-central-1": Region("UAE", (_URLS,), "me-south-1"),
    "me-south-1": Region("Bahrain"),
    "mx-central-1": Region("Mexico", (_PIPES,), "us-east-2"),
    "sa-east-1": Region("Sao Paulo"),
    "us-east-1": Region("N. Virginia"),
    "us-east-2": Region("Ohio"),
    "us-west-1": Region("N. California"),
    "us-west-2": Region("Oregon"),
}
"""Every region of the public partition, by its code."""

FULL = tuple(code for code, region in REGIONS.items() if not region.missing)
"""The regions that have every service a board uses."""

BACKEND = tuple(code for code in REGIONS if code not in ("ap-east-2", "ap-southeast-6"))
"""The regions that the S3 backend of Terraform 1.11 knows. `terraform init` refuses any other."""

PARTITIONS = {
    "cn-": "in China",
    "us-gov-": "of GovCloud",
    "us-iso": "of a secret partition",
    "eusc-": "of the EU cloud",
}
"""The other partitions by the beginning of their regions' codes. A board's ARNs are all of the public one."""


def suggest_region(text: str, known: tuple[str, ...]) -> str | None:
    """Guess which of the known regions was meant by a misspelt code, a city or an availability zone; None if no guess
    is good."""
    word = re.sub(r"[\s_]+", "-", text.strip().lower())
    cities = {region.place.lower().replace(" ", "-"): code for code, region in REGIONS.items()}
    if word in cities and cities[word] in known:
        return cities[word]
    if word[:-1] in known:  # eu-central-1a
        return word[:-1]
    return nearest(word, known)
