"""Makes the embedded AWS what a bundle says, and remembers what is there, as Terraform does in its state."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from generator.alarms.reading import COMPOSITE_ALARM, METRIC_ALARM, read_resources
from generator.errors import LocalError
from generator.local.deploy.deployment import Deployment, FeedDeployment, read_deployment, read_feed
from generator.local.deploy.resources import NOT_LOCAL, differ, find_kind, make_resource, update_resource
from generator.local.deploy.target import Target, Values
from generator.local.emulator.process import Emulator
from generator.terraform.module import Module

Reader: TypeAlias = Callable[[str], Values]
"""The attributes of the resource at an address of the bundle."""

_Read = TypeVar("_Read", Deployment, FeedDeployment)

TABLES_OF_RESULTS = ("aws_dynamodb_table.marks", "aws_dynamodb_table.aggregates")
"""What is counted, by the addresses of the tables that it is in. The last one says what the numbers mean: as long as
that is there, nobody takes them for what they are not."""


ALARMS = (f"{METRIC_ALARM}.", f"{COMPOSITE_ALARM}.")
"""How the addresses of alarms begin: `services.cloudwatch` has those here."""


@dataclass(frozen=True)
class Resource:
    """A resource in the embedded AWS: the arguments that it was made from, and the attributes that it has besides."""

    kind: str
    arguments: Values
    attributes: Values

    @property
    def values(self) -> Values:
        """All its attributes."""
        return {**self.arguments, **self.attributes}


class Resources:
    """The resources of one board, or of one feed, by their addresses in its bundle."""

    def __init__(self, aws: Emulator, there: Mapping[str, Resource] | None = None) -> None:
        """`there`: what exists already, such as after an earlier run."""
        self._aws = aws
        self.there: dict[str, Resource] = dict(there or {})
        self.changed: tuple[str, ...] = ()
        """The addresses of what the last `apply` made, changed or deleted."""

    def apply(self, files: Mapping[str, bytes], *, schedule: bool) -> Deployment:
        """Make a board what its bundle says. The rest is as in `apply_feed`.

        `schedule`: whether to make the board's own schedules; without them, the caller must start the rebuilds, and
        nobody watches the board: no alarm here would look at what a watch measures.
        """
        return self._apply(files, schedule, read_deployment)

    def apply_feed(self, files: Mapping[str, bytes]) -> FeedDeployment:
        """Make what is new in a bundle, change what has changed, delete what is gone. Data stays.

        `files`: content by path in the bundle.

        Raises TerraformError for Terraform that our reader does not know, LocalError for resources that local mode does
        not know and for calls that the embedded AWS refuses. What was done until then is remembered.
        """
        return self._apply(files, False, read_feed)

    def _apply(
        self, files: Mapping[str, bytes], schedule: bool, read: Callable[[Collection[str], Reader], _Read]
    ) -> _Read:
        changed: list[str] = []
        wanted: set[str] = set()
        target = Target(self._aws, lambda path: module.read_file(path))

        def converge(kind: str, arguments: Values) -> Values:
            address = module.creating
            wanted.add(address)
            before = self.there.get(address)
            if before and not differ(kind, arguments, before.arguments) and kind not in NOT_LOCAL:
                return before.attributes
            # What needs this one may be on its way too: the one that is refused is named.
            with _naming(address):
                if before and kind not in NOT_LOCAL:
                    found = update_resource(target, kind, arguments, before.values)
                    # What it was told before is no attribute: the next change would be compared with it.
                    attributes = {name: value for name, value in found.items() if name not in before.arguments}
                else:
                    attributes = make_resource(target, kind, arguments)
            self.there[address] = Resource(kind, arguments, attributes)
            if kind not in NOT_LOCAL:
                changed.append(address)
            return attributes

        module: Module = Module(files, self._aws.account_id, self._aws.region, converge)
        for address in module.resources:
            kind = address.split(".")[0]
            if kind not in NOT_LOCAL and (schedule or kind != "aws_scheduler_schedule"):
                _resolve(module, address)
        deployment = read(module.addresses, lambda address: _resolve(module, address))
        for address in module.resources:
            if address.startswith(ALARMS):
                _resolve(module, address)
        alarms = {address: self.there[address].arguments for address in self.there if address.startswith(ALARMS)}
        self._aws.cloudwatch.put_alarms(self, read_resources(alarms))
        changed += self._delete([address for address in self.there if address not in wanted])
        self.changed = tuple(changed)
        return deployment

    @property
    def data_names(self) -> list[str]:
        """The names of its tables, queues and buckets."""
        names = {"aws_dynamodb_table": "name", "aws_sqs_queue": "name", "aws_s3_bucket": "bucket"}
        return [one.arguments[names[one.kind]] for one in self.there.values() if one.kind in names]

    def remove(self) -> None:
        """Delete all but the data: with it, a later `apply` takes the board up again."""
        self._aws.cloudwatch.remove_alarms(self)
        self._delete([*self.there])

    def empty_tables(self) -> None:
        """Make the tables of results anew, empty. Nobody may read or write them meanwhile."""
        target = Target(self._aws, lambda path: b"")
        for address in TABLES_OF_RESULTS:
            old = self.there[address]
            self._aws.client("dynamodb").delete_table(TableName=old.arguments["name"])
            attributes = make_resource(target, old.kind, dict(old.arguments))
            self.there[address] = Resource(old.kind, old.arguments, attributes)

    def _delete(self, addresses: list[str]) -> list[str]:
        """Delete resources, the last ones first: what they need was made before them. Returns those that are gone."""
        gone = []
        target = Target(self._aws, lambda path: b"")
        for address in reversed(addresses):
            old = self.there[address]
            delete = None if old.kind in NOT_LOCAL else find_kind(old.kind).delete
            if delete:
                with _naming(address):
                    delete(target, old.values)
                gone.append(address)
            if delete or old.kind in NOT_LOCAL:
                del self.there[address]
        return gone


@contextmanager
def _naming(address: str) -> Iterator[None]:
    """Turn what the embedded AWS refuses within the `with` into a LocalError that names the resource."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise LocalError(f"the embedded AWS refuses {address}: {error}") from None


def _resolve(module: Module, address: str) -> Values:
    """The attributes of the resource at an address, which is made first if it does not exist yet."""
    try:
        value: Values = module.resolve(address)
    except KeyError as error:
        raise LocalError(f"the bundle has no {error.args[0]}, which local mode needs") from None
    return value
