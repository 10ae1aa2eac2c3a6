"""Creates, reads, updates and deletes resources of any type in the table, in the emulators."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any

from tf.types import Unknown

from tests.terraform.stand_in.cloud import Cloud, RefusedError
from tests.terraform.stand_in.kinds import KINDS
from tests.terraform.stand_in.members import from_members, from_parameter, is_empty, prune_members, to_members
from tests.terraform.stand_in.schema import Block, read_aws
from tests.terraform.stand_in.table import Part, Values

_ONLY_TERRAFORM = ("id", "tags", "region", "timeouts", "arn")
_FILES = ("filename", "source")
"""Attributes that name a file."""
_SECONDS = 20.0
"""Seconds that an emulator may take to make a resource."""


class Resource:
    """One resource of a type in the table, in the emulators."""

    def __init__(self, cloud: Cloud, name: str, region: str) -> None:
        self._cloud = cloud
        self._region = region
        self.kind = KINDS[name]
        self.block: Block = read_aws()["resources"][name]

    def create(self, planned: Values) -> Values:
        """Make it. Returns its attributes as the emulator holds them."""
        values = {name: None if value is Unknown else value for name, value in planned.items()}
        values["region"] = values.get("region") or self._region
        first, *others = self.kind.parts
        parameters = self._parameters(first, first.create, values, self._written_first(values))
        for part in others:
            if part.tags and not is_empty(values.get("tags_all")) and values["tags_all"]:
                tags = self._parameters(part, part.create, values, part.takes, keyed=False)
                parameters[part.tags] = next(iter(tags.values()))
        answer = self._call(first, first.create, parameters)
        if answer is None:
            raise RefusedError(f"{first.service}:{first.create}: what it needs does not exist")
        for name, path in self.kind.created.items():
            values[name] = from_parameter(self.block["attributes"][name][0], None, _dig(answer, path))
        self._wait_until_ready(values)
        values |= self._learn(values)
        for part in others:
            if part.create and not part.tags and any(values.get(name) for name in part.takes):
                self._put(part, part.create, values)
        return {name: value for name, value in self._read_back(values).items() if name in planned}

    def read(self, known: Values) -> Values | None:
        """Its attributes as the emulator holds them, as far as Terraform says something; None if it is gone."""
        values = dict(known)
        answers: dict[str, Any] = {}
        for number, part in enumerate(self.kind.parts):
            takes = part.takes if number else self._read_first(known)
            if not part.read or (number and not any(not is_empty(known.get(name)) for name in takes)):
                continue
            found = self._read_part(part, values, takes, answers)
            if found is None:
                return None
            values |= found
            if not number:
                values |= self._computed(answers, values)
        return {name: value for name, value in values.items() if name in known}

    def update(self, prior: Values, planned: Values) -> Values:
        """Change what differs."""
        flags = {name: flags for name, (_, flags) in self.block["attributes"].items()}
        values = {
            name: (prior.get(name) if flags.get(name) == "c" else None) if value is Unknown else value
            for name, value in planned.items()
        }
        for number, part in enumerate(self.kind.parts):
            takes = part.takes if number else self._changed_first(values)
            changed = [name for name in takes if values.get(name) != prior.get(name)]
            if not changed:
                continue
            if number and part.delete and all(is_empty(values.get(name)) for name in takes):
                self._call(part, part.delete, self._keys(part, part.delete, prior))
            elif part.only_changes:
                self._send_changes(part, prior, values, takes)
            else:
                self._put(part, part.update or part.create, values, takes)
            self._remove_tags(part, prior, values)
        self._wait_until_ready(values)
        return self._read_back(values)

    def delete(self, values: Values) -> None:
        """Remove it."""
        part = self.kind.parts[0]
        if self.kind is KINDS["aws_cloudfront_distribution"]:
            # CloudFront deletes only what is disabled (CloudFront developer guide, "Delete a distribution").
            values = self.update(values, {**values, "enabled": False})
        if values.get("force_destroy") and self.kind is KINDS["aws_s3_bucket"]:
            self._empty_bucket(values["bucket"], "")
        if self.kind is KINDS["aws_s3_object"]:
            self._empty_bucket(values["bucket"], values["key"])
        elif part.delete:
            self._call(part, part.delete, {**self._keys(part, part.delete, values), **part.deleted_with})

    def _read_back(self, values: Values) -> Values:
        found = self.read(values)
        if found is None:
            raise RefusedError("it was made, and is not there")
        return found

    def _call(self, part: Part, operation: str, parameters: Mapping[str, Any]) -> Any:
        return self._cloud.call(self.kind, part, operation, self._region, parameters)

    def _put(self, part: Part, operation: str, values: Values, takes: Iterable[str] = ()) -> None:
        self._call(part, operation, self._parameters(part, operation, values, takes or part.takes))

    def _send_changes(self, part: Part, prior: Values, values: Values, takes: Iterable[str]) -> None:
        old, new = (self._parameters(part, part.create, each, takes, keyed=False) for each in (prior, values))
        shape = self._cloud.model(self.kind, part, part.update, self._region).input_shape
        changed = {name: value for name, value in new.items() if old.get(name) != value}
        changed |= {name: part.removed[name] for name in old if name not in new and name in part.removed}
        sent = {name: value for name, value in changed.items() if name in shape.members}
        if "AttributeValue" in shape.members:  # SNS takes one attribute at a time
            for name, value in changed.get("Attributes", {}).items():
                keys = self._keys(part, part.update, values)
                self._call(part, part.update, {**keys, "AttributeName": name, "AttributeValue": value})
        elif sent:
            self._call(part, part.update, {**self._keys(part, part.update, values), **sent})

    def _remove_tags(self, part: Part, prior: Values, values: Values) -> None:
        if "tags_all" not in part.takes or not part.create.startswith("Tag"):
            return
        gone = sorted(set(prior.get("tags_all") or {}) - set(values.get("tags_all") or {}))
        operation = part.create.replace("Tag", "Untag", 1)
        if gone:
            shape = self._cloud.model(self.kind, part, operation, self._region).input_shape
            member = next(name for name in shape.members if name.lower() == "tagkeys")
            keys: Any = {"Items": gone} if shape.members[member].type_name == "structure" else gone
            self._call(part, operation, {**self._keys(part, operation, values), member: keys})

    def _parameters(
        self, part: Part, operation: str, values: Values, takes: Iterable[str], *, keyed: bool = True
    ) -> dict[str, Any]:
        shape = self._cloud.model(self.kind, part, operation, self._region).input_shape
        creating = self._cloud.model(self.kind, part, part.create or operation, self._region).input_shape
        outer = creating.members[part.into] if part.into else creating
        inner = outer.member if outer.type_name == "list" else outer
        told = {name: values.get(name) for name in takes}
        members = to_members(self.block, told, inner, part.names)
        members = {name: value for name, value in members.items() if part.into or name in shape.members}
        located = {**values, **{name: str(self._cloud.folder / values[name]) for name in _FILES if values.get(name)}}
        extra = dict(part.add(located, operation)) if part.add else {}
        if part.into:
            one = {**extra.pop(part.into, {}), **members}
            members = {part.into: one if inner is outer else [one]}
        if not keyed:
            return {**extra, **members}
        # What only a creation takes, such as a pipe's starting position, is left out of a change.
        sent: dict[str, Any] = prune_members(shape, {**self._keys(part, operation, values), **extra, **members})
        return sent

    def _keys(self, part: Part, operation: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """The key and the constants that an operation has members for."""
        shape = self._cloud.model(self.kind, part, operation, self._region).input_shape
        keys: dict[str, Any] = {}
        for member, template in {**part.key, **part.constants}.items():
            if shape is None or member not in shape.members:
                continue
            filled = _fill(template, values)
            if filled not in (None, ""):
                whole = shape.members[member].type_name in ("integer", "long")
                keys[member] = int(filled) if whole else filled
        return keys

    def _read_part(self, part: Part, values: Values, takes: Iterable[str], answers: dict[str, Any]) -> Any:
        context = {**values, **{f"_{name}": value for name, value in answers.get("held", {}).items()}}
        answer = self._call(part, part.read, self._keys(part, part.read, context))
        shape = self._cloud.model(self.kind, part, part.read, self._region).output_shape
        held = answer
        for step in part.at.split(".") if part.at else ():
            if isinstance(held, list):
                held = held[0] if held else None
            else:
                held, shape = (held or {}).get(step), shape.members[step]
            shape = shape.member if shape.type_name == "list" and step != "0" and isinstance(held, list) else shape
        if answer is None or held is None:
            return None
        answers.setdefault("held", held)
        answers.setdefault("answer", answer)
        names = {**part.names, **part.read_names, **dict.fromkeys(self.kind.dropped, "")}
        found = from_members(self.block, {name: values.get(name) for name in takes}, shape, held, names)
        learned = part.learn(answer, {**values, **found}) if part.learn else {}
        return None if learned is None else {**found, **learned}

    def _learn(self, values: Values) -> Values:
        """The computed attributes, which the other parts' keys may need."""
        answers: dict[str, Any] = {}
        found = self._read_part(self.kind.parts[0], values, (), answers)
        return {**(found or {}), **self._computed(answers, values)} if answers else {}

    def _computed(self, answers: Mapping[str, Any], values: Values) -> Values:
        found: Values = {}
        for name, path in self.kind.computed.items():
            held = _fill(path, values) if "{" in path else _text(_dig(answers["answer"], path))
            found[name] = from_parameter(self.block["attributes"][name][0], None, held)
        context = {**values, **found}
        return {**found, "id": _fill(self.kind.id, context)}

    def _wait_until_ready(self, values: Values) -> None:
        if not self.kind.ready:
            return
        part, (path, word) = self.kind.parts[0], self.kind.ready
        until = time.monotonic() + _SECONDS
        while _dig(self._call(part, part.read, self._keys(part, part.read, values)), path) != word:
            if time.monotonic() > until:
                raise RefusedError(f"not {word} after {_SECONDS:g} seconds")
            time.sleep(0.1)

    def _settable(self, values: Values) -> list[str]:
        local = {*self.kind.local.split(), *_ONLY_TERRAFORM, "tags_all"}
        computed = {name for name, (_, flags) in self.block["attributes"].items() if flags == "c"}
        own = {"arn"} if self.kind.id == "{arn}" and "o" in self.block["attributes"].get("arn", ["", ""])[1] else set()
        if self.block["attributes"].get("arn", ["", ""])[1] == "r":
            own = {"arn"}
        return [name for name in values if name in own or (name not in local and name not in computed)]

    def _written_first(self, values: Values) -> list[str]:
        taken = {name for part in self.kind.parts[1:] if part.create for name in part.takes}
        return [name for name in self._settable(values) if name not in taken]

    def _changed_first(self, values: Values) -> list[str]:
        taken = {name for part in self.kind.parts[1:] if part.create or part.update for name in part.takes}
        return [name for name in self._settable(values) if name not in taken]

    def _read_first(self, values: Values) -> list[str]:
        taken = {name for part in self.kind.parts[1:] if part.read for name in part.takes}
        return [name for name in self._settable(values) if name not in taken]

    def _empty_bucket(self, bucket: str, prefix: str) -> None:
        client = self._cloud._client("ministack", "s3", self._region)
        for page in client.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=prefix):
            for one in [*page.get("Versions", []), *page.get("DeleteMarkers", [])]:
                client.delete_object(Bucket=bucket, Key=one["Key"], VersionId=one["VersionId"])


def _fill(template: Any, values: Mapping[str, Any]) -> Any:
    """A template with attributes in it, None if one of them has no value."""
    if isinstance(template, list):
        return [_fill(each, values) for each in template]
    if not isinstance(template, str):
        return template
    names = re.findall(r"\{(\w+)\}", template)
    if any(values.get(name) is None for name in names if name != "_"):
        return None
    return re.sub(r"\{(\w+)\}", lambda found: "" if found[1] == "_" else str(values[found[1]]), template)


def _dig(answer: Any, path: str) -> Any:
    for step in path.split("."):
        if answer is None:
            return None
        answer = answer[int(step)] if isinstance(answer, list) else answer.get(step)
    return answer


def _text(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
