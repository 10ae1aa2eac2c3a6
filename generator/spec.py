"""The models of what a person writes in leaderboards.yaml.

They say which keys there are, their types, bounds and defaults, and nothing across two keys: that is `rules`. Values
come from `source`, already typed by YAML's core schema, so the models are strict: no text becomes a number here.

A model waits with building its validator till it is asked to validate, and stands in its parent as a default of `{}`
instead of an object. So only those that are asked are ever built, each once, which halves the time it takes to start.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from generator.model import Model, nested
from generator.spec_scoring import Scoring
from generator.spec_windows import Windows
from generator.values import (
    AccountId,
    Address,
    BoardName,
    Bucket,
    CertificateArn,
    Colour,
    Domain,
    Email,
    KmsKeyArn,
    Name,
    Number,
    Origin,
    Principal,
    Rebuild,
    Region,
    TagKey,
    TagValue,
    Text,
    WebAclArn,
    wrong,
)

Threshold = Annotated[int, Field(ge=1, le=1_000_000)]
Percent = Annotated[int, Field(ge=1, le=100)]


def _version(value: Any) -> Any:
    if isinstance(value, bool | Decimal):  # both equal 1
        raise wrong("choice", "must be 1", "Write `version: 1`.")
    return value


class Rates(Model):
    """Activities a second: what is usual, and the most that is expected."""

    average: Annotated[int, Field(ge=1, le=10_000_000)] = 5
    peak: Annotated[int, Field(ge=1, le=10_000_000)] = 50


class Traffic(Model):
    """What the board is sized for."""

    players: Annotated[int, Field(ge=1, le=100_000_000)] = 10_000
    activities_per_second: Rates = nested()
    reads_per_second: Annotated[int, Field(ge=1, le=1_000_000)] = 50


class Alarms(Model):
    """The value from which on each alarm fires."""

    dead_letters: Threshold = 1
    oldest_activity_seconds: Threshold = 300
    snapshot_age_seconds: Annotated[int, Field(ge=120, le=259_200)] | None = None
    processing_errors: Threshold = 1
    rejected_percent: Percent = 5
    throttles: Threshold = 1
    api_errors_percent: Percent = 1
    api_latency_p99_ms: Threshold = 1000


class Theme(Model):
    """Colours of the page."""

    accent: Colour = "#7c3aed"


class Dashboard(Model):
    """The public page."""

    theme: Theme = nested()
    refresh_seconds: Annotated[int, Field(ge=1, le=3600)] = 10


class Api(Model):
    """Who may read the board, and under which name."""

    access: Literal["public", "iam"] = "public"
    principals: list[Principal] = []
    domain: Domain | None = None
    certificate_arn: CertificateArn | None = None
    cors_origins: list[Origin] = []
    max_concurrency: Annotated[int, Field(ge=1, le=1000)] | None = None
    web_acl_arn: WebAclArn | None = None


class BoardSpec(Model):
    """One board, once `defaults:` and its environment's values are merged into it."""

    name: BoardName = Field(examples=["weekly-kills"])
    team: Name = Field(examples=["nebula"])
    title: Text | None = None
    scoring: Scoring = Field(examples=["{rules: [{activity: kill, points: 10}]}"])
    window: Windows = Field(examples=["{every: week}"])
    rebuild: Rebuild = "rate(1 minute)"
    top: Annotated[int, Field(ge=1, le=1000)] = 100
    milestones: Annotated[list[Number], Field(max_length=100)] = []
    traffic: Traffic = nested()
    alarms: Alarms = nested()
    dashboard: Dashboard = nested()
    api: Api = nested()
    kms_key_arn: KmsKeyArn | None = None
    protect: bool = True
    simulator: bool = False


class Team(Model):
    """Who answers for a board."""

    owner: Email = Field(examples=["nebula-oncall@example.com"])
    notify: list[Address] = []
    tags: Annotated[dict[TagKey, TagValue], Field(max_length=40)] = {}


class S3Backend(Model):
    """Where Terraform keeps the state of an environment's boards."""

    bucket: Bucket = Field(examples=["arcade-tfstate"])
    region: Region = Field(examples=["eu-central-1"])
    kms_key_id: KmsKeyArn | None = None


class Backend(Model):
    """The state's backend; S3 with its own lock file."""

    s3: S3Backend = Field(examples=["{bucket: arcade-tfstate, region: eu-central-1}"])


class Environment(Model):
    """One account that every board is deployed to, and what differs there."""

    account_id: AccountId | None = None
    region: Region | None = None
    backend: Backend | None = None
    defaults: dict[str, Any] = {}
    boards: dict[str, dict[str, Any]] = {}


class TeamFile(Model):
    """A file that `include:` names: the boards of one team. Raw here, as in Project."""

    team: Name = Field(examples=["nebula"])
    boards: list[dict[str, Any]] = Field(examples=["[...]"])


class Project(Model):
    """The top of leaderboards.yaml. Boards and defaults are raw here: each board is validated once merged."""

    version: Annotated[Literal[1], BeforeValidator(_version)] = Field(examples=[1])
    project: Name = Field(examples=["arcade"])
    region: Region = Field(examples=["eu-central-1"])
    include: list[str] = []
    environments: dict[Name, Environment] = {}
    teams: dict[Name, Team] = Field(examples=["{nebula: {owner: nebula-oncall@example.com}}"])
    defaults: dict[str, Any] = {}
    boards: list[dict[str, Any]] = []
