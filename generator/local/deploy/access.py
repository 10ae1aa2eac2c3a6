"""Makes who may do what: IAM roles and policies."""

from __future__ import annotations

from generator.local.deploy.target import Target, Values


def make_role(target: Target, arguments: Values) -> Values:
    """Create an IAM role."""
    name = arguments.pop("name")
    role = target.aws.client("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=arguments.pop("assume_role_policy")
    )
    return {"id": name, "arn": role["Role"]["Arn"]}


def update_role(target: Target, arguments: Values, old: Values) -> Values:
    """Change who may assume a role."""
    target.aws.client("iam").update_assume_role_policy(
        RoleName=arguments.pop("name"), PolicyDocument=arguments.pop("assume_role_policy")
    )
    return old


def delete_role(target: Target, old: Values) -> None:
    """Delete an IAM role, whose policies are gone already."""
    target.aws.client("iam").delete_role(RoleName=old["name"])


def make_role_policy(target: Target, arguments: Values) -> Values:
    """Put an inline policy on an IAM role."""
    target.aws.client("iam").put_role_policy(
        RoleName=arguments.pop("role"), PolicyName=arguments.pop("name"), PolicyDocument=arguments.pop("policy")
    )
    return {}


def delete_role_policy(target: Target, old: Values) -> None:
    """Delete an inline policy of an IAM role."""
    target.aws.client("iam").delete_role_policy(RoleName=old["role"], PolicyName=old["name"])


def make_policy(target: Target, arguments: Values) -> Values:
    """Create an IAM policy."""
    answer = target.aws.client("iam").create_policy(
        PolicyName=arguments.pop("name"),
        Description=arguments.pop("description", ""),
        PolicyDocument=arguments.pop("policy"),
    )
    return {"arn": answer["Policy"]["Arn"]}


def update_policy(target: Target, arguments: Values, old: Values) -> Values:
    """Give an IAM policy a new version, and forget the one before: IAM keeps five at the most."""
    iam, arn = target.aws.client("iam"), old["arn"]
    for name in ("name", "description"):
        arguments.pop(name, None)
    iam.create_policy_version(PolicyArn=arn, PolicyDocument=arguments.pop("policy"), SetAsDefault=True)
    for version in iam.list_policy_versions(PolicyArn=arn)["Versions"]:
        if not version["IsDefaultVersion"]:
            iam.delete_policy_version(PolicyArn=arn, VersionId=version["VersionId"])
    return old


def delete_policy(target: Target, old: Values) -> None:
    """Delete an IAM policy, which is attached to nobody any more."""
    target.aws.client("iam").delete_policy(PolicyArn=old["arn"])
