"""A board in one environment, with every name, number, schedule and limit that its bundle needs.

Templates only place what a `Board` holds; they compute nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.aws import limits, schedules
from generator.board.function_config import make_function_config
from generator.board.sizing import Sizing, decide_sizing
from generator.source.pictures import Picture
from generator.spec.attaching import AttachedField, read_fields
from generator.spec.board import Alarms, BoardSpec, Dashboard, Traffic
from generator.spec.project import Environment, IndexPage, Project, S3Backend
from generator.spec.values_aws import BOARD_KEY
from runtime.config import BoardConfig


@dataclass(frozen=True)
class ResourceNames:
    """The names of a board's resources in AWS. `limits.LONGEST_PART` is the length of their longest part."""

    prefix: str
    """PROJECT-ENV-BOARD."""

    def part(self, part: str) -> str:
        """The name of one part of the board: PREFIX-part."""
        return f"{self.prefix}-{part}"


@dataclass(frozen=True)
class FunctionSize:
    """The size of one Lambda function."""

    memory_mb: int
    timeout_seconds: int


SIMULATOR = FunctionSize(256, 120)
"""The size of the simulator, for boards that have a simulator."""


@dataclass(frozen=True)
class QueueSettings:
    """How the queue hands activities to the processor."""

    batch_size: int
    batching_window_seconds: int
    visibility_seconds: int
    max_receive_count: int
    max_concurrency: int


@dataclass(frozen=True)
class PipeSettings:
    """How the pipe carries activities from the table's stream to the queue."""

    batch_size: int
    batching_window_seconds: int
    parallelization: int
    """How many batches of one shard of the stream the pipe carries at once."""
    retry_attempts: int
    record_age_seconds: int
    """How old a record may become before it is a dead letter."""

    @property
    def redrive_hours(self) -> int:
        """How many hours are left to redrive a dead letter, until the stream has removed its record."""
        return limits.STREAM_HOURS - self.record_age_seconds // 3600


@dataclass(frozen=True)
class Subscriber:
    """An address that gets a message when the board is unhealthy."""

    protocol: Literal["email", "https"]
    endpoint: str

    @property
    def address(self) -> str:
        """The address as a URI."""
        return f"mailto:{self.endpoint}" if self.protocol == "email" else self.endpoint


@dataclass(frozen=True)
class Board:
    """One board in one environment."""

    project: str
    environment: str | None
    """None if no environments are configured."""
    region: str
    account_id: str | None
    backend: S3Backend | None
    team: str
    owner: str
    """An e-mail address."""
    notify: tuple[str, ...]
    """More addresses: mailto: or https:."""
    tags: dict[str, str]
    """Every tag of the bundle's resources: the team's own, and project, environment, board, team, owner."""

    name: str
    folder: str
    """Where the bundle is below build/: ENV/TEAM/BOARD, or TEAM/BOARD."""
    names: ResourceNames
    config: BoardConfig
    """What the board's functions read."""

    traffic: Traffic
    """What the board is sized for, and what its cost is computed from."""
    sizing: Sizing
    """The numbers of the board's parts, each with its arithmetic."""
    schedule: str
    """When the rebuilder runs: rate(...) or cron(...)."""
    simulator: FunctionSize | None
    """None if the simulator is not deployed."""
    alarms: Alarms

    public: bool
    """Whether the board has a page and a distribution, and everybody may read it."""
    principals: tuple[str, ...]
    """ARNs that may read a board that is not public."""
    domain: str | None
    certificate_arn: str | None
    cors_origins: tuple[str, ...]
    web_acl_arn: str | None
    kms_key_arn: str | None
    """None if the bundle's own key is used."""
    kms_previous_keys: tuple[str, ...]
    """Keys under which data may still lie: ARNs, and `BOARD_KEY` for the key that the bundle makes."""
    protect: bool

    attached: tuple[AttachedField, ...]
    """The fields that are kept beside a score, with what the page calls them."""
    dashboard: Dashboard
    """What the page shows, and how often it asks for new ranks."""
    logo: Picture | None

    @property
    def makes_key(self) -> bool:
        """Whether the bundle has a KMS key of its own: to encrypt with, or for what still lies under it."""
        return self.kms_key_arn is None or BOARD_KEY in self.kms_previous_keys

    @property
    def pipe(self) -> PipeSettings:
        """The settings of the pipe."""
        return PipeSettings(
            batch_size=self.sizing.pipe_batch.value,
            batching_window_seconds=self.sizing.pipe_batching.value,
            parallelization=self.sizing.pipe_parallelization.value,
            retry_attempts=self.sizing.pipe_retries.value,
            record_age_seconds=self.sizing.pipe_record_age.value,
        )

    @property
    def queue(self) -> QueueSettings:
        """The settings of the queue."""
        return QueueSettings(
            batch_size=self.sizing.batch.value,
            batching_window_seconds=self.sizing.batching.value,
            visibility_seconds=self.sizing.visibility.value,
            max_receive_count=self.sizing.receives.value,
            max_concurrency=self.sizing.processors.value,
        )

    @property
    def processor(self) -> FunctionSize:
        """The size of the processor."""
        return FunctionSize(self.sizing.processor_memory.value, self.sizing.processor_timeout.value)

    @property
    def rebuilder(self) -> FunctionSize:
        """The size of the rebuilder."""
        return FunctionSize(self.sizing.rebuilder_memory.value, self.sizing.rebuilder_timeout.value)

    @property
    def api(self) -> FunctionSize:
        """The size of the API function."""
        return FunctionSize(self.sizing.api_memory.value, self.sizing.api_timeout.value)

    @property
    def api_max_concurrency(self) -> int | None:
        """The most requests that the API function works on at once; None for as many as the account has left."""
        return self.sizing.api_concurrency.value if self.sizing.api_concurrency else None

    @property
    def snapshot_age_seconds(self) -> int:
        """How old the newest snapshot may become before its alarm goes off."""
        return self.sizing.snapshot_age.value

    @property
    def watch(self) -> schedules.Schedule:
        """When the board is watched. The alarms on what a watch measures have its gap as their period."""
        return schedules.parse_schedule(limits.WATCH)

    @property
    def overrun_milliseconds(self) -> int:
        """How many milliseconds a rebuild may take before its alarm goes off."""
        return self.sizing.overrun.value * 1000

    @property
    def overrun_period_seconds(self) -> int:
        """The period of that alarm, long enough that each one has a slow rebuild: a multiple of five minutes."""
        return limits.ceil_div(self.sizing.overrun.value, 300) * 300

    @property
    def state_key(self) -> str:
        """The key of the board's Terraform state in its backend's bucket."""
        return f"{self.project}/{self.folder}.tfstate"

    @property
    def key_deletion_days(self) -> int:
        """How many days a deleted key can be restored: the most that AWS allows for a protected board, else the least.

        (AWS KMS API reference, ScheduleKeyDeletion: PendingWindowInDays.)
        """
        return 30 if self.protect else 7

    @property
    def subscribers(self) -> tuple[Subscriber, ...]:
        """The owner and the addresses of `notify`, each once."""
        addresses = dict.fromkeys([f"mailto:{self.owner}", *self.notify])
        return tuple(
            Subscriber("email", address.removeprefix("mailto:"))
            if address.startswith("mailto:")
            else Subscriber("https", address)
            for address in addresses
        )

    @property
    def readers(self) -> tuple[str, ...]:
        """The principals that may read the board, each once; none for a public board."""
        return () if self.public else tuple(dict.fromkeys(self.principals))

    @property
    def filter(self) -> dict[str, object]:
        """The pipe's event pattern: which of the stream's records it carries."""
        return limits.pipe_pattern(self.config.ignore)


def decide_board(project: Project, environment: str | None, spec: BoardSpec, logo: Picture | None = None) -> Board:
    """Decide everything about a board in one environment, from a spec that the rules found nothing wrong with."""
    place = project.environments[environment] if environment else Environment.model_construct()
    team = project.teams[spec.team]
    tags = {"project": project.project, "board": spec.name, "team": spec.team, "owner": team.owner}
    if environment:
        tags["environment"] = environment
    sizing = decide_sizing(spec, schedules.parse_schedule(spec.rebuild))
    return Board(
        project=project.project,
        environment=environment,
        region=place.region or project.region,
        account_id=place.account_id,
        backend=place.backend.s3 if place.backend else None,
        team=spec.team,
        owner=team.owner,
        notify=tuple(team.notify),
        tags=dict(sorted({**team.tags, **project.find_tags(environment), **tags}.items())),
        name=spec.name,
        folder="/".join(part for part in (environment, spec.team, spec.name) if part),
        names=ResourceNames(project.name_prefix(environment, spec.name)),
        config=make_function_config(spec, sizing),
        traffic=spec.traffic,
        sizing=sizing,
        schedule=spec.rebuild,
        simulator=SIMULATOR if spec.simulator else None,
        alarms=spec.alarms,
        public=spec.api.access == "public",
        principals=tuple(spec.api.principals),
        domain=spec.api.domain,
        certificate_arn=spec.api.certificate_arn,
        cors_origins=_list_cors_origins(spec, project.find_index(environment)),
        web_acl_arn=spec.api.web_acl_arn,
        kms_key_arn=spec.kms_key_arn,
        kms_previous_keys=tuple(spec.kms_previous_keys),
        protect=spec.protect,
        attached=read_fields(spec.scoring.attach),
        dashboard=spec.dashboard,
        logo=logo,
    )


def _list_cors_origins(spec: BoardSpec, index: IndexPage | None) -> tuple[str, ...]:
    """Sites whose scripts may read the board: those that it names, and the one that lists all boards."""
    listing = [index.origin] if index and spec.api.access == "public" else []
    return tuple(dict.fromkeys((*spec.api.cors_origins, *listing)))
