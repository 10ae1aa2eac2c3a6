"""The models of a board: everything but its scoring and its windows."""

from typing import Annotated, Literal

from pydantic import Field

from generator.aws import limits
from generator.spec.base import Model, Shape, computed, nested
from generator.spec.scoring import Scoring
from generator.spec.segmenting import SegmentList
from generator.spec.values import BoardName, Colour, Maybe, Name, Number
from generator.spec.values_aws import (
    KMS_KEY,
    CertificateArn,
    Concurrency,
    Domain,
    KmsKeyArn,
    Origin,
    ParentOrigin,
    PreviousKey,
    Principal,
    WebAclArn,
)
from generator.spec.values_text import PicturePath, Text
from generator.spec.values_time import Rebuild
from generator.spec.windows import Windows

IDENTITY = ("name", "team")
"""The keys that only a board itself may give, not `defaults` or an environment."""

Threshold = Annotated[int, Field(ge=1, le=1_000_000)]
Percent = Annotated[int, Field(ge=1, le=100)]


def make_title(name: str) -> str:
    """Make a board's title out of its name."""
    return name.replace("-", " ").strip().capitalize()


class Rates(Model):
    """Activities a second that game servers write."""

    average: Annotated[int, Field(ge=1, le=10_000_000)] = Field(
        default=5, description="The usual number of activities a second. Not more than `peak`."
    )
    peak: Annotated[int, Field(ge=1, le=10_000_000)] = Field(
        default=50,
        description="The highest number of activities a second that you expect. It decides how many functions may run "
        "at once; what comes faster waits in the queue and is counted later.",
    )


class Traffic(Model):
    """What the board is sized for: write what you expect."""

    players: Annotated[int, Field(ge=1, le=100_000_000)] = Field(
        default=10_000,
        description="Players with a score in one window. It decides how many shards a window has, how many "
        "processors and how much room a rebuild, and whether many functions make the ranks together.",
    )
    activities_per_second: Rates = nested()
    reads_per_second: Annotated[int, Field(ge=1, le=1_000_000)] = Field(
        default=50, description="Requests a second that you expect, of the page and the API together."
    )


class Alarms(Model):
    """The value at which each alarm of the board fires. Alarms go to the team's owner and to `notify`,
    those that cannot wait to `page` as well."""

    dead_letters: Threshold = Field(
        default=1,
        description="Messages in one of the board's dead-letter queues: what could not be processed. Of the "
        "schedule's, those that are new in five minutes.",
    )
    oldest_activity_seconds: Threshold = Field(
        default=300,
        description="Seconds that an activity is on its way to the processor, as an item shows that the board sends "
        "itself every five minutes; so a smaller number is noticed no sooner.",
    )
    snapshot_age_seconds: Maybe[Annotated[int, Field(ge=120, le=limits.MAX_SNAPSHOT_AGE)]] = Field(
        default=None,
        description="Seconds without new ranks. Must be more than the longest gap of the `rebuild` schedule.",
        examples=[limits.LEAST_SNAPSHOT_AGE],
        json_schema_extra=computed(
            f"{limits.SNAPSHOT_GAPS} x the longest gap of the `rebuild` schedule, not below {limits.LEAST_SNAPSHOT_AGE}"
        ),
    )
    processing_errors: Threshold = Field(default=1, description="Failures of the processor in five minutes.")
    rejected_percent: Percent = Field(
        default=5,
        description="Percent of the activities that are rejected in five minutes, twice in a row. Those that are "
        "`over_limit` are left out, so that one cheater sets off nothing.",
    )
    rejected_count: Threshold = Field(
        default=10,
        description="Rejected activities in five minutes below which `rejected_percent` is not looked at; again "
        "without those that are `over_limit`.",
    )
    throttles: Threshold = Field(
        default=1, description="Requests to the processor and to tables that AWS throttles in five minutes."
    )
    api_errors_percent: Percent = Field(
        default=1,
        description="Percent of the API's requests that fail (5xx), or are refused because too many come at once "
        "(429), in five minutes, twice in a row.",
    )
    api_latency_p99_ms: Threshold = Field(
        default=1000,
        description="Milliseconds within which 99 of 100 requests to the API are answered, over five minutes, three "
        "times in a row.",
    )


class Theme(Model):
    """Colours of the page."""

    accent: Colour = Field(
        default="#7c3aed", description="The colour of what stands out, six hexadecimal digits after a #, in quotes."
    )


class Dashboard(Model):
    """The public page."""

    game: Maybe[Text] = Field(
        default=None,
        description="The game's name, which the page shows above the board's title and in links that are shared.",
        examples=["Starfall"],
    )
    logo: Maybe[PicturePath] = Field(
        default=None,
        description="A picture that stands for the game's name above the title: the path of an SVG, PNG, WebP or JPEG "
        "of at most 200 kB, from the folder of the YAML file that names it. Where `api.domain` is known, links that "
        "are shared show it too, unless it is an SVG.",
        examples=["logos/starfall.svg"],
    )
    hide_player_ids: bool = Field(
        default=False,
        description="Shows players by name only, and those without one as unnamed. The API gives the ids all the same: "
        "whoever knows one finds the player by it.",
    )
    embed_in: Annotated[list[ParentOrigin], Field(max_length=20)] = Field(
        default=[],
        description="Sites that may show the page in a frame, with `#embed` at its address: their origins, and those "
        "of all frames around it. No other site may.",
        examples=[["https://game.example.com"]],
    )
    theme: Theme = nested()
    refresh_seconds: Annotated[int, Field(ge=1, le=3600)] = Field(
        default=10, description="Seconds after which the page looks for new ranks again."
    )


class Api(Model):
    """Who may read the board, and under which address."""

    access: Literal["public", "iam"] = Field(
        default="public",
        description="`public`: anyone, through CloudFront only, with a page. `iam`: only the `principals`, who sign "
        "their requests (SigV4); no page and no distribution.",
    )
    principals: Annotated[list[Principal], Shape(lambda schema: schema | {"maxItems": limits.MAX_PRINCIPALS})] = Field(
        default=[],
        description="ARNs of the roles, users or accounts that may read. Required with `access: iam`, and only there.",
        examples=[["arn:aws:iam::111111111111:role/game-server"]],
    )
    search_names: bool = Field(
        default=False,
        description="Finds players by the beginning of their display names too, on the page and in the API. Each "
        "window's ranks get an index of the names: an index file, and one more file for each 64,000 of them.",
    )
    domain: Maybe[Domain] = Field(
        default=None,
        description="A domain of your own for page and API. Goes with `certificate_arn`.",
        examples=["scores.example.com"],
        json_schema_extra=computed("CloudFront's own domain"),
    )
    certificate_arn: Maybe[CertificateArn] = Field(
        default=None,
        description="The ACM certificate of `domain`, which must be in us-east-1.",
        examples=["arn:aws:acm:us-east-1:111111111111:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"],
    )
    cors_origins: Annotated[list[Origin], Field(max_length=limits.MAX_ORIGINS)] = Field(
        default=[],
        description="Other web pages whose scripts may read the API. Answers are then cached for each origin, and "
        "anybody can make one up: `max_concurrency` and `web_acl_arn` bound what that costs.",
        examples=[["https://game.example.com"]],
    )
    max_concurrency: Maybe[Concurrency] = Field(
        default=None,
        description="Requests that the API function works on at once; more are refused. As many are reserved of the "
        "account's concurrency, so that a flood of requests leaves the rest to others. `unreserved` reserves none and "
        "refuses none: for new accounts, which often have 10 in all, so that AWS refuses to reserve any. 100 must stay "
        "unreserved in each account and region.",
        examples=[50, "unreserved"],
        json_schema_extra=computed(
            f"`traffic.reads_per_second` / {limits.READS_PER_EXECUTION}, not below {limits.MIN_API_CONCURRENCY}, not "
            f"above {limits.MAX_CACHED_API_CONCURRENCY} ({limits.MAX_API_CONCURRENCY} with `access: iam`)"
        ),
    )
    web_acl_arn: Maybe[WebAclArn] = Field(
        default=None,
        description="A WAF web ACL that CloudFront asks before it answers (us-east-1, global).",
        examples=["arn:aws:wafv2:us-east-1:111111111111:global/webacl/games/1234abcd-12ab-34cd-56ef-1234567890ab"],
    )


class BoardSpec(Model):
    """One leaderboard. Keys that it leaves out come from its environment's `defaults`, then from the project's."""

    name: BoardName = Field(
        description="The board's name, unique in the project. Its names in AWS are PROJECT-ENVIRONMENT-NAME-...",
        examples=["weekly-kills"],
    )
    team: Name = Field(description="The team that answers for the board, one of `teams`.", examples=["nebula"])
    feed: Maybe[BoardName] = Field(
        default=None,
        description="The feed whose activities the board counts, one of `feeds`. The board then has no activities "
        "table: game servers write into the feed's. It counts from its creation on.",
        examples=["matches"],
        json_schema_extra=computed("none: the board has a table of its own"),
    )
    title: Maybe[Text] = Field(
        default=None,
        description="What players see above the board.",
        examples=["Weekly kills"],
        json_schema_extra=computed("the name, with spaces for dashes and a capital letter"),
    )
    scoring: Scoring = Field(examples=[{"rules": [{"activity": "kill", "points": 10}]}])
    window: Windows = Field(
        description="When scores start anew: one window or a list, no two with the same `every`. An activity counts in "
        "each; readers who ask for none get the first.",
        examples=[{"every": "week"}, [{"every": "day"}, {"every": "all_time"}]],
    )
    rebuild: Rebuild = Field(
        default="rate(1 minute)",
        description="How often ranks are computed, at least once a day: a rate(...) or cron(...) of EventBridge "
        "Scheduler, in UTC.",
        examples=["rate(5 minutes)", "cron(0/10 * * * ? *)"],
    )
    top: Annotated[int, Field(ge=1, le=1000)] = Field(
        default=100,
        description="Entries of the top list that are ready to be served at once, and of that in the event of a window "
        "that has closed (100 there at most). Every rank can be read; those below take one read more.",
    )
    milestones: Annotated[list[Number], Field(max_length=100)] = Field(
        default=[],
        description="Scores that send an event to EventBridge when a player first reaches one, or better, in a window. "
        "Not for a board that has only a rolling window.",
        examples=[[1000, 5000, 20000]],
    )
    segments: SegmentList = Field(
        default=[],
        description="Fields by whose values players are ranked among themselves too, beside the ranks of all: "
        "countries, platforms, guilds.",
        examples=[[{"name": "country", "values": ["BR", "DE"]}]],
    )
    traffic: Traffic = nested()
    alarms: Alarms = nested()
    dashboard: Dashboard = nested()
    api: Api = nested()
    kms_key_arn: Maybe[KmsKeyArn] = Field(
        default=None,
        description="A KMS key of your own, in the board's region, for all that the board stores. Where it changes on "
        "a board with data, name the former key in `kms_previous_keys`.",
        examples=[KMS_KEY],
        json_schema_extra=computed("a key made for the board"),
    )
    kms_previous_keys: Annotated[list[PreviousKey], Field(max_length=4)] = Field(
        default=[],
        description="Keys under which data may still lie after the board's key was changed: ARNs, or `board` for the "
        "key that was made for it. The board's functions may still decrypt with them. The bundle's README says "
        "when one may go.",
        examples=[[KMS_KEY], ["board"]],
    )
    protect: bool = Field(
        default=True,
        description="Makes Terraform refuse to destroy what holds data, protects tables from deletion and the bucket "
        "from being emptied. To destroy a board, first apply `protect: false`.",
    )
    simulator: bool = Field(
        default=False,
        description="Deploys a function that writes made-up activities, to see the board move. Local runs always have "
        "it.",
    )
