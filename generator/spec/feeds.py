"""The models of a feed: activities that a game server writes once, and that several boards count."""

from typing import Annotated

from pydantic import Field

from generator.aws import limits
from generator.spec.base import Model, computed, nested
from generator.spec.board import Rates, Threshold
from generator.spec.values import ActivityType, BoardName, Maybe, Name
from generator.spec.values_aws import KMS_KEY, KmsKeyArn, PreviousKey

INHERITED = ("protect", "kms_key_arn", "kms_previous_keys")
"""The keys that a feed has from `defaults` where it does not give them itself."""


class FeedAlarms(Model):
    """The value at which each alarm of a feed fires. Alarms go to its team's owner and to `notify`,
    those that cannot wait to `page` as well."""

    dead_letters: Threshold = Field(
        default=1, description="Messages in one of the feed's dead-letter queues: what could not be handed on."
    )
    strays: Threshold = Field(
        default=1,
        description="Activities in five minutes whose type is none of `types`: no board counts them. Mostly a type is "
        "misspelt.",
    )


class FeedSpec(Model):
    """Activities that a game server writes once, and that several boards count. Boards name it with `feed`."""

    name: BoardName = Field(
        description="The feed's name, unique in the project. Its names in AWS are PROJECT-ENVIRONMENT-feed-NAME-...",
        examples=["matches"],
    )
    team: Maybe[Name] = Field(
        default=None,
        description="The team that answers for the feed, one of `teams`. Its boards may be of other teams.",
        examples=["nebula"],
        json_schema_extra=computed("the team of the file, in a team file"),
    )
    types: Annotated[list[ActivityType], Field(min_length=1, max_length=limits.MAX_FEED_TYPES)] = Field(
        description="Every type of activity that game servers write. A board counts those that its rules name; what is "
        "none of them is kept for 14 days, and an alarm tells of it.",
        examples=[["kill", "match_won"]],
    )
    activities_per_second: Rates = nested()
    alarms: FeedAlarms = nested()
    kms_key_arn: Maybe[KmsKeyArn] = Field(
        default=None,
        description="A KMS key of your own, in the feed's region, for what the feed stores.",
        examples=[KMS_KEY],
        json_schema_extra=computed("that of `defaults`, else a key made for the feed"),
    )
    kms_previous_keys: Maybe[Annotated[list[PreviousKey], Field(max_length=4)]] = Field(
        default=None,
        description="Keys under which data may still lie after the feed's key was changed: ARNs, or `board` for the "
        "key that was made for it.",
        examples=[[KMS_KEY]],
        json_schema_extra=computed("those of `defaults`"),
    )
    protect: Maybe[bool] = Field(
        default=None,
        description="Makes Terraform refuse to destroy what holds data, as on a board.",
        examples=[False],
        json_schema_extra=computed("what is enforced, else that of `defaults`, else true"),
    )
