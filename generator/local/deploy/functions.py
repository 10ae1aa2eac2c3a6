"""Makes Lambda functions and what belongs to them: layers, triggers, URLs, permissions."""

from __future__ import annotations

from typing import Any

from generator.local.deploy.target import Target, Values


def make_layer(target: Target, arguments: Values) -> Values:
    """Publish a Lambda layer from its zip."""
    answer = target.aws.client("lambda").publish_layer_version(
        LayerName=arguments.pop("layer_name"),
        Description=arguments.pop("description", ""),
        Content={"ZipFile": target.file(arguments.pop("filename"))},
        CompatibleRuntimes=arguments.pop("compatible_runtimes"),
        CompatibleArchitectures=arguments.pop("compatible_architectures"),
    )
    return {"arn": answer["LayerVersionArn"]}


def delete_layer(target: Target, old: Values) -> None:
    """Delete a version of a Lambda layer."""
    _, _, version = old["arn"].rpartition(":")
    target.aws.client("lambda").delete_layer_version(LayerName=old["layer_name"], VersionNumber=int(version))


def make_function(target: Target, arguments: Values) -> Values:
    """Create a Lambda function from its zip, with its concurrency limit."""
    functions, name = target.aws.client("lambda"), arguments.pop("function_name")
    answer = functions.create_function(
        FunctionName=name,
        Architectures=arguments.pop("architectures"),
        Code={"ZipFile": target.file(arguments.pop("filename"))},
        **_take_configuration(arguments),
    )
    _limit_concurrency(functions, answer["FunctionArn"], arguments)
    return {"id": name, "arn": answer["FunctionArn"]}


def update_function(target: Target, arguments: Values, old: Values) -> Values:
    """Change a Lambda function's code, configuration and concurrency limit."""
    functions, arn = target.aws.client("lambda"), old["arn"]
    code, architectures = target.file(arguments.pop("filename")), arguments.pop("architectures")
    del arguments["function_name"]
    if (arguments["source_code_hash"], architectures) != (old["source_code_hash"], old["architectures"]):
        functions.update_function_code(FunctionName=arn, ZipFile=code, Architectures=architectures)
    functions.update_function_configuration(FunctionName=arn, **_take_configuration(arguments))
    _limit_concurrency(functions, arn, arguments)
    return old


def delete_function(target: Target, old: Values) -> None:
    """Delete a Lambda function."""
    target.aws.client("lambda").delete_function(FunctionName=old["arn"])


def _take_configuration(arguments: Values) -> dict[str, Any]:
    """Take what a function's configuration is made of out of its arguments."""
    dead_letters = [{"TargetArn": one["target_arn"]} for one in arguments.pop("dead_letter_config", [])]
    [logging] = arguments.pop("logging_config")
    [environment] = arguments.pop("environment", [{"variables": {}}])
    room = [{"Size": one["size"]} for one in arguments.pop("ephemeral_storage", [])]
    return {
        "Description": arguments.pop("description", ""),
        "Role": arguments.pop("role"),
        "Handler": arguments.pop("handler"),
        "Runtime": arguments.pop("runtime"),
        "Layers": arguments.pop("layers", []),
        "MemorySize": arguments.pop("memory_size"),
        "Timeout": arguments.pop("timeout"),
        "Environment": {"Variables": environment["variables"]},
        "LoggingConfig": {"LogFormat": logging["log_format"], "LogGroup": logging["log_group"]},
        **({"DeadLetterConfig": dead_letters[0]} if dead_letters else {}),
        **({"EphemeralStorage": room[0]} if room else {}),
    }


def _limit_concurrency(functions: Any, arn: str, arguments: Values) -> None:
    """Set how often a function may run at the same time, or take such a limit away."""
    limit = arguments.pop("reserved_concurrent_executions", None)
    if limit is None:
        functions.delete_function_concurrency(FunctionName=arn)
    else:
        functions.put_function_concurrency(FunctionName=arn, ReservedConcurrentExecutions=limit)


def make_event_source_mapping(target: Target, arguments: Values) -> Values:
    """Create the event source mapping that feeds a function from a queue."""
    answer = target.aws.client("lambda").create_event_source_mapping(
        EventSourceArn=arguments.pop("event_source_arn"),
        FunctionName=arguments.pop("function_name"),
        **_take_mapping(arguments),
    )
    return {"id": answer["UUID"], "uuid": answer["UUID"]}


def update_event_source_mapping(target: Target, arguments: Values, old: Values) -> Values:
    """Change how a function is fed from its queue."""
    for name in ("event_source_arn", "function_name"):
        del arguments[name]
    target.aws.client("lambda").update_event_source_mapping(UUID=old["uuid"], **_take_mapping(arguments))
    return old


def delete_event_source_mapping(target: Target, old: Values) -> None:
    """Feed a function no more."""
    target.aws.client("lambda").delete_event_source_mapping(UUID=old["uuid"])


def _take_mapping(arguments: Values) -> dict[str, Any]:
    return {
        "BatchSize": arguments.pop("batch_size"),
        "MaximumBatchingWindowInSeconds": arguments.pop("maximum_batching_window_in_seconds", 0),
        "FunctionResponseTypes": arguments.pop("function_response_types", []),
        "ScalingConfig": {"MaximumConcurrency": arguments.pop("scaling_config")[0]["maximum_concurrency"]},
    }


def make_function_url(target: Target, arguments: Values) -> Values:
    """Create the URL of a Lambda function."""
    url = target.aws.client("lambda").create_function_url_config(
        FunctionName=_arn(target, arguments.pop("function_name")), **_take_url(arguments)
    )["FunctionUrl"]
    return {"function_url": url, "url_id": url.split("//", 1)[1].split(".", 1)[0]}


def update_function_url(target: Target, arguments: Values, old: Values) -> Values:
    """Change who may call a function's URL, and which pages may read its answers."""
    name = _arn(target, arguments.pop("function_name"))
    target.aws.client("lambda").update_function_url_config(FunctionName=name, **_take_url(arguments))
    return old


def delete_function_url(target: Target, old: Values) -> None:
    """Delete the URL of a Lambda function."""
    target.aws.client("lambda").delete_function_url_config(FunctionName=_arn(target, old["function_name"]))


def _take_url(arguments: Values) -> dict[str, Any]:
    cors = [
        {
            "AllowOrigins": one["allow_origins"],
            "AllowMethods": one["allow_methods"],
            "AllowHeaders": one["allow_headers"],
            "ExposeHeaders": one["expose_headers"],
            "MaxAge": one["max_age"],
        }
        for one in arguments.pop("cors", [])
    ]
    return {"AuthType": arguments.pop("authorization_type"), "Cors": cors[0] if cors else {}}


def make_permission(target: Target, arguments: Values) -> Values:
    """Allow a service to invoke a Lambda function."""
    optional = {
        "SourceArn": arguments.pop("source_arn", None),
        "FunctionUrlAuthType": arguments.pop("function_url_auth_type", None),
        "InvokedViaFunctionUrl": arguments.pop("invoked_via_function_url", None),
    }
    target.aws.client("lambda").add_permission(
        StatementId=arguments.pop("statement_id"),
        Action=arguments.pop("action"),
        FunctionName=_arn(target, arguments.pop("function_name")),
        Principal=arguments.pop("principal"),
        **{name: value for name, value in optional.items() if value is not None},
    )
    return {}


def delete_permission(target: Target, old: Values) -> None:
    """Take a service's permission to invoke a Lambda function away."""
    target.aws.client("lambda").remove_permission(
        FunctionName=_arn(target, old["function_name"]), StatementId=old["statement_id"]
    )


def make_event_invoke_config(target: Target, arguments: Values) -> Values:
    """Set how often, and for how long, asynchronous calls of a function are tried."""
    target.aws.client("lambda").put_function_event_invoke_config(
        FunctionName=_arn(target, arguments.pop("function_name")),
        MaximumEventAgeInSeconds=arguments.pop("maximum_event_age_in_seconds"),
        MaximumRetryAttempts=arguments.pop("maximum_retry_attempts"),
    )
    return {}


def delete_event_invoke_config(target: Target, old: Values) -> None:
    """Forget how often asynchronous calls of a function are tried."""
    name = _arn(target, old["function_name"])
    target.aws.client("lambda").delete_function_event_invoke_config(FunctionName=name)


def _arn(target: Target, name: str) -> str:
    """The ARN of a function.

    Used in place of its name, because ministack takes a name that starts with "url" for a path of its own.
    """
    return target.arn("lambda", f"function:{name}")
