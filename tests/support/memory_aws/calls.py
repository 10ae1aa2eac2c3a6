"""Calls of AWS: each goes through an interceptor, which decides whether, how often and when it is carried out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from tests.support.memory_aws.errors import Exceptions

WRITES = frozenset(
    (
        *("put_item", "update_item", "delete_item", "transact_write_items"),
        *("send_message", "send_message_batch", "receive_message", "delete_message", "delete_message_batch"),
        *("put_object", "copy_object", "delete_objects", "put_events", "start_execution"),
    )
)
"""The operations that change what is stored. A receive is one: it hides messages and counts."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of AWS: boto3's names of the service and of the operation, and the keyword arguments.

    A page of a paginator is a call of its own.
    """

    service: str
    operation: str
    request: Mapping[str, Any]

    @property
    def is_write(self) -> bool:
        """Whether the operation changes what is stored."""
        return self.operation in WRITES


Interceptor = Callable[[Call, Callable[[], Any]], Any]
"""Carries a call out by calling its second argument, and returns its answer. It may do so twice, as an SDK does that
repeats a request whose answer was lost; or not at all; or raise before or after."""
Operation = Callable[..., Any]
"""Carries out one operation, by boto3's keyword arguments."""


class Client:
    """What boto3's client is: operations as methods, exceptions by name, paginators.

    `prepare` completes a request before it is intercepted, as botocore does, for example with a token by which the
    repetition of a request is known. `meta` takes handlers of botocore's events, of which there are none here.
    """

    def __init__(
        self,
        service: str,
        operations: Mapping[str, Operation],
        intercept: Interceptor | None,
        prepare: Callable[[str, dict[str, Any]], None],
    ) -> None:
        self.exceptions = Exceptions()
        names = SimpleNamespace(hyphenize=lambda: service)
        self.meta = SimpleNamespace(
            service_model=SimpleNamespace(service_id=names),
            events=SimpleNamespace(register=lambda *_, **__: None),
        )
        self._service = service
        self._operations = operations
        self._intercept = intercept
        self._prepare = prepare

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        carry_out = self._operations.get(operation)
        if carry_out is None:
            raise AttributeError(f"the AWS in memory does not know {self._service}.{operation}")

        def call(**request: Any) -> Any:
            self._prepare(operation, request)
            if self._intercept is None:
                return carry_out(**request)
            return self._intercept(Call(self._service, operation, request), lambda: carry_out(**request))

        setattr(self, operation, call)
        return call

    def get_paginator(self, operation: str) -> Paginator:
        """The paginator of an operation that answers in pages."""
        return Paginator(getattr(self, operation), PAGES[operation])


@dataclass(frozen=True)
class Pages:
    """How the pages of an operation hang together: the names in its requests and its answers."""

    next: Mapping[str, str]
    """The part of an answer that says where the next page begins -> the parameter of the next request that takes it."""
    size: str
    """The parameter with the size of a page."""
    items: str
    """The part of an answer that has a page's items."""


PAGES = {
    "query": Pages({"LastEvaluatedKey": "ExclusiveStartKey"}, "Limit", "Items"),
    "scan": Pages({"LastEvaluatedKey": "ExclusiveStartKey"}, "Limit", "Items"),
    "list_objects_v2": Pages({"NextContinuationToken": "ContinuationToken"}, "MaxKeys", "Contents"),
}


class Paginator:
    """Calls an operation for one page after the other, each when it is asked for."""

    def __init__(self, operation: Operation, pages: Pages) -> None:
        self._operation = operation
        self._pages = pages

    def paginate(
        self, *, PaginationConfig: Mapping[str, Any] | None = None, **request: Any
    ) -> Iterator[dict[str, Any]]:
        """As boto3's paginator does, with PageSize and MaxItems."""
        limits = dict(PaginationConfig or {})
        size, left = limits.pop("PageSize", None), limits.pop("MaxItems", None)
        assert not limits, f"unknown: {limits}"
        if size is not None:
            request[self._pages.size] = size
        while True:
            page = self._operation(**request)
            items = page.get(self._pages.items, ())
            if left is not None and len(items) >= left:
                yield {**page, self._pages.items: items[:left]}
                return
            yield page
            left = None if left is None else left - len(items)
            if not all(page.get(name) for name in self._pages.next):
                return
            request |= {parameter: page[name] for name, parameter in self._pages.next.items()}
