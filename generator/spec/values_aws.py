"""The types of the values whose form AWS prescribes: accounts, regions, ARNs, addresses, tags."""

from typing import Annotated

from generator.spec.values import matches

AccountId = Annotated[str, matches(r"^[0-9]{12}$", "must be the 12 digits of an AWS account")]
Principal = Annotated[
    str,
    matches(
        r"^arn:aws:iam::[0-9]{12}:(root|(role|user)/[A-Za-z0-9/_.+=,@-]{1,512})$",
        "must be the ARN of a role, a user or an account, such as arn:aws:iam::111111111111:role/game-server",
    ),
]
CertificateArn = Annotated[
    str,
    matches(
        r"^arn:aws:acm:us-east-1:[0-9]{12}:certificate/[A-Za-z0-9-]{1,128}$",
        "must be the ARN of an ACM certificate in us-east-1, the region where CloudFront looks for it",
    ),
]
WebAclArn = Annotated[
    str,
    matches(
        r"^arn:aws:wafv2:us-east-1:[0-9]{12}:global/webacl/[A-Za-z0-9_-]{1,128}/[A-Za-z0-9-]{1,64}$",
        "must be the ARN of a WAF web ACL for CloudFront (us-east-1, global)",
    ),
]
KmsKeyArn = Annotated[
    str,
    matches(
        r"^arn:aws:kms:[a-z0-9-]{1,32}:[0-9]{12}:key/[A-Za-z0-9-]{1,64}$",
        "must be the ARN of a KMS key, such as arn:aws:kms:eu-central-1:111111111111:key/1234abcd-...",
    ),
]
Region = Annotated[
    str,
    matches(
        r"^(af|ap|ca|eu|il|me|mx|sa|us)-(north|south|east|west|central|northeast|northwest|southeast|southwest)-[0-9]$",
        "must be a region of AWS's public partition, such as eu-central-1",
    ),
]
Domain = Annotated[
    str,
    matches(
        r"^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$", "must be a domain such as scores.example.com", 253
    ),
]
Origin = Annotated[
    str,
    matches(
        # 253 characters at most (Lambda API reference, "Cors": AllowOrigins).
        r"^https://[a-z0-9.-]{1,239}(:[0-9]{1,5})?$",
        "must be an origin such as https://game.example.com",
    ),
]
Address = Annotated[
    str,
    matches(
        # An e-mail address has 254 characters at most (RFC 5321); AWS names no length for a URL.
        r"^(mailto:[!#-;=?A-~]{1,64}@[A-Za-z0-9.-]{1,189}|https://[!#-;=?-~]{1,2040})$",
        "must be mailto:name@example.com or https://...",
    ),
]
Email = Annotated[
    str,
    matches(
        # It becomes the value of a tag too, in which AWS allows only these characters.
        r"^[A-Za-z0-9_.+=-]{1,64}@[A-Za-z0-9.-]{1,189}$",
        "must be an e-mail address of letters, digits and _ . + = -",
    ),
]
TagKey = Annotated[
    str,
    matches(r"^[A-Za-z][A-Za-z0-9_.:/=+@-]{0,127}$", "must be a tag's key: letters, digits and _ . : / = + @ -"),
]
TagValue = Annotated[
    str,
    matches(r"^[A-Za-z0-9 _.:/=+@-]{1,256}$", "must be a tag's value: letters, digits, spaces and _ . : / = + @ -"),
]
Bucket = Annotated[str, matches(r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", "must be the name of an S3 bucket")]
