"""Makes what does things, and what it needs: roles, log groups, functions, their URLs and triggers, the schedule."""

from __future__ import annotations

from generator.local.deploy.target import Place, Values


def role(place: Place, v: Values) -> Values:
    name = v.pop("name")
    role = place.aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=v.pop("assume_role_policy"))
    return {"id": name, "arn": role["Role"]["Arn"]}


def role_policy(place: Place, v: Values) -> Values:
    place.aws.client("iam").put_role_policy(
        RoleName=v.pop("role"), PolicyName=v.pop("name"), PolicyDocument=v.pop("policy")
    )
    return {}


def policy(place: Place, v: Values) -> Values:
    answer = place.aws.client("iam").create_policy(
        PolicyName=v.pop("name"), Description=v.pop("description", ""), PolicyDocument=v.pop("policy")
    )
    return {"arn": answer["Policy"]["Arn"]}


def log_group(place: Place, v: Values) -> Values:
    logs, name = place.aws.client("logs"), v.pop("name")
    logs.create_log_group(logGroupName=name)
    logs.put_retention_policy(logGroupName=name, retentionInDays=v.pop("retention_in_days"))
    return {"id": name, "arn": place.arn("logs", f"log-group:{name}")}


def layer(place: Place, v: Values) -> Values:
    answer = place.aws.client("lambda").publish_layer_version(
        LayerName=v.pop("layer_name"),
        Description=v.pop("description", ""),
        Content={"ZipFile": place.file(v.pop("filename"))},
        CompatibleRuntimes=v.pop("compatible_runtimes"),
        CompatibleArchitectures=v.pop("compatible_architectures"),
    )
    return {"arn": answer["LayerVersionArn"]}


def function(place: Place, v: Values) -> Values:
    functions, name = place.aws.client("lambda"), v.pop("function_name")
    dead_letters = [{"TargetArn": one["target_arn"]} for one in v.pop("dead_letter_config", [])]
    [logging] = v.pop("logging_config")
    [environment] = v.pop("environment", [{"variables": {}}])
    answer = functions.create_function(
        FunctionName=name,
        Description=v.pop("description", ""),
        Role=v.pop("role"),
        Handler=v.pop("handler"),
        Runtime=v.pop("runtime"),
        Architectures=v.pop("architectures"),
        Layers=v.pop("layers", []),
        Code={"ZipFile": place.file(v.pop("filename"))},
        MemorySize=v.pop("memory_size"),
        Timeout=v.pop("timeout"),
        Environment={"Variables": environment["variables"]},
        LoggingConfig={"LogFormat": logging["log_format"], "LogGroup": logging["log_group"]},
        **({"DeadLetterConfig": dead_letters[0]} if dead_letters else {}),
    )
    if "reserved_concurrent_executions" in v:
        functions.put_function_concurrency(
            FunctionName=answer["FunctionArn"], ReservedConcurrentExecutions=v.pop("reserved_concurrent_executions")
        )
    return {"id": name, "arn": answer["FunctionArn"]}


def mapping(place: Place, v: Values) -> Values:
    answer = place.aws.client("lambda").create_event_source_mapping(
        EventSourceArn=v.pop("event_source_arn"),
        FunctionName=v.pop("function_name"),
        BatchSize=v.pop("batch_size"),
        MaximumBatchingWindowInSeconds=v.pop("maximum_batching_window_in_seconds", 0),
        FunctionResponseTypes=v.pop("function_response_types", []),
        ScalingConfig={"MaximumConcurrency": v.pop("scaling_config")[0]["maximum_concurrency"]},
    )
    return {"id": answer["UUID"], "uuid": answer["UUID"]}


def function_url(place: Place, v: Values) -> Values:
    cors = [
        {
            "AllowOrigins": one["allow_origins"],
            "AllowMethods": one["allow_methods"],
            "ExposeHeaders": one["expose_headers"],
            "MaxAge": one["max_age"],
        }
        for one in v.pop("cors", [])
    ]
    url = place.aws.client("lambda").create_function_url_config(
        FunctionName=_arn(place, v.pop("function_name")),
        AuthType=v.pop("authorization_type"),
        **({"Cors": cors[0]} if cors else {}),
    )["FunctionUrl"]
    return {"function_url": url, "url_id": url.split("//", 1)[1].split(".", 1)[0]}


def permission(place: Place, v: Values) -> Values:
    optional = {
        "SourceArn": v.pop("source_arn", None),
        "FunctionUrlAuthType": v.pop("function_url_auth_type", None),
        "InvokedViaFunctionUrl": v.pop("invoked_via_function_url", None),
    }
    place.aws.client("lambda").add_permission(
        StatementId=v.pop("statement_id"),
        Action=v.pop("action"),
        FunctionName=_arn(place, v.pop("function_name")),
        Principal=v.pop("principal"),
        **{name: value for name, value in optional.items() if value is not None},
    )
    return {}


def schedule(place: Place, v: Values) -> Values:
    [target], [window] = v.pop("target"), v.pop("flexible_time_window")
    [retry], [dead_letters] = target["retry_policy"], target["dead_letter_config"]
    answer = place.aws.client("scheduler").create_schedule(
        Name=v.pop("name"),
        ScheduleExpression=v.pop("schedule_expression"),
        FlexibleTimeWindow={"Mode": window["mode"]},
        Target={
            "Arn": target["arn"],
            "RoleArn": target["role_arn"],
            "RetryPolicy": {
                "MaximumEventAgeInSeconds": retry["maximum_event_age_in_seconds"],
                "MaximumRetryAttempts": retry["maximum_retry_attempts"],
            },
            "DeadLetterConfig": {"Arn": dead_letters["arn"]},
        },
    )
    return {"arn": answer["ScheduleArn"]}


def topic(place: Place, v: Values) -> Values:
    arn = place.aws.client("sns").create_topic(Name=v.pop("name"))["TopicArn"]
    return {"id": arn, "arn": arn}


def _arn(place: Place, name: str) -> str:
    """The ARN of a function; ministack takes the name of one that starts with "url" for a path of its own."""
    return place.arn("lambda", f"function:{name}")
