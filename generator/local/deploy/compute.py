"""Makes what runs, and what it needs: roles, log groups, functions with URLs and triggers, schedules, topics."""

from __future__ import annotations

from generator.local.deploy.target import Target, Values


def make_role(target: Target, arguments: Values) -> Values:
    """Create an IAM role."""
    name = arguments.pop("name")
    role = target.aws.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=arguments.pop("assume_role_policy")
    )
    return {"id": name, "arn": role["Role"]["Arn"]}


def make_role_policy(target: Target, arguments: Values) -> Values:
    """Put an inline policy on an IAM role."""
    target.aws.client("iam").put_role_policy(
        RoleName=arguments.pop("role"), PolicyName=arguments.pop("name"), PolicyDocument=arguments.pop("policy")
    )
    return {}


def make_policy(target: Target, arguments: Values) -> Values:
    """Create an IAM policy."""
    answer = target.aws.client("iam").create_policy(
        PolicyName=arguments.pop("name"),
        Description=arguments.pop("description", ""),
        PolicyDocument=arguments.pop("policy"),
    )
    return {"arn": answer["Policy"]["Arn"]}


def make_log_group(target: Target, arguments: Values) -> Values:
    """Create a log group, with its retention."""
    logs, name = target.aws.client("logs"), arguments.pop("name")
    logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=arguments.pop("retention_in_days"))
    return {"id": name, "arn": target.arn("logs", f"log-group:{name}")}


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


def make_function(target: Target, arguments: Values) -> Values:
    """Create a Lambda function from its zip, with its concurrency limit."""
    functions, name = target.aws.client("lambda"), arguments.pop("function_name")
    dead_letters = [{"TargetArn": one["target_arn"]} for one in arguments.pop("dead_letter_config", [])]
    [logging] = arguments.pop("logging_config")
    [environment] = arguments.pop("environment", [{"variables": {}}])
    answer = functions.create_function(
        FunctionName=name,
        Description=arguments.pop("description", ""),
        Role=arguments.pop("role"),
        Handler=arguments.pop("handler"),
        Runtime=arguments.pop("runtime"),
        Architectures=arguments.pop("architectures"),
        Layers=arguments.pop("layers", []),
        Code={"ZipFile": target.file(arguments.pop("filename"))},
        MemorySize=arguments.pop("memory_size"),
        Timeout=arguments.pop("timeout"),
        Environment={"Variables": environment["variables"]},
        LoggingConfig={"LogFormat": logging["log_format"], "LogGroup": logging["log_group"]},
        **({"DeadLetterConfig": dead_letters[0]} if dead_letters else {}),
    )
    if "reserved_concurrent_executions" in arguments:
        functions.put_function_concurrency(
            FunctionName=answer["FunctionArn"],
            ReservedConcurrentExecutions=arguments.pop("reserved_concurrent_executions"),
        )
    return {"id": name, "arn": answer["FunctionArn"]}


def make_event_source_mapping(target: Target, arguments: Values) -> Values:
    """Create the event source mapping that feeds a function from a queue."""
    answer = target.aws.client("lambda").create_event_source_mapping(
        EventSourceArn=arguments.pop("event_source_arn"),
        FunctionName=arguments.pop("function_name"),
        BatchSize=arguments.pop("batch_size"),
        MaximumBatchingWindowInSeconds=arguments.pop("maximum_batching_window_in_seconds", 0),
        FunctionResponseTypes=arguments.pop("function_response_types", []),
        ScalingConfig={"MaximumConcurrency": arguments.pop("scaling_config")[0]["maximum_concurrency"]},
    )
    return {"id": answer["UUID"], "uuid": answer["UUID"]}


def make_function_url(target: Target, arguments: Values) -> Values:
    """Create the URL of a Lambda function."""
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
    url = target.aws.client("lambda").create_function_url_config(
        FunctionName=_arn(target, arguments.pop("function_name")),
        AuthType=arguments.pop("authorization_type"),
        **({"Cors": cors[0]} if cors else {}),
    )["FunctionUrl"]
    return {"function_url": url, "url_id": url.split("//", 1)[1].split(".", 1)[0]}


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


def make_schedule(target: Target, arguments: Values) -> Values:
    """Create an EventBridge schedule with its target, retries and dead-letter queue."""
    [invoked], [window] = arguments.pop("target"), arguments.pop("flexible_time_window")
    [retry], [dead_letters] = invoked["retry_policy"], invoked["dead_letter_config"]
    answer = target.aws.client("scheduler").create_schedule(
        Name=arguments.pop("name"),
        ScheduleExpression=arguments.pop("schedule_expression"),
        FlexibleTimeWindow={"Mode": window["mode"]},
        Target={
            "Arn": invoked["arn"],
            "RoleArn": invoked["role_arn"],
            "Input": invoked["input"],
            "RetryPolicy": {
                "MaximumEventAgeInSeconds": retry["maximum_event_age_in_seconds"],
                "MaximumRetryAttempts": retry["maximum_retry_attempts"],
            },
            "DeadLetterConfig": {"Arn": dead_letters["arn"]},
        },
    )
    return {"arn": answer["ScheduleArn"]}


def make_event_invoke_config(target: Target, arguments: Values) -> Values:
    """Set how often, and for how long, asynchronous calls of a function are tried."""
    target.aws.client("lambda").put_function_event_invoke_config(
        FunctionName=_arn(target, arguments.pop("function_name")),
        MaximumEventAgeInSeconds=arguments.pop("maximum_event_age_in_seconds"),
        MaximumRetryAttempts=arguments.pop("maximum_retry_attempts"),
    )
    return {}


def make_topic(target: Target, arguments: Values) -> Values:
    """Create an SNS topic."""
    arn = target.aws.client("sns").create_topic(Name=arguments.pop("name"))["TopicArn"]
    return {"id": arn, "arn": arn}


def _arn(target: Target, name: str) -> str:
    """The ARN of a function.

    Used in place of its name, because ministack takes a name that starts with "url" for a path of its own.
    """
    return target.arn("lambda", f"function:{name}")
