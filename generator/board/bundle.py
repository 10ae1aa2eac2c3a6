"""What every bundle that is deployed has, of a board as of a feed: where it goes, whose it is, its names, its key."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from generator.aws import limits
from generator.board.sizing import PipeSizing
from generator.spec.project import Environment, Project, S3Backend
from generator.spec.values_aws import BOARD_KEY


@dataclass(frozen=True)
class ResourceNames:
    """The names of a bundle's resources in AWS. `limits.LONGEST_PART` is the length of their longest part."""

    prefix: str
    """PROJECT-ENV-BOARD, or PROJECT-ENV-feed-FEED."""

    def part(self, part: str) -> str:
        """The name of one part: PREFIX-part."""
        return f"{self.prefix}-{part}"


@dataclass(frozen=True)
class PipeSettings:
    """How the pipe carries activities from the table's stream to the queue, or to a feed's bus."""

    batch_size: int
    batching_window_seconds: int
    parallelization: int
    """How many batches of one shard of the stream the pipe carries at once."""
    retry_attempts: int
    record_age_seconds: int
    """How old a record may become before it is a dead letter."""

    @classmethod
    def of(cls, sizing: PipeSizing) -> PipeSettings:
        """The settings that were decided."""
        return cls(
            batch_size=sizing.batch.value,
            batching_window_seconds=sizing.batching.value,
            parallelization=sizing.parallelization.value,
            retry_attempts=sizing.retries.value,
            record_age_seconds=sizing.record_age.value,
        )

    @property
    def redrive_hours(self) -> int:
        """How many hours are left to redrive a dead letter, until the stream has removed its record."""
        return limits.STREAM_HOURS - self.record_age_seconds // 3600


@dataclass(frozen=True)
class Subscriber:
    """An address that gets a message when an alarm goes off."""

    protocol: Literal["email", "https"]
    endpoint: str

    @property
    def address(self) -> str:
        """The address as a URI."""
        return f"mailto:{self.endpoint}" if self.protocol == "email" else self.endpoint


@dataclass(frozen=True)
class Bundle:
    """A bundle in one environment: what is deployed on its own, with a Terraform state of its own."""

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
    page: tuple[str, ...]
    """Addresses that are told only of what cannot wait; none where nobody is paged."""
    tags: dict[str, str]
    """Every tag of the bundle's resources: the team's own and ours."""

    name: str
    """What it is called among the bundles of its team: the board's name, or feed-FEED."""
    folder: str
    """Where the bundle is below build/: ENV/TEAM/NAME, or TEAM/NAME."""
    names: ResourceNames

    kms_key_arn: str | None
    """None if the bundle's own key is used."""
    kms_previous_keys: tuple[str, ...]
    """Keys under which data may still lie: ARNs, and `BOARD_KEY` for the key that the bundle makes."""
    protect: bool

    @property
    def makes_key(self) -> bool:
        """Whether the bundle has a KMS key of its own: to encrypt with, or for what still lies under it."""
        return self.kms_key_arn is None or BOARD_KEY in self.kms_previous_keys

    @property
    def state_key(self) -> str:
        """The key of the bundle's Terraform state in its backend's bucket."""
        return f"{self.project}/{self.folder}.tfstate"

    @property
    def key_deletion_days(self) -> int:
        """How many days a deleted key can be restored: the most that AWS allows where it is protected, else the least.

        (AWS KMS API reference, ScheduleKeyDeletion: PendingWindowInDays.)
        """
        return 30 if self.protect else 7

    @property
    def subscribers(self) -> tuple[Subscriber, ...]:
        """The owner and the addresses of `notify`, each once."""
        return _make_subscribers([f"mailto:{self.owner}", *self.notify])

    @property
    def paged(self) -> tuple[Subscriber, ...]:
        """The addresses of `page`, each once."""
        return _make_subscribers(self.page)


def _make_subscribers(addresses: Iterable[str]) -> tuple[Subscriber, ...]:
    return tuple(
        Subscriber("email", address.removeprefix("mailto:"))
        if address.startswith("mailto:")
        else Subscriber("https", address)
        for address in dict.fromkeys(addresses)
    )


@dataclass(frozen=True)
class Place:
    """Where a bundle is deployed, and who answers for it: the fields that all bundles of a team have alike."""

    project: Project
    environment: str | None
    team: str

    def fields(self, name: str) -> dict[str, Any]:
        """The fields of a bundle by that name."""
        place = self.project.environments[self.environment] if self.environment else Environment.model_construct()
        team = self.project.teams[self.team]
        tags = {"project": self.project.project, "board": name, "team": self.team, "owner": team.owner}
        if self.environment:
            tags["environment"] = self.environment
        return {
            "project": self.project.project,
            "environment": self.environment,
            "region": place.region or self.project.region,
            "account_id": place.account_id,
            "backend": place.backend.s3 if place.backend else None,
            "team": self.team,
            "owner": team.owner,
            "notify": tuple(team.notify),
            "page": tuple(sorted(team.page)),
            "tags": dict(sorted({**team.tags, **self.project.find_tags(self.environment), **tags}.items())),
            "name": name,
            "folder": "/".join(part for part in (self.environment, self.team, name) if part),
            "names": ResourceNames(self.project.name_prefix(self.environment, name)),
        }
