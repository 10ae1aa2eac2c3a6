"""The network: every call of AWS by every process, and what goes wrong with it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.simulation.scheduler import Process, ProcessDiedError, Scheduler
from tests.support.memory_aws.calls import Call
from tests.support.memory_aws.errors import cancelled, connect_timeout, error, read_timeout

FAULTS = (
    "refused",  # AWS is too busy, or fails inside: nothing is done
    "unreachable",  # no connection comes about: nothing is done
    "lost",  # it is done, and no answer comes
    "repeated",  # it is done, no answer comes, and the SDK sends it again
    "late copy",  # it is done, and a copy of the request arrives once more, seconds later
    "conflict",  # another write of the same thing is under way: nothing is done
    "dies before",  # the process dies before the call is carried out
    "dies after",  # the process dies after the call was carried out
    "slow",  # it takes seconds
    "unprocessed",  # AWS answers that it has not done the parts of a request, where that is an answer
)
"""What may go wrong with a call."""
FAULT_RATE = 0.006
"""How often each of them happens to a call in a run of ordinary weather."""

_SECOND = 1000
_ERRORS = {
    "dynamodb": ("ThrottlingException", "ProvisionedThroughputExceededException", "InternalServerError"),
    "dynamodbstreams": ("ThrottlingException", "InternalServerError", "TrimmedDataAccessException"),
    "s3": ("SlowDown", "InternalError", "ServiceUnavailable"),
    "sqs": ("RequestThrottled", "InternalFailure", "ServiceUnavailable"),
    "events": ("ThrottlingException", "InternalFailure", "ServiceUnavailable"),
    "stepfunctions": ("ThrottlingException", "InternalFailure", "ServiceUnavailable"),
}
"""Errors by which each service says that the same request may work later (the services' API references: "Common
errors")."""
_OWN_ERRORS = ("dies before", "dies after", "slow")
"""What goes wrong without an error of a call."""


@dataclass
class Weather:
    """How often each fault happens to a call, and how far clocks differ."""

    rates: dict[str, float]
    skew: int
    """Milliseconds by which a process's clock may be ahead or behind."""

    @classmethod
    def draw(cls, chance: random.Random) -> Weather:
        """Draw the weather of a run: calm in one of six, stormy in some."""
        storm = chance.choice((0, 0.5, 1, 1, 2, 4))
        rates = {fault: storm * FAULT_RATE * chance.choice((0, 0.5, 1, 1, 2)) for fault in FAULTS}
        return cls(rates, skew=chance.choice((0, 5, 100, 1000)))

    def __post_init__(self) -> None:
        self.total = sum(self.rates.values())

    def draw_fault(self, chance: random.Random) -> str | None:
        """What goes wrong with one call; None for nothing."""
        drawn = chance.random()
        if drawn >= self.total:
            return None
        for fault, rate in self.rates.items():
            drawn -= rate
            if drawn < 0:
                return fault
        return None


class Network:
    """Carries the calls of processes to AWS, as their interceptor."""

    def __init__(
        self,
        scheduler: Scheduler,
        weather: Weather,
        carry_out: Callable[[Process | None, Call, Callable[[], Any]], Any],
        trace: list[str] | None,
    ) -> None:
        """`carry_out` does what AWS does, at the moment when it takes effect. `trace` takes a line for each call."""
        self.weather = weather
        self._scheduler = scheduler
        self._carry_out = carry_out
        self._trace = trace

    def __call__(self, call: Call, do: Callable[[], Any]) -> Any:
        """Carry out a call of the process whose step this is, or let it fail."""
        process, scheduler = self._scheduler.process, self._scheduler
        if process is None:
            return self._carry_out(None, call, do)
        if process.dead:
            raise ProcessDiedError
        chance = process.chance
        fault = self.weather.draw_fault(chance)
        if fault is not None and not _can_happen(fault, call):
            fault = None
        if fault is not None and fault not in _OWN_ERRORS:
            process.faults += 1
        if self._trace is not None:
            self._trace.append(f"{scheduler.now} {process.name}: {describe(call)}{f' [{fault}]' if fault else ''}")
        task = scheduler.current
        assert task is not None
        if call.is_write:
            task.on_wire = lambda: self._arrive(process, call, do)
        scheduler.sleep(_latency(chance) + (chance.randint(1, 12) * _SECOND if fault == "slow" else 0))
        task.on_wire = None
        answer = self._with_fault(fault, process, call, do) if fault else self._carry_out(process, call, do)
        if chance.random() < 0.3:
            scheduler.sleep(_latency(chance))
        return answer

    def _with_fault(self, fault: str, process: Process, call: Call, do: Callable[[], Any]) -> Any:
        chance, scheduler = process.chance, self._scheduler
        match fault:
            case "refused":
                raise error(chance.choice(_ERRORS[call.service]), call.operation)
            case "unreachable":
                scheduler.sleep(2 * _SECOND)
                raise connect_timeout(call.service)
            case "conflict":
                raise _conflict(call, chance)
            case "dies before":
                scheduler.die()
            case "unprocessed":
                return _nothing_done(call)
        try:
            answer = self._carry_out(process, call, do)
        except Exception:
            if fault == "repeated":
                return self._carry_out(process, call, do)
            raise
        match fault:
            case "lost":
                scheduler.sleep(10 * _SECOND)
                raise read_timeout(call.service)
            case "repeated":
                scheduler.sleep(_latency(chance) if chance.random() < 0.5 else 10 * _SECOND)
                return self._carry_out(process, call, do)
            case "late copy":
                scheduler.spawn(lambda: self._arrive(process, call, do), chance.randint(1, 15 * _SECOND))
            case "dies after":
                scheduler.die()
        return answer

    def _arrive(self, process: Process, call: Call, do: Callable[[], Any]) -> None:
        """Carry out a request for whose answer nobody waits."""
        if self._trace is not None:
            self._trace.append(f"{self._scheduler.now} {process.name}: {describe(call)} arrives")
        try:
            self._carry_out(process, call, do)
        except Exception:
            # AWS refused it, as it may.
            return


def describe(call: Call) -> str:
    """A call as a line of the trace shows it."""
    request = call.request
    if call.operation == "transact_write_items":
        parts = [item for entry in request["TransactItems"] for item in entry.values()]
        return f"transact_write_items {' + '.join(_place(part) for part in parts)}"
    return f"{call.operation} {_place(request)}"


def _place(request: Any) -> str:
    if "TableName" in request:
        item = request.get("Item") or request.get("Key") or request.get("ExpressionAttributeValues") or {}
        texts = [value["S"] for value in list(item.values())[:2] if "S" in value]
        return "/".join([request["TableName"], *texts])
    if "Key" in request:
        return str(request["Key"])
    return str(request.get("Prefix") or request.get("QueueUrl") or "")


def _latency(chance: random.Random) -> int:
    """How long a request is under way, in milliseconds: mostly a few, now and then many."""
    return chance.randint(1, 9) if chance.random() < 0.9 else chance.randint(10, 400)


def _can_happen(fault: str, call: Call) -> bool:
    if fault == "unprocessed":
        return call.operation in ("batch_get_item", "put_events", "delete_objects")
    if fault == "conflict":
        return call.operation in ("transact_write_items", "put_item", "update_item", "delete_item") or bool(
            call.request.keys() & {"IfMatch", "IfNoneMatch"}
        )
    return call.is_write or fault in ("refused", "unreachable", "lost", "dies before", "slow")


def _conflict(call: Call, chance: random.Random) -> Exception:
    """The error of a write that meets another one."""
    if call.operation == "transact_write_items":
        items = call.request["TransactItems"]
        met = chance.randrange(len(items))
        return cancelled(items, *["None"] * met, "TransactionConflict")
    return error(
        "TransactionConflictException" if call.service == "dynamodb" else "ConditionalRequestConflict", call.operation
    )


def _nothing_done(call: Call) -> Any:
    """An answer that says of each part of a request that it was not done."""
    request = call.request
    if call.operation == "batch_get_item":
        ((table, wanted),) = request["RequestItems"].items()
        return {"Responses": {table: []}, "UnprocessedKeys": {table: wanted}}
    if call.operation == "put_events":
        refused = [{"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"} for _ in request["Entries"]]
        return {"Entries": refused, "FailedEntryCount": len(refused)}
    return {"Errors": [{**item, "Code": "InternalError"} for item in request["Delete"]["Objects"]]}
