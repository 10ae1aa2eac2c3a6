"""The models of leaderboards.yaml and of team files: everything but boards.

A model says which keys exist, and their types, bounds and defaults. What must hold between two keys is in
`generator/validation/rules/`. The values have the types of YAML's core schema already, so the models are strict: no
text becomes a number here.

A model builds its validator when it is first used. The default of a key whose value is a model is `{}` instead of an
object, so that a model which nobody uses is not built. This halves the time that a command takes to start.
"""

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from generator.aws import limits
from generator.source.inputs import MAX_INCLUDES
from generator.spec.base import Model, Shape, computed, nested
from generator.spec.feeds import FeedSpec
from generator.spec.teams.guardrails import CodeOwner, Enforcement, TeamLimits
from generator.spec.teams.requires import Requirement
from generator.spec.values import FolderName, Glob, Maybe, Name, value_error
from generator.spec.values_aws import (
    KMS_KEY,
    AccountId,
    Address,
    BackendRegion,
    Bucket,
    Email,
    KmsKeyArn,
    Origin,
    Region,
    TagKey,
    TagValue,
)
from generator.spec.values_text import Text

OUR_TAGS = ("project", "environment", "board", "team", "owner")
"""Tags that every resource of a board has, whatever its team adds."""
MAX_TEAM_TAGS = limits.MAX_TAGS - len(OUR_TAGS)
"""Tags that a team may add to a resource."""

_CodeOwners = Annotated[list[CodeOwner], Field(max_length=20)]


def _version(value: Any) -> Any:
    if isinstance(value, bool | Decimal):  # True and 1.0 equal 1, but must be refused
        raise value_error("choice", "must be 1", "Write `version: 1`.")
    return value


class Team(Model):
    """Who answers for a board."""

    owner: Email = Field(
        description="The e-mail address that alarms go to. It is also a tag on everything that the team's boards "
        "make in AWS.",
        examples=["nebula-oncall@example.com"],
    )
    notify: list[Address] = Field(
        default=[],
        description="Who else alarms go to: mailto: and https:// addresses.",
        examples=[["mailto:nebula-leads@example.com"]],
    )
    page: list[Address] = Field(
        default=[],
        description="Who is told, beside the owner and `notify`, of the alarms that cannot wait: of what players see "
        "on the whole board, and of what is lost for good if it waits until morning. mailto: and https:// addresses.",
        examples=[["https://pager.example.com/alarms"]],
    )
    tags: Annotated[dict[TagKey, TagValue], Shape(lambda schema: schema | {"maxProperties": MAX_TEAM_TAGS})] = Field(
        default={},
        description="Tags on everything that the team's boards make in AWS. Values are text: numbers in quotes.",
        examples=[{"cost_center": "42"}],
    )
    code_owners: _CodeOwners = Field(
        default=[],
        description="Who reviews changes of the team's files: handles or e-mail addresses of GitHub or GitLab, for "
        "`leaderboards codeowners`.",
        examples=[["@arcade/nebula"]],
        json_schema_extra=computed("the `owner`"),
    )
    limits: Maybe[TeamLimits] = Field(
        default=None,
        description="How much the team may have.",
        examples=[{"boards": 10, "players": 500_000}],
        json_schema_extra=computed("no limits"),
    )


class S3Backend(Model):
    """Where Terraform keeps the state of an environment's boards: in S3, with a lock file beside each state."""

    bucket: Bucket = Field(description="The bucket, which exists already.", examples=["arcade-tfstate"])
    region: BackendRegion = Field(description="The bucket's region.", examples=["eu-central-1"])
    kms_key_id: Maybe[KmsKeyArn] = Field(
        default=None,
        description="The ARN of the KMS key that encrypts the state, in the bucket's region.",
        examples=[KMS_KEY],
        json_schema_extra=computed("the bucket's own encryption"),
    )


class Backend(Model):
    """Where Terraform keeps its state."""

    s3: S3Backend = Field(examples=[{"bucket": "arcade-tfstate", "region": "eu-central-1"}])


class IndexPage(Model):
    """A page that lists the boards of all teams: who leads each, how many play, and when it resets."""

    origin: Origin = Field(
        description="The site that shows the page: its address without a path. Its scripts may read each public board, "
        "as if it stood among the board's `api.cors_origins`.",
        examples=["https://boards.example.com"],
    )
    title: Text = Field(default="Leaderboards", description="What stands above the boards.")


class Environment(Model):
    """One account that every board is deployed to, and what differs there."""

    account_id: Maybe[AccountId] = Field(
        default=None,
        description="The only AWS account that Terraform may deploy to, 12 digits, in quotes.",
        examples=["111111111111"],
        json_schema_extra=computed("whichever account Terraform runs in"),
    )
    region: Maybe[Region] = Field(
        default=None,
        description="The region of the environment's boards.",
        examples=["us-east-1"],
        json_schema_extra=computed("the project's"),
    )
    backend: Maybe[Backend] = Field(
        default=None,
        description="Where Terraform keeps the state of the environment's boards.",
        json_schema_extra=computed("files in each bundle"),
    )
    index: Maybe[IndexPage] = Field(
        default=None,
        description="The page that lists the environment's boards.",
        examples=[{"origin": "https://boards.example.com"}],
        json_schema_extra=computed("the project's"),
    )
    enforce: Enforcement = nested()
    defaults: dict[str, Any] = Field(
        default={},
        description="Any keys of a board but its name and team, for all boards of this environment. They win over the "
        "project's `defaults`; a board's own keys win over both.",
        examples=[{"rebuild": "rate(5 minutes)", "protect": False}],
    )
    boards: dict[str, dict[str, Any]] = Field(
        default={},
        description="By a board's name: keys for this environment, which win over the board's own.",
        examples=[{"weekly-kills": {"top": 500}}],
    )


class TeamFile(Model):
    """A file that `include:` of leaderboards.yaml names: the boards of one team."""

    # The boards are raw here, as in Project.
    team: Name = Field(
        description="The team of every board in this file, one of `teams` in leaderboards.yaml.", examples=["nebula"]
    )
    feeds: list[FeedSpec] = Field(
        default=[],
        description="The team's feeds.",
        examples=[[{"name": "matches", "types": ["kill", "match_won"]}]],
    )
    boards: list[dict[str, Any]] = Field(
        description="The team's boards.",
        examples=[
            [
                {
                    "name": "weekly-kills",
                    "scoring": {"rules": [{"activity": "kill", "points": 10}]},
                    "window": {"every": "week"},
                }
            ]
        ],
    )


class Project(Model):
    """The boards of a project, and what they share."""

    # Boards and defaults are raw here: each board is validated after it is merged.
    version: Annotated[Literal[1], BeforeValidator(_version)] = Field(
        description="The version of this format.", examples=[1]
    )
    project: Name = Field(description="What every name in AWS starts with.", examples=["arcade"])
    region: Region = Field(description="The AWS region of the boards.", examples=["eu-central-1"])
    requires: Maybe[Requirement] = Field(
        default=None,
        description="The versions of this program that may read the project: bounds such as `>=0.2` with commas "
        "between them, in quotes. Another version says so, and does nothing.",
        examples=[">=0.2,<1"],
        json_schema_extra=computed("any"),
    )
    include: Annotated[list[Glob], Field(max_length=MAX_INCLUDES)] = Field(
        default=[],
        description="Team files, as paths beside this one. `*` and `?` stand for any part of a name, `**` for folders.",
        examples=[["teams/*.yaml"]],
    )
    environments: dict[FolderName, Environment] = Field(
        default={},
        description="Accounts that every board is deployed to, by name. Bundles then go to "
        "`build/ENVIRONMENT/TEAM/BOARD`.",
        examples=[{"dev": {"account_id": "111111111111", "defaults": {"protect": False}}}],
        json_schema_extra=computed("one without a name"),
    )
    teams: dict[FolderName, Team] = Field(
        description="Who answers for boards, by name.", examples=[{"nebula": {"owner": "nebula-oncall@example.com"}}]
    )
    index: Maybe[IndexPage] = Field(
        default=None,
        description="A page that lists all boards, for a site of your own. Its files go to `build/_index/site`, or "
        "`build/ENVIRONMENT/_index/site`.",
        examples=[{"origin": "https://boards.example.com"}],
        json_schema_extra=computed("none"),
    )
    enforce: Enforcement = nested()
    code_owners: _CodeOwners = Field(
        default=[],
        description="Who reviews changes of everything but the teams' files, for `leaderboards codeowners`.",
        examples=[["@arcade/platform"]],
        json_schema_extra=computed("nobody"),
    )
    feeds: list[FeedSpec] = Field(
        default=[],
        description="Activities that several boards count, beside those of the team files.",
        examples=[[{"name": "matches", "team": "nebula", "types": ["kill", "match_won"]}]],
    )
    defaults: dict[str, Any] = Field(
        default={},
        description="Any keys of a board but its name and team, for all boards. Mappings merge key by key; lists, "
        "single values and a `window` are replaced by a board's own.",
        examples=[{"rebuild": "rate(5 minutes)"}],
    )
    boards: list[dict[str, Any]] = Field(
        default=[],
        description="The boards, beside those of the team files.",
        examples=[
            [
                {
                    "name": "weekly-kills",
                    "team": "nebula",
                    "scoring": {"rules": [{"activity": "kill", "points": 10}]},
                    "window": {"every": "week"},
                }
            ]
        ],
    )

    def name_prefix(self, environment: str | None, board: str) -> str:
        """What every name in AWS of a board starts with: PROJECT-ENVIRONMENT-BOARD, or PROJECT-BOARD."""
        return "-".join(part for part in (self.project, environment, board) if part)

    def find_index(self, environment: str | None) -> IndexPage | None:
        """The page that lists the boards of an environment; None if there is none."""
        own = self.environments[environment].index if environment else None
        return own or self.index

    def find_tags(self, environment: str | None) -> dict[str, str]:
        """The tags that are enforced on every board of an environment."""
        own = self.environments[environment].enforce.tags if environment else {}
        return {**self.enforce.tags, **own}
