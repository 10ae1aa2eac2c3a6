"""From a valid spec to a `Board`: every name, number, schedule and limit of a bundle is decided here, purely.

Templates only place what stands in a Board; they compute nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.aws import limits, schedules
from generator.board import function_config, sizing
from generator.board.sizing import Sizing
from generator.spec.board import Alarms, BoardSpec
from generator.spec.project import Environment, Project, S3Backend
from runtime.config import BoardConfig


@dataclass(frozen=True)
class Names:
    """Names of what a bundle makes in AWS. The longest part decides how long a prefix may be: see `rules`."""

    prefix: str

    def part(self, part: str) -> str:
        """The name of one part of the board: PREFIX-part."""
        return f"{self.prefix}-{part}"


@dataclass(frozen=True)
class Function:
    """Size of one Lambda function."""

    memory_mb: int
    timeout_seconds: int


SIMULATOR = Function(256, 120)
"""The simulator, where it is deployed."""


@dataclass(frozen=True)
class Queue:
    """How the processor is fed."""

    batch_size: int
    batching_window_seconds: int
    visibility_seconds: int
    max_receive_count: int
    max_concurrency: int


@dataclass(frozen=True)
class Pipe:
    """How the stream is carried to the queue."""

    batch_size: int
    batching_window_seconds: int
    parallelization: int
    """Batches of one shard of the stream that are under way at once."""
    retry_attempts: int
    record_age_seconds: int
    """How old a record may become before it is a dead letter."""

    @property
    def redrive_hours(self) -> int:
        """How many hours are left to redrive a dead letter, until the stream has removed its record.

        A stream keeps its records for 24 hours (Amazon DynamoDB developer guide, "Change data capture for DynamoDB
        Streams").
        """
        return 24 - self.record_age_seconds // 3600


@dataclass(frozen=True)
class Silence:
    """How long a metric may have no value: that many periods in a row."""

    period_seconds: int
    periods: int


@dataclass(frozen=True)
class Subscriber:
    """Who is told when the board is unhealthy."""

    protocol: Literal["email", "https"]
    endpoint: str


@dataclass(frozen=True)
class Board:
    """One board in one environment, ready to be written down."""

    project: str
    environment: str | None
    region: str
    account_id: str | None
    backend: S3Backend | None
    team: str
    owner: str
    notify: tuple[str, ...]
    tags: dict[str, str]
    """Every tag of the bundle's resources: the team's own, and project, environment, board, team, owner."""

    name: str
    folder: str
    """Where the bundle goes below build/: ENV/TEAM/BOARD, or TEAM/BOARD."""
    names: Names
    config: BoardConfig
    players: int
    peak: int
    average: int
    reads: int

    sizing: Sizing
    """How the numbers of the parts below came about."""
    schedule: str
    pipe: Pipe
    queue: Queue
    processor: Function
    rebuilder: Function
    api: Function
    simulator: Function | None
    api_max_concurrency: int | None

    alarms: Alarms
    snapshot_age_seconds: int

    public: bool
    principals: tuple[str, ...]
    domain: str | None
    certificate_arn: str | None
    cors_origins: tuple[str, ...]
    web_acl_arn: str | None
    kms_key_arn: str | None
    protect: bool

    accent: str
    refresh_seconds: int

    @property
    def state_key(self) -> str:
        """Where the Terraform state of the board lies in its backend's bucket."""
        return f"{self.project}/{self.folder}.tfstate"

    @property
    def key_deletion_days(self) -> int:
        """For how many days a deleted key can still be restored: the most and the least that AWS takes (AWS KMS API
        reference, ScheduleKeyDeletion: PendingWindowInDays)."""
        return 30 if self.protect else 7

    @property
    def snapshot_alarm(self) -> Silence:
        """No snapshot for `snapshot_age_seconds`, in periods that CloudWatch takes: a minute each, over at most a day;
        an hour each beyond (Amazon CloudWatch API reference, PutMetricAlarm: Period)."""
        period = 60 if self.snapshot_age_seconds <= 86_400 else 3600
        return Silence(period, limits.ceil_div(self.snapshot_age_seconds, period))

    @property
    def subscribers(self) -> tuple[Subscriber, ...]:
        """The owner, and whom the team wants told, each once."""
        addresses = dict.fromkeys([f"mailto:{self.owner}", *self.notify])
        return tuple(
            Subscriber("email", address.removeprefix("mailto:"))
            if address.startswith("mailto:")
            else Subscriber("https", address)
            for address in addresses
        )

    @property
    def filter(self) -> dict[str, object]:
        """The pipe's event pattern: which of the stream's records the processor is sent."""
        return limits.pipe_pattern(self.config.ignore)


def make(project: Project, environment: str | None, spec: BoardSpec) -> Board:
    """The board of a spec that `rules` found nothing wrong with, in one environment (None: none is configured)."""
    place = project.environments[environment] if environment else Environment.model_construct()
    team = project.teams[spec.team]
    schedule = schedules.parse_schedule(spec.rebuild)
    rates = spec.traffic.activities_per_second
    names = Names(project.name_prefix(environment, spec.name))
    sized = sizing.decide(spec, schedule)
    tags = {"project": project.project, "board": spec.name, "team": spec.team, "owner": team.owner}
    if environment:
        tags["environment"] = environment
    return Board(
        project=project.project,
        environment=environment,
        region=place.region or project.region,
        account_id=place.account_id,
        backend=place.backend.s3 if place.backend else None,
        team=spec.team,
        owner=team.owner,
        notify=tuple(team.notify),
        tags=dict(sorted({**team.tags, **tags}.items())),
        name=spec.name,
        folder="/".join(part for part in (environment, spec.team, spec.name) if part),
        names=names,
        config=function_config.config(spec, sized),
        players=spec.traffic.players,
        peak=rates.peak,
        average=rates.average,
        reads=spec.traffic.reads_per_second,
        sizing=sized,
        schedule=spec.rebuild,
        pipe=Pipe(
            batch_size=sized.pipe_batch.value,
            batching_window_seconds=sized.pipe_batching.value,
            parallelization=sized.pipe_parallelization.value,
            retry_attempts=sized.pipe_retries.value,
            record_age_seconds=sized.pipe_record_age.value,
        ),
        queue=Queue(
            batch_size=sized.batch.value,
            batching_window_seconds=sized.batching.value,
            visibility_seconds=sized.visibility.value,
            max_receive_count=sized.receives.value,
            max_concurrency=sized.processors.value,
        ),
        processor=Function(sized.processor_memory.value, sized.processor_timeout.value),
        rebuilder=Function(sized.rebuilder_memory.value, sized.rebuilder_timeout.value),
        api=Function(sized.api_memory.value, sized.api_timeout.value),
        simulator=SIMULATOR if spec.simulator else None,
        api_max_concurrency=spec.api.max_concurrency,
        alarms=spec.alarms,
        snapshot_age_seconds=sized.snapshot_age.value,
        public=spec.api.access == "public",
        principals=tuple(spec.api.principals),
        domain=spec.api.domain,
        certificate_arn=spec.api.certificate_arn,
        cors_origins=tuple(spec.api.cors_origins),
        web_acl_arn=spec.api.web_acl_arn,
        kms_key_arn=spec.kms_key_arn,
        protect=spec.protect,
        accent=spec.dashboard.theme.accent,
        refresh_seconds=spec.dashboard.refresh_seconds,
    )
