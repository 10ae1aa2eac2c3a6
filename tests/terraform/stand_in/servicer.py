"""The protocol between Terraform and a provider, version 6, for the stand-ins of hashicorp/aws and hashicorp/time."""

from __future__ import annotations

import json
import traceback
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import BotoCoreError
from tf.gen import tfplugin_pb2 as pb
from tf.gen import tfplugin_pb2_grpc as rpc
from tf.types import Unknown
from tf.utils import read_dynamic_value, to_dynamic_value

from tests.terraform.judging.deprecated import find_deprecated
from tests.terraform.stand_in.cloud import Cloud, RefusedError
from tests.terraform.stand_in.kinds import KINDS
from tests.terraform.stand_in.members import UnknownMemberError
from tests.terraform.stand_in.planning import plan
from tests.terraform.stand_in.policy_document import make_policy
from tests.terraform.stand_in.resources import Resource
from tests.terraform.stand_in.schema import TIME, read_aws, to_protocol

Lookup = Callable[[str, Mapping[str, Any], str], Mapping[str, Any]]
"""Reads a data source that the cloud answers: type, arguments, region -> attributes."""


class Provider(rpc.ProviderServicer):  # type: ignore[misc]
    """What every provider answers alike. `schema` has `provider`, `resources` and `data`."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema
        self.config: dict[str, Any] = {}

    def GetMetadata(self, request: Any, context: Any) -> Any:  # noqa: N802
        """What it can do: nothing beyond the protocol."""
        return pb.GetMetadata.Response(server_capabilities=pb.ServerCapabilities())

    def GetProviderSchema(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Its types."""
        return pb.GetProviderSchema.Response(
            provider=to_protocol(self.schema["provider"]),
            provider_meta=pb.Schema(block=pb.Schema.Block()),
            resource_schemas={name: to_protocol(block) for name, block in self.schema["resources"].items()},
            data_source_schemas={name: to_protocol(block) for name, block in self.schema["data"].items()},
        )

    def ValidateProviderConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """The schema has said it all."""
        return pb.ValidateProviderConfig.Response()

    def ValidateResourceConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Warnings about arguments that the real provider calls deprecated."""
        values = read_dynamic_value(request.config)
        return pb.ValidateResourceConfig.Response(
            diagnostics=[
                pb.Diagnostic(severity=pb.Diagnostic.WARNING, summary="Argument is deprecated", detail=each)
                for each in find_deprecated(request.type_name, values)
            ]
        )

    def ValidateDataResourceConfig(self, request: Any, context: Any) -> Any:  # noqa: N802
        """The schema has said it all."""
        return pb.ValidateDataResourceConfig.Response()

    def ConfigureProvider(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Keep the configuration."""
        self.config = read_dynamic_value(request.config) or {}
        return pb.ConfigureProvider.Response()

    def StopProvider(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Nothing is under way for long."""
        return pb.StopProvider.Response()

    def GetFunctions(self, request: Any, context: Any) -> Any:  # noqa: N802
        """None."""
        return pb.GetFunctions.Response()

    def UpgradeResourceState(self, request: Any, context: Any) -> Any:  # noqa: N802
        """A state of an earlier schema is one of this schema without what the schema does not know any more."""
        state = json.loads(request.raw_state.json)
        block = self.schema["resources"][request.type_name]
        known = {name: state.get(name) for name in block["attributes"]}
        known |= {
            name: state.get(name, [] if nesting in ("list", "set") else None)
            for name, (nesting, *_) in block["blocks"].items()
        }
        return pb.UpgradeResourceState.Response(upgraded_state=to_dynamic_value(known))

    def ReadResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """As it was."""
        return pb.ReadResource.Response(new_state=request.current_state)


class TimeProvider(Provider):
    """hashicorp/time, which does not wait here."""

    def __init__(self) -> None:
        super().__init__(TIME)

    def PlanResourceChange(self, request: Any, context: Any) -> Any:  # noqa: N802
        """A change of `triggers` makes a new one (documentation page of time_sleep)."""
        new, old = read_dynamic_value(request.proposed_new_state), read_dynamic_value(request.prior_state)
        replaces = []
        if new is not None and old is None:
            new["id"] = Unknown
        elif new is not None and new["triggers"] != old["triggers"]:
            replaces = [_path("triggers")]
        return pb.PlanResourceChange.Response(planned_state=to_dynamic_value(new), requires_replace=replaces)

    def ApplyResourceChange(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Give it an id."""
        planned = read_dynamic_value(request.planned_state)
        if planned is not None and planned["id"] is Unknown:
            planned["id"] = "2026-01-01T00:00:00Z"
        return pb.ApplyResourceChange.Response(new_state=to_dynamic_value(planned))


class AwsProvider(Provider):
    """hashicorp/aws, whose cloud is the emulators."""

    def __init__(self, cloud: Cloud, lookup: Lookup, account: str) -> None:
        super().__init__(read_aws())
        self._cloud = cloud
        self._lookup = lookup
        self._account = account
        self.counts: Counter[str] = Counter()
        """Attributes that were planned, read back as planned, and that an emulator does not give back."""
        self.resolved: set[str] = set()
        """Resource types that no emulator holds."""

    @property
    def _region(self) -> str:
        return str(self.config.get("region") or "us-east-1")

    def ConfigureProvider(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Keep the configuration, if it is for this account."""
        super().ConfigureProvider(request, context)
        allowed = self.config.get("allowed_account_ids")
        if allowed and self._account not in allowed:
            return pb.ConfigureProvider.Response(diagnostics=_errors(f"AWS account ID not allowed: {self._account}"))
        return pb.ConfigureProvider.Response()

    def ReadResource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """What the emulator holds now."""
        known = read_dynamic_value(request.current_state)
        if request.type_name not in KINDS or known is None:
            return pb.ReadResource.Response(new_state=request.current_state)
        try:
            found = self._resource(request.type_name, known).read(known)
        except Exception as error:  # as below
            return pb.ReadResource.Response(diagnostics=_errors(_tell(request.type_name, error)))
        return pb.ReadResource.Response(new_state=to_dynamic_value(found))

    def PlanResourceChange(self, request: Any, context: Any) -> Any:  # noqa: N802
        """See planning.py."""
        proposed = read_dynamic_value(request.proposed_new_state)
        if proposed is None:
            return pb.PlanResourceChange.Response(planned_state=request.proposed_new_state)
        prior = read_dynamic_value(request.prior_state)
        tags = self.config.get("default_tags") or []
        default_tags = (tags[0].get("tags") if tags else None) or {}
        config = read_dynamic_value(request.config)
        new, replaces = plan(request.type_name, prior, proposed, config, default_tags, self._region)
        return pb.PlanResourceChange.Response(
            planned_state=to_dynamic_value(new),
            requires_replace=[_path(name) for name in replaces],
            # As the provider says of most of its types: Terraform lets pass what is only almost as planned. Below, we
            # do not.
            legacy_type_system=True,
        )

    def ApplyResourceChange(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Make, change or remove it, and compare what is there with what was planned."""
        planned, prior = read_dynamic_value(request.planned_state), read_dynamic_value(request.prior_state)
        name = request.type_name
        try:
            if name not in KINDS:
                self.resolved.add(name)
                return pb.ApplyResourceChange.Response(new_state=to_dynamic_value(_resolve(planned)))
            resource = self._resource(name, planned or prior)
            if planned is None:
                resource.delete(prior)
                return pb.ApplyResourceChange.Response(new_state=request.planned_state)
            made = resource.create(planned) if prior is None else resource.update(prior, planned)
        except Exception as error:  # Terraform shows it beside the resource
            return pb.ApplyResourceChange.Response(
                new_state=request.prior_state, diagnostics=_errors(_tell(name, error)), legacy_type_system=True
            )
        wrong = self._compare(name, planned, made)
        return pb.ApplyResourceChange.Response(
            new_state=to_dynamic_value(_resolve(made)), diagnostics=_errors(*wrong), legacy_type_system=True
        )

    def ImportResourceState(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Not here."""
        return pb.ImportResourceState.Response(diagnostics=_errors("the stand-in cannot import"))

    def ReadDataSource(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Policies are made here; the rest the cloud answers."""
        config = read_dynamic_value(request.config)
        if request.type_name == "aws_iam_policy_document":
            text = make_policy(config)
            minified = json.dumps(json.loads(text), separators=(",", ":"))
            config |= {"json": text, "minified_json": minified, "id": str(uuid.uuid5(uuid.NAMESPACE_OID, text))}
        else:
            try:
                config |= self._lookup(request.type_name, config, self._region)
            except Exception as error:  # Terraform shows it beside the data source
                return pb.ReadDataSource.Response(diagnostics=_errors(_tell(request.type_name, error)))
        return pb.ReadDataSource.Response(state=to_dynamic_value(config))

    def _resource(self, name: str, values: Mapping[str, Any]) -> Resource:
        region = values.get("region")
        return Resource(self._cloud, name, region if isinstance(region, str) else self._region)

    def _compare(self, name: str, planned: Mapping[str, Any], made: Mapping[str, Any]) -> list[str]:
        """The attributes that are not as planned."""
        dropped = KINDS[name].dropped
        wrong = []
        for attribute, value in planned.items():
            if value is Unknown or value is None or value == []:
                continue
            self.counts["planned"] += 1
            if any(path == attribute for path in dropped):
                self.counts["not given back"] += 1
            elif _plain(value) == _plain(made.get(attribute)):
                self.counts["read back"] += 1
            else:
                wrong.append(f"{name}.{attribute}: planned {value!r}, AWS holds {made.get(attribute)!r}")
        self.counts["not given back"] += sum("." in path for path in dropped)
        return wrong


def _plain(value: Any) -> Any:
    """A value in which the order of blocks and items does not count."""
    if isinstance(value, list):
        return sorted((_plain(each) for each in value), key=repr)
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in value.items()}
    return value


def _resolve(values: Any) -> Any:
    """Nothing for what is unknown."""
    if isinstance(values, dict):
        return {name: _resolve(value) for name, value in values.items()}
    if isinstance(values, list):
        return [_resolve(value) for value in values]
    return None if values is Unknown else values


def _tell(name: str, error: Exception) -> str:
    """What went wrong: in a line where AWS refuses, with the way to it where the stand-in is at fault."""
    expected = isinstance(error, RefusedError | UnknownMemberError | BotoCoreError)
    return f"{name}: {error}" if expected else f"{name}: " + "".join(traceback.format_exception(error))


def _path(attribute: str) -> Any:
    return pb.AttributePath(steps=[pb.AttributePath.Step(attribute_name=attribute)])


def _errors(*texts: str) -> list[Any]:
    return [pb.Diagnostic(severity=pb.Diagnostic.ERROR, summary=text) for text in texts]
