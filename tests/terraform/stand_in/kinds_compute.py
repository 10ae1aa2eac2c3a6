"""The rows of the table for what computes, and for what it may do: Lambda and IAM."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.terraform.stand_in.table import Kind, Part, Values, tags_part


def _code(values: Values, operation: str) -> Mapping[str, Any]:
    zipped = (
        Path(values["filename"]).read_bytes()
        if operation in ("CreateFunction", "UpdateFunctionCode", "PublishLayerVersion")
        else b""
    )
    if operation == "UpdateFunctionCode":
        return {"ZipFile": zipped}
    return {
        "CreateFunction": {"Code": {"ZipFile": zipped}},
        "PublishLayerVersion": {"Content": {"ZipFile": zipped}},
    }.get(operation, {})


def _of_a_function(answer: Any, values: Values) -> Mapping[str, Any]:
    function = answer["Configuration"]
    arn, region = function["FunctionArn"], values["region"]
    return {
        "invoke_arn": f"arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{arn}/invocations",
        "qualified_arn": f"{arn}:{function['Version']}",
    }


def _url_id(answer: Any, values: Values) -> Mapping[str, Any]:
    return {"url_id": answer["FunctionUrl"].split("//", 1)[1].split(".", 1)[0]}


def _statement(answer: Any, values: Values) -> Mapping[str, Any] | None:
    """What the statement of a permission says, as the arguments that made it."""
    statements = json.loads(answer["Policy"])["Statement"]
    found = next((each for each in statements if each["Sid"] == values["statement_id"]), None)
    if found is None:
        return None
    conditions = {name.lower(): value for each in found.get("Condition", {}).values() for name, value in each.items()}
    principal = found["Principal"]
    return {
        "action": found["Action"],
        "principal": principal if isinstance(principal, str) else next(iter(principal.values())),
        "source_arn": conditions.get("aws:sourcearn"),
        "source_account": conditions.get("aws:sourceaccount"),
        "function_url_auth_type": conditions.get("lambda:functionurlauthtype"),
        "invoked_via_function_url": True if "lambda:invokedviafunctionurl" in conditions else None,
    }


COMPUTE: Mapping[str, Kind] = {
    "aws_lambda_function": Kind(
        (
            Part(
                "lambda",
                create="CreateFunction",
                read="GetFunction",
                update="UpdateFunctionConfiguration",
                delete="DeleteFunction",
                key={"FunctionName": "{function_name}"},
                at="Configuration",
                add=lambda values, operation: _code(values, operation) if operation == "CreateFunction" else {},
                learn=_of_a_function,
                only_changes=True,
            ),
            Part(
                "lambda",
                update="UpdateFunctionCode",
                key={"FunctionName": "{function_name}"},
                takes=("source_code_hash", "filename"),
                names={"source_code_hash": "", "filename": ""},
                add=_code,
            ),
            Part(
                "lambda",
                create="PutFunctionConcurrency",
                read="GetFunctionConcurrency",
                delete="DeleteFunctionConcurrency",
                key={"FunctionName": "{function_name}"},
                takes=("reserved_concurrent_executions",),
            ),
            tags_part("lambda", "Resource", "{arn}", read="ListTags"),
        ),
        id="{function_name}",
        replaces="function_name package_type",
        computed={
            "arn": "Configuration.FunctionArn",
            "version": "Configuration.Version",
            "last_modified": "Configuration.LastModified",
            "source_code_size": "Configuration.CodeSize",
            "code_sha256": "Configuration.CodeSha256",
        },
        local="filename source_code_hash code_sha256 publish skip_destroy",
        changing={"last_modified": "", "code_sha256 source_code_size": "source_code_hash filename"},
        ready=("Configuration.State", "Active"),
    ),
    "aws_lambda_layer_version": Kind(
        (
            Part(
                "lambda",
                create="PublishLayerVersion",
                read="GetLayerVersion",
                delete="DeleteLayerVersion",
                key={"LayerName": "{layer_name}", "VersionNumber": "{version}"},
                read_names={"layer_name": ""},
                add=_code,
            ),
        ),
        id="{arn}",
        replaces=(
            "layer_name filename source_code_hash description compatible_runtimes compatible_architectures license_info"
        ),
        created={"version": "Version", "arn": "LayerVersionArn"},
        computed={
            "layer_arn": "LayerArn",
            "created_date": "CreatedDate",
            "code_sha256": "Content.CodeSha256",
            "source_code_size": "Content.CodeSize",
        },
        local="filename source_code_hash skip_destroy",
    ),
    "aws_lambda_event_source_mapping": Kind(
        (
            Part(
                "lambda",
                create="CreateEventSourceMapping",
                read="GetEventSourceMapping",
                update="UpdateEventSourceMapping",
                delete="DeleteEventSourceMapping",
                key={"UUID": "{uuid}"},
                read_names={"function_name": "FunctionArn", "enabled": "State"},
            ),
            tags_part("lambda", "Resource", "{arn}", read="ListTags"),
        ),
        id="{uuid}",
        replaces="event_source_arn starting_position starting_position_timestamp queues topics",
        created={"uuid": "UUID"},
        computed={
            "arn": "EventSourceMappingArn",
            "function_arn": "FunctionArn",
            "state": "State",
            "last_modified": "LastModified",
        },
        changing={"last_modified state": ""},
    ),
    "aws_lambda_function_url": Kind(
        (
            Part(
                "lambda",
                create="CreateFunctionUrlConfig",
                read="GetFunctionUrlConfig",
                update="UpdateFunctionUrlConfig",
                delete="DeleteFunctionUrlConfig",
                key={"FunctionName": "{function_name}", "Qualifier": "{qualifier}"},
                names={"authorization_type": "AuthType"},
                read_names={"function_name": "", "qualifier": ""},
                learn=_url_id,
            ),
        ),
        id="{function_name}",
        replaces="function_name qualifier",
        computed={"function_url": "FunctionUrl", "function_arn": "FunctionArn"},
    ),
    "aws_lambda_permission": Kind(
        (
            Part(
                "lambda",
                create="AddPermission",
                read="GetPolicy",
                delete="RemovePermission",
                key={"FunctionName": "{function_name}", "StatementId": "{statement_id}"},
                read_names=dict.fromkeys(
                    (
                        "action",
                        "function_name",
                        "principal",
                        "statement_id",
                        "source_arn",
                        "source_account",
                        "function_url_auth_type",
                        "invoked_via_function_url",
                    ),
                    "",
                ),
                learn=_statement,
            ),
        ),
        id="{statement_id}",
        replaces=(
            "action function_name principal statement_id source_arn source_account "
            "function_url_auth_type invoked_via_function_url principal_org_id qualifier event_source_token"
        ),
    ),
    "aws_lambda_function_event_invoke_config": Kind(
        (
            Part(
                "lambda",
                create="PutFunctionEventInvokeConfig",
                read="GetFunctionEventInvokeConfig",
                delete="DeleteFunctionEventInvokeConfig",
                key={"FunctionName": "{function_name}"},
                read_names={"function_name": ""},
            ),
        ),
        id="{function_name}",
        replaces="function_name qualifier",
    ),
    "aws_iam_role": Kind(
        (
            Part(
                "iam",
                create="CreateRole",
                read="GetRole",
                update="UpdateRole",
                delete="DeleteRole",
                key={"RoleName": "{name}"},
                at="Role",
                names={
                    "name": "RoleName",
                    "assume_role_policy": "AssumeRolePolicyDocument",
                    "permissions_boundary": "PermissionsBoundary",
                },
            ),
            Part(
                "iam",
                update="UpdateAssumeRolePolicy",
                key={"RoleName": "{name}"},
                takes=("assume_role_policy",),
                names={"assume_role_policy": "PolicyDocument"},
            ),
            tags_part("iam", "RoleName", "{name}", create="TagRole", read="ListRoleTags"),
        ),
        id="{name}",
        replaces="name name_prefix path",
        computed={"arn": "Role.Arn", "unique_id": "Role.RoleId", "create_date": "Role.CreateDate"},
        local="force_detach_policies",
    ),
    "aws_iam_role_policy": Kind(
        (
            Part(
                "iam",
                create="PutRolePolicy",
                read="GetRolePolicy",
                delete="DeleteRolePolicy",
                key={"RoleName": "{role}", "PolicyName": "{name}"},
                names={"name": "PolicyName", "role": "RoleName", "policy": "PolicyDocument"},
            ),
        ),
        id="{role}:{name}",
        replaces="name name_prefix role",
    ),
    "aws_iam_policy": Kind(
        (
            Part(
                "iam",
                create="CreatePolicy",
                read="GetPolicy",
                delete="DeletePolicy",
                key={"PolicyArn": "{arn}"},
                at="Policy",
                names={"name": "PolicyName", "policy": "PolicyDocument"},
                read_names={"policy": ""},
            ),
            Part(
                "iam",
                update="CreatePolicyVersion",
                read="GetPolicyVersion",
                key={"PolicyArn": "{arn}", "VersionId": "{_DefaultVersionId}"},
                constants={"SetAsDefault": True},
                takes=("policy",),
                names={"policy": "PolicyDocument"},
                read_names={"policy": "PolicyVersion.Document"},
            ),
            tags_part("iam", "PolicyArn", "{arn}", create="TagPolicy", read="ListPolicyTags"),
        ),
        id="{arn}",
        replaces="name name_prefix path description",
        created={"arn": "Policy.Arn"},
        computed={"policy_id": "Policy.PolicyId", "attachment_count": "Policy.AttachmentCount"},
    ),
}
