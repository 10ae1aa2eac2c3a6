"""The models of guardrails: values that no board may override, and how much a team may have."""

from typing import Annotated, Literal

from pydantic import Field

from generator.spec.base import Model, computed, nested
from generator.spec.values import Maybe, matches
from generator.spec.values_aws import EMAIL, TagKey, TagValue, WebAclArn
from generator.spec.values_time import Rebuild

_HANDLE = "@[A-Za-z0-9][A-Za-z0-9_.-]{0,254}(/[A-Za-z0-9][A-Za-z0-9_.-]{0,254}){0,8}"
"""A person or a team: `@ann`, `@arcade/nebula`, and a group below groups on GitLab (GitLab documentation, "Code Owners
syntax and error handling")."""

CodeOwner = Annotated[
    str,
    matches(
        f"^({_HANDLE}|{EMAIL})$",
        "must be a handle such as @ann or @arcade/nebula, or an e-mail address of letters, digits and _ . + = -",
        320,
    ),
]
_Nothing = computed("nothing is enforced")
_NoLimit = computed("no limit")


class EnforcedApi(Model):
    """What no board may override of its `api`."""

    access: Maybe[Literal["public", "iam"]] = Field(
        default=None,
        description="Who may read. With `iam`, each board still names its `principals`.",
        examples=["iam"],
        json_schema_extra=_Nothing,
    )
    web_acl_arn: Maybe[WebAclArn] = Field(
        default=None,
        description="The WAF web ACL of every board that has a page.",
        examples=["arn:aws:wafv2:us-east-1:111111111111:global/webacl/games/1234abcd-12ab-34cd-56ef-1234567890ab"],
        json_schema_extra=_Nothing,
    )


class Enforcement(Model):
    """Values that no board may override: they hold where a board says nothing, whatever `defaults` say, and a board
    that says otherwise is an error. What an environment enforces wins, key by key, over what the project does."""

    protect: Maybe[bool] = Field(
        default=None, description="Whether boards and feeds are protected.", examples=[True], json_schema_extra=_Nothing
    )
    simulator: Maybe[bool] = Field(
        default=None,
        description="Whether boards have the simulator.",
        examples=[False],
        json_schema_extra=_Nothing,
    )
    fastest_rebuild: Maybe[Rebuild] = Field(
        default=None,
        description="The schedule with the shortest gap that a board's `rebuild` may have. A board that says nothing, "
        "and would be faster by its defaults, has this one.",
        examples=["rate(5 minutes)"],
        json_schema_extra=_Nothing,
    )
    api: EnforcedApi = nested()
    tags: dict[TagKey, TagValue] = Field(
        default={},
        description="Tags on everything that boards and feeds make in AWS, beside those of their team. A team that "
        "gives one of them another value is an error.",
        examples=[{"data_class": "public"}],
    )


class TeamLimits(Model):
    """How much a team may have. A board that goes beyond is an error. Sums are of one environment, and what a board
    does not say counts with its default."""

    boards: Maybe[Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default=None, description="Boards of the team.", examples=[10], json_schema_extra=_NoLimit
    )
    players: Maybe[Annotated[int, Field(ge=1, le=1_000_000_000)]] = Field(
        default=None,
        description="The sum of `traffic.players` of the team's boards.",
        examples=[500_000],
        json_schema_extra=_NoLimit,
    )
    peak: Maybe[Annotated[int, Field(ge=1, le=1_000_000_000)]] = Field(
        default=None,
        description="The sum of `traffic.activities_per_second.peak` of the team's boards.",
        examples=[1000],
        json_schema_extra=_NoLimit,
    )
    top: Maybe[Annotated[int, Field(ge=1, le=1000)]] = Field(
        default=None, description="The `top` of each board.", examples=[200], json_schema_extra=_NoLimit
    )
    fastest_rebuild: Maybe[Rebuild] = Field(
        default=None,
        description="The schedule with the shortest gap that the `rebuild` of each board may have.",
        examples=["rate(5 minutes)"],
        json_schema_extra=_NoLimit,
    )
