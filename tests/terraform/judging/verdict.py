"""Gathers what the models, the policies and the rules say of a request or of a plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.terraform.judging import models, policies
from tests.terraform.judging.documents import find_documents, find_planned_documents
from tests.terraform.judging.plan import Plan
from tests.terraform.judging.plan_rules import PLAN_RULES
from tests.terraform.judging.policy_rules import POLICY_RULES
from tests.terraform.judging.request_rules import REQUEST_RULES, Request


def judge(service: str, operation: str, parameters: Mapping[str, Any]) -> list[str]:
    """Say why AWS would refuse a request, or what it would do that nobody wants. Empty if nothing is.

    `service` and `operation` are botocore's names, `parameters` what a boto3 client's method is given.
    """
    faults = list(models.find_faults(service, operation, parameters))
    for place, policy in find_documents(service, operation, parameters):
        faults += [f"{operation}.{place}: {fault}" for fault in judge_policy(policy)]
    request = Request(service, operation, parameters)
    for rule in REQUEST_RULES:
        if rule.concerns(request):
            faults += [f"{operation}: {fault}" for fault in rule.judge(request)]
    return faults


def judge_plan(plan: Plan) -> list[str]:
    """Say what of a plan's resources AWS would refuse, or does not go together. Empty if nothing is."""
    faults = [fault for rule in PLAN_RULES for fault in rule.judge(plan)]
    for address, policy in find_planned_documents(plan):
        faults += [f"{address}: {fault}" for fault in judge_policy(policy)]
    return faults


def judge_policy(policy: policies.Policy) -> list[str]:
    """Say what IAM would refuse of a policy, what in it can never take effect, and what it leaves open."""
    return [*policies.find_faults(policy), *(fault for rule in POLICY_RULES for fault in rule.judge(policy))]
