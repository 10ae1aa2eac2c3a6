"""Judges a request by the constraints that AWS publishes in botocore's service models.

botocore itself checks types and required members, and the least length and value. AWS checks the rest too: patterns,
enumerations, and the greatest length and value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import botocore.loaders
from botocore.model import OperationModel, ServiceModel, Shape

from tests.terraform.judging.patterns import matches

NEWER_THAN_THE_MODEL: dict[tuple[str, str], str] = {}
"""Values of enumerations that AWS takes though the model does not have them: (shape, value), with the source."""


@cache
def _load_service(service: str) -> ServiceModel:
    return ServiceModel(botocore.loaders.Loader().load_service_model(service, "service-2"), service)


def find_operation(service: str, operation: str) -> OperationModel:
    """The model of an operation, by botocore's names: ("sqs", "CreateQueue")."""
    return _load_service(service).operation_model(operation)


def find_faults(service: str, operation: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    """Say which members of a request AWS would refuse, by their places in it."""
    shape = find_operation(service, operation).input_shape
    if shape is not None:
        yield from _judge(shape, parameters, operation)
    elif parameters:
        yield f"{operation}: takes no parameters"


def _judge(shape: Any, value: Any, place: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        yield from _judge_structure(shape, value, place)
    elif kind == "list":
        yield from _judge_size(shape, len(value), place, "elements")
        for number, element in enumerate(value):
            yield from _judge(shape.member, element, f"{place}[{number}]")
    elif kind == "map":
        yield from _judge_size(shape, len(value), place, "entries")
        for key, element in value.items():
            yield from _judge(shape.key, key, f"{place}, key {key}")
            yield from _judge(shape.value, element, f"{place}.{key}")
    elif kind in ("integer", "long", "float", "double"):
        yield from _judge_range(shape, value, place)
    elif kind == "string":
        yield from _judge_text(shape, value, place)
    elif kind == "blob" and isinstance(value, str | bytes):
        yield from _judge_size(shape, len(value.encode() if isinstance(value, str) else value), place, "bytes")


def _judge_structure(shape: Any, value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{place}: should be a structure"
        return
    for name in shape.required_members:
        if value.get(name) is None:
            yield f"{place}.{name}: is required"
    for name, inner in value.items():
        if name not in shape.members:
            yield f"{place}.{name}: is unknown to AWS"
        elif inner is not None:
            yield from _judge(shape.members[name], inner, f"{place}.{name}")


def _judge_text(shape: Any, value: Any, place: str) -> Iterator[str]:
    if not isinstance(value, str):
        # Times and the like, which botocore itself checks.
        return
    if shape.enum and value not in shape.enum and (shape.name, value) not in NEWER_THAN_THE_MODEL:
        yield f"{place}: {value!r} is none of {', '.join(sorted(shape.enum))}"
    yield from _judge_size(shape, len(value), place, "characters")
    pattern = shape.metadata.get("pattern")
    if pattern and not matches(pattern, value):
        yield f"{place}: {value!r} does not match {pattern}"


def _judge_size(shape: Shape, size: int, place: str, what: str) -> Iterator[str]:
    yield from _judge_bounds(shape, size, place, f"{size} {what}")


def _judge_range(shape: Shape, value: float, place: str) -> Iterator[str]:
    yield from _judge_bounds(shape, value, place, str(value))


def _judge_bounds(shape: Shape, number: float, place: str, words: str) -> Iterator[str]:
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if least is not None and number < least:
        yield f"{place}: {words}, but at least {least}"
    if most is not None and number > most:
        yield f"{place}: {words}, but at most {most}"
