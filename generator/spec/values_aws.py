"""The types of the values whose form AWS prescribes: accounts, regions, ARNs, addresses, tags, buckets."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from generator.aws import limits, regions
from generator.diagnostics.wording import join_words, quote
from generator.spec.base import Schema, Shape
from generator.spec.values import matches, value_error

_UUID = "[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}"
_KEY_ID = "([0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}|mrk-[0-9a-f]{32})"
"""The id of a KMS key as Terraform's S3 backend takes it: a UUID with a version and a variant (RFC 9562), or the id of
a multi-Region key."""
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
"""A part of a host's name (RFC 1123, section 2.1)."""
_ANY_LABEL = _LABEL.replace("a-z", "A-Za-z")
"""The same in any case. It has no underscore, which SNS refuses, too (AWS re:Post knowledge center,
"sns-topic-https-endpoints-notification")."""
_PORT = "(:[1-9][0-9]{0,4})?"
_ATOM = "[A-Za-z0-9_+=-]+"
_WIDE_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
"""What stands between two dots before the @ of an e-mail address (RFC 5322, section 3.2.3)."""

MAX_LOCAL_PART, MAX_EMAIL = 64, 254
"""Characters of an e-mail address before its @, and in all (RFC 5321, section 4.5.3.1)."""
MAX_PORT = 65_535


def _check_region(value: str) -> str:
    region = regions.REGIONS.get(value)
    if region is None:
        raise _unknown_region(value, regions.FULL)
    if region.missing:
        there = join_words(region.missing, "and no")
        message = f"a board cannot run in {value} ({region.place}): AWS has no {there} there, as of {regions.AS_OF}"
        nearest = f"Write {region.instead} ({regions.REGIONS[region.instead].place}), the nearest that has all."
        raise value_error("region", message, f"{nearest} If AWS has added it, change generator/aws/regions.py.")
    return value


def _check_backend_region(value: str) -> str:
    if value not in regions.REGIONS:
        raise _unknown_region(value, regions.BACKEND)
    if value not in regions.BACKEND:
        message = f"the S3 backend of Terraform 1.11 does not know {value}, so that `terraform init` fails"
        raise value_error("region", message, "Keep the state in a bucket of another region.")
    return value


def _unknown_region(value: str, known: tuple[str, ...]) -> Exception:
    """Make the error for a region that does not exist. `known`: the regions to choose from."""
    for prefix, partition in regions.PARTITIONS.items():
        if value.startswith(prefix):
            message = f"{quote(value)} is a region {partition}; boards run in AWS's public partition"
            return value_error("region", message, "Write a region such as eu-central-1.")
    near = regions.suggest_region(value, known)
    hint = f'Did you mean "{near}"?' if near else "Write the code of a region, such as eu-central-1 or us-east-1."
    if re.fullmatch("[a-z]{2}-[a-z]{4,9}-[0-9]", value):
        hint += f" If AWS has opened it since {regions.AS_OF}, add it to generator/aws/regions.py."
    return value_error("region", f"there is no region {quote(value)}", hint)


def _check_bucket(value: str) -> str:
    begins = [each for each in limits.RESERVED_PREFIXES if value.startswith(each)]
    ends = [each for each in limits.RESERVED_SUFFIXES if value.endswith(each)]
    wrong = ""
    if ".." in value:
        wrong = "has two dots in a row"
    elif re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", value):
        wrong = "looks like an IP address"
    elif begins or ends:
        wrong = f"begins with {begins[0]}" if begins else f"ends with {ends[0]}"
        wrong += ", which S3 reserves"
    if wrong:
        raise value_error("bucket", f"{quote(value, 70)} {wrong}", "Write the name of a bucket that exists.")
    return value


def _check_port(value: str) -> str:
    port = re.match("https://(?:[^/?@]*@)?[^/?]*:([0-9]+)", value)
    if port and int(port[1]) > MAX_PORT:
        raise value_error("port", f"there is no port {port[1]}: the last is {MAX_PORT}", "Correct it, or leave it out.")
    return value


def _check_origin(value: str) -> str:
    if value.endswith(":443"):
        message = "a browser leaves out the port 443 of https, so that this matches no page"
        raise value_error("port", message, f"Write {quote(value.removesuffix(':443'), 100)}.")
    return _check_port(value)


def _check_email(value: str) -> str:
    address = value.removeprefix("mailto:")
    local = address.partition("@")[0]
    if len(local) > MAX_LOCAL_PART or len(address) > MAX_EMAIL:
        number, most, what = len(address), MAX_EMAIL, "an e-mail address"
        if len(local) > MAX_LOCAL_PART:
            number, most, what = len(local), MAX_LOCAL_PART, "the part before the @"
        raise value_error("address", f"{what} has at most {most} characters, this has {number}", "Write it shorter.")
    return value


def _check_address(value: str) -> str:
    return _check_email(value) if value.startswith("mailto:") else _check_port(value)


def _one_of(known: tuple[str, ...], words: str) -> Shape:
    """Give the JSON Schema the values to choose from."""
    return Shape(lambda _: {"type": "string", "enum": sorted(known), "errorMessage": words})


def _without(*refused: str) -> Shape:
    """Exclude patterns from the pattern of the JSON Schema: pydantic's patterns cannot look ahead."""

    def change(schema: Schema) -> Schema:
        return schema | {"pattern": "".join(("^", *(f"(?!{each})" for each in refused), schema["pattern"][1:]))}

    return Shape(change)


def _literals(texts: tuple[str, ...]) -> str:
    return "|".join(text.replace(".", r"\.") for text in texts)


AccountId = Annotated[str, matches(r"^[0-9]{12}$", "must be the 12 digits of an AWS account")]
Principal = Annotated[
    str,
    matches(
        # A path has up to 512 characters, a name 64 (IAM API reference, "CreateRole").
        r"^arn:aws:iam::[0-9]{12}:(root|(role|user)/([A-Za-z0-9_.+=,@-][A-Za-z0-9/_.+=,@-]{0,509}/)?"
        r"[A-Za-z0-9_.+=,@-]{1,64})$",
        "must be the ARN of a role, a user or an account, such as arn:aws:iam::111111111111:role/game-server",
    ),
]
CertificateArn = Annotated[
    str,
    matches(
        rf"^arn:aws:acm:us-east-1:[0-9]{{12}}:certificate/{_UUID}$",
        "must be the ARN of an ACM certificate in us-east-1, the region where CloudFront looks for it",
    ),
]
WebAclArn = Annotated[
    str,
    matches(
        # WAFV2 API reference, "CreateWebACL": Name, "WebACLSummary": Id.
        rf"^arn:aws:wafv2:us-east-1:[0-9]{{12}}:global/webacl/[A-Za-z0-9_-]{{1,128}}/{_UUID}$",
        "must be the ARN of a WAF web ACL for CloudFront (us-east-1, global)",
    ),
]
KMS_KEY = "arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab-4cd5-8ef6-1234567890ab"
"""An example of a key."""
KmsKeyArn = Annotated[
    str,
    matches(
        rf"^arn:aws:kms:[a-z0-9-]{{1,32}}:[0-9]{{12}}:key/{_KEY_ID}$",
        "must be the ARN of a KMS key, with the key's id (a UUID, or mrk- and 32 digits) and no alias",
    ),
]
BOARD_KEY = "board"
"""Stands among the previous keys for the key that was made for the board."""
PreviousKey = Annotated[
    str,
    matches(
        rf"^({BOARD_KEY}|arn:aws:kms:[a-z0-9-]{{1,32}}:[0-9]{{12}}:key/{_KEY_ID})$",
        "must be the ARN of a KMS key, with the key's id and no alias, or `board` for the key made for the board",
    ),
]
Region = Annotated[
    str, AfterValidator(_check_region), _one_of(regions.FULL, "must be a region that has every service a board uses")
]
BackendRegion = Annotated[
    str,
    AfterValidator(_check_backend_region),
    _one_of(regions.BACKEND, "must be a region that the S3 backend of Terraform 1.11 knows"),
]
Domain = Annotated[
    str,
    matches(
        rf"^({_LABEL}\.)+([a-z]{{2,63}}|xn--[a-z0-9-]{{1,58}}[a-z0-9])$",
        "must be a domain such as scores.example.com",
        253,
    ),
]
ParentOrigin = Annotated[
    str,
    matches(
        rf"^(https://({_LABEL}\.)*{_LABEL}|http://(localhost|127\.0\.0\.1)){_PORT}$",
        "must be the origin of a site, such as https://game.example.com, without a path; http:// only for localhost",
        253,
    ),
]
Origin = Annotated[
    str,
    matches(
        rf"^https://({_LABEL}\.)*{_LABEL}{_PORT}$",
        "must be an origin such as https://game.example.com",
        253,  # Lambda API reference, "Cors": AllowOrigins
    ),
    AfterValidator(_check_origin),
    _without(".*:443$"),
]
Address = Annotated[
    str,
    matches(
        rf"^(mailto:{_WIDE_ATOM}(\.{_WIDE_ATOM})*@({_ANY_LABEL}\.)+{_ANY_LABEL}"
        # SNS takes a user and a password before the host (SNS developer guide, "Subscribing an HTTP/S endpoint").
        rf"|https://([A-Za-z0-9._~%!$&'*+,;=:-]{{1,256}}@)?({_ANY_LABEL}\.)+{_ANY_LABEL}{_PORT}([/?][!#-;=?-~]*)?)$",
        "must be mailto:name@example.com, or https:// and a host that SNS can reach",
        2048,
    ),
    AfterValidator(_check_address),
]
EMAIL = rf"{_ATOM}(\.{_ATOM})*@({_ANY_LABEL}\.)+{_ANY_LABEL}"
"""An e-mail address. It becomes the value of a tag too, in which AWS allows only these characters."""
Email = Annotated[
    str,
    matches(
        f"^{EMAIL}$",
        "must be an e-mail address of letters, digits and _ . + = -",
    ),
    AfterValidator(_check_email),
]
TagKey = Annotated[
    str,
    matches(r"^[A-Za-z][A-Za-z0-9_.:/=+@-]{0,127}$", "must be a tag's key: letters, digits and _ . : / = + @ -"),
]
TagValue = Annotated[
    str,
    matches(
        # Some services drop spaces at the ends, and every plan would want to put them back.
        r"^[A-Za-z0-9_.:/=+@-]([A-Za-z0-9 _.:/=+@-]{0,254}[A-Za-z0-9_.:/=+@-])?$",
        "must be a tag's value: letters, digits, _ . : / = + @ - and, between them, spaces",
    ),
]
Bucket = Annotated[
    str,
    matches(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", "must be the name of an S3 bucket"),
    AfterValidator(_check_bucket),
    _without(
        r".*\.\.",
        r"[0-9]{1,3}(\.[0-9]{1,3}){3}$",
        _literals(limits.RESERVED_PREFIXES),
        f".*({_literals(limits.RESERVED_SUFFIXES)})$",
    ),
]


def _check_concurrency(value: Any) -> Any:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if value != UNRESERVED and not (is_number and 1 <= value <= MAX_CONCURRENCY):
        message = f"must be a whole number from 1 to {MAX_CONCURRENCY:,}, or the word {UNRESERVED}"
        raise value_error("concurrency", message, f"Write a number, or {UNRESERVED} to reserve nothing.")
    return value


UNRESERVED = "unreserved"
"""In place of a number of requests at once: as many as the account has left."""
MAX_CONCURRENCY = 1000
Concurrency = Annotated[
    int | str,
    BeforeValidator(_check_concurrency),
    Shape(lambda _: {"anyOf": [{"type": "integer", "minimum": 1, "maximum": MAX_CONCURRENCY}, {"const": UNRESERVED}]}),
]
