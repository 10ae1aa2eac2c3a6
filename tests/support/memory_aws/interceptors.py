"""Interceptors that many tests need: to record calls, and to fail before or after they take effect."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.support.memory_aws.account import MemoryAws
from tests.support.memory_aws.calls import Call, Interceptor
from tests.support.memory_aws.errors import error

BUCKET_WRITES = ("put_object", "copy_object")
"""The operations that store an object."""


class Recorder:
    """An interceptor that keeps every call, and leaves the rest to another interceptor."""

    def __init__(self, intercept: Interceptor | None = None) -> None:
        self.calls: list[Call] = []
        self._intercept = intercept

    def __call__(self, call: Call, carry_out: Callable[[], Any]) -> Any:
        """Keep the call, and carry it out."""
        self.calls.append(call)
        return carry_out() if self._intercept is None else self._intercept(call, carry_out)


def ignore(call: Call) -> None:
    """Do nothing before or after a call."""


def only(hook: Callable[[Call], Any], *operations: str) -> Callable[[Call], Any]:
    """Make a hook that is called for some operations only."""
    return lambda call: hook(call) if call.operation in operations else None


def fail_after(number: int) -> Callable[[Call], None]:
    """Make a hook that lets so many calls pass, and fails each later one."""
    left = number

    def fail(call: Call) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise error("InternalError", call.operation)

    return fail


class HookedAws(MemoryAws):
    """AWS in memory whose clients call `before` and `after` around each write, unless they have an interceptor."""

    def __init__(self, clock: Callable[[], int] = lambda: 0) -> None:
        super().__init__(clock)
        self.before: Callable[[Call], Any] = ignore
        """Called before each write takes effect; may raise."""
        self.after: Callable[[Call], Any] = ignore
        """Called after each write took effect; may raise, and the answer is lost."""
        self.intercept: Interceptor = self.call_hooks
        """What every call goes through, in place of the hooks where it is another one."""
        self.calls: list[Call] = []
        """Every call of those clients."""

    def client(self, service: str, intercept: Interceptor | None = None) -> Any:
        """A boto3 client of a service."""
        return super().client(service, intercept or self._intercept)

    def unhook(self) -> None:
        """From now on nothing happens before and after."""
        self.before = self.after = ignore

    def call_hooks(self, call: Call, carry_out: Callable[[], Any]) -> Any:
        """Carry a call out, with the hooks around it where it writes."""
        if not call.is_write:
            return carry_out()
        self.before(call)
        answer = carry_out()
        self.after(call)
        return answer

    def transactions(self) -> list[int]:
        """How many items each transaction had that was asked for."""
        return [len(call.request["TransactItems"]) for call in self.calls if call.operation == "transact_write_items"]

    def _intercept(self, call: Call, carry_out: Callable[[], Any]) -> Any:
        self.calls.append(call)
        return self.intercept(call, carry_out)
