"""Checks requests as boto3 does before it sends them: by the descriptions of AWS's services."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from botocore.exceptions import ParamValidationError
from botocore.loaders import Loader
from botocore.model import ServiceModel, StructureShape
from botocore.validate import ParamValidator

from tests.support.memory_aws.calls import Call, Interceptor


def checked(intercept: Interceptor) -> Interceptor:
    """Make an interceptor that refuses what boto3 would not send, and leaves the rest to another one. It is slow."""

    def check_first(call: Call, carry_out: Callable[[], Any]) -> Any:
        check(call)
        return intercept(call, carry_out)

    return check_first


def check(call: Call) -> None:
    """Raise ParamValidationError for parameters that the service does not have, or of another type."""
    request = dict(call.request)
    if isinstance(source := request.get("CopySource"), dict):
        # boto3 makes a text of it first (boto3 documentation, "S3.Client.copy_object").
        request["CopySource"] = f"{source['Bucket']}/{source['Key']}"
    report = ParamValidator().validate(request, input_shape(call.service, call.operation))
    if report.has_errors():
        raise ParamValidationError(report=report.generate_report())


@cache
def input_shape(service: str, operation: str) -> StructureShape:
    """The description of an operation's parameters. `operation`: as boto3's method is named."""
    name = "".join(word.capitalize() for word in operation.split("_"))
    shape = _model(service).operation_model(name).input_shape
    assert shape is not None
    return shape


@cache
def _model(service: str) -> ServiceModel:
    return ServiceModel(Loader().load_service_model(service, "service-2"), service)
