"""The scenarios make every call that the functions' roles allow: what may be called is what is seen to fail."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tests.faults.cases import record
from tests.faults.scenarios import SCENARIOS
from tests.support.memory_aws import Call
from tests.terraform.judging import read_module
from tests.terraform.permissions.boards import PLACE, make_board
from tests.terraform.permissions.calls import Need, find_needs
from tests.terraform.permissions.grants import Grant, read_grants
from tests.terraform.permissions.services import find_service_needs

ROLES = ("processor", "rebuilder", "simulator")


def test_every_call_that_a_role_allows_is_made_in_a_scenario() -> None:
    board, files = make_board("everything")
    calls = list(_record())
    plan = read_module(files)
    granted, for_services = read_grants(plan), find_service_needs(plan, PLACE)
    prefix = board.names.prefix
    for role in ROLES:
        needs = [need for other, call in calls if other == role for need in _needs_of(call, prefix)]
        assert needs, role
        # The others are for what AWS's services do by themselves, with the role or with its key.
        own = [grant for grant in granted[role] if not _is_for_a_service(grant, for_services[role])]
        assert own, role
        unseen = [str(grant) for grant in own if not any(grant.allows(need) for need in needs)]
        assert unseen == [], f"no scenario lets the {role} do this, so nothing of it is seen to fail"


def test_the_redrives_make_all_their_calls() -> None:
    made = {(role, f"{call.service}.{call.operation}", call.request.get("TableName")) for role, call in _record()}
    rejected, dead = "redrive rejected", "redrive dead letters"
    assert {each for each in made if each[0] in (rejected, dead)} == {
        (rejected, "dynamodb.query", "marks"),
        (rejected, "dynamodb.get_item", "activities"),
        (rejected, "dynamodb.get_item", "marks"),
        (rejected, "dynamodb.delete_item", "marks"),
        (rejected, "sqs.send_message", None),
        (dead, "sqs.receive_message", None),
        (dead, "sqs.send_message", None),
        (dead, "sqs.delete_message", None),
        (dead, "sqs.get_queue_attributes", None),
    }


def _record() -> Iterator[tuple[str, Call]]:
    """Every call of every scenario's step, with the function or the operation that makes it."""
    for scenario in SCENARIOS.values():
        recorded = record(scenario)
        for call in recorded.calls:
            yield recorded.step.role, call


def _needs_of(call: Call, prefix: str) -> Iterator[Need]:
    """The permissions that a call needs on the deployed board."""
    operation = "".join(part.title() for part in call.operation.split("_"))
    return find_needs(call.service, operation, _rename(call.request, prefix), PLACE)


def _rename(request: Any, prefix: str) -> Any:
    """A request with the names of the deployed board's tables, bucket and events."""
    if isinstance(request, list):
        return [_rename(each, prefix) for each in request]
    if not isinstance(request, Mapping):
        return request
    names = {
        "Bucket": f"{prefix}-{PLACE.account_id}",
        "Source": prefix,
        "TableName": f"{prefix}-{request.get('TableName')}",
    }
    renamed = {key: names[key] if key in names else _rename(value, prefix) for key, value in request.items()}
    for name in {"StreamArn", "ShardIterator"} & request.keys():
        renamed[name] = request[name].replace("123456789012:table/", f"{PLACE.account_id}:table/{prefix}-")
    if "RequestItems" in request:
        renamed["RequestItems"] = {f"{prefix}-{table}": keys for table, keys in request["RequestItems"].items()}
    return renamed


def _is_for_a_service(grant: Grant, needs: Iterable[Need]) -> bool:
    return grant.action.startswith("kms:") or any(grant.allows(need) for need in needs)
