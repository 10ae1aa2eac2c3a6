"""What the provider answers when Terraform plans: what is unknown until the apply, and what replaces a resource."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tf.types import Unknown

from tests.terraform.stand_in.kinds import KINDS
from tests.terraform.stand_in.schema import Block, read_aws
from tests.terraform.stand_in.table import Values


def plan(
    name: str, prior: Values | None, proposed: Values, config: Values, default_tags: Any, region: str
) -> tuple[Values, list[str]]:
    """The planned attributes of a resource, and those whose change replaces it.

    `proposed`: what `config` says, and what `prior` has where that says nothing of a computed attribute.
    """
    block: Block = read_aws()["resources"][name]
    kind = KINDS.get(name)
    new = dict(proposed)
    if new.get("region") is None and "region" in block["attributes"]:
        new["region"] = region
    _merge_tags(new, default_tags)
    if prior is None:
        for attribute, (_, flags) in block["attributes"].items():
            if new.get(attribute) is None and "c" in flags and attribute != "tags_all":
                new[attribute] = Unknown
        return new, []
    for attribute in kind.keeps.split() if kind else ():
        if not new.get(attribute):
            new[attribute] = prior.get(attribute)
    changed = {attribute for attribute in new if new[attribute] != prior.get(attribute)}
    for computed, causes in kind.changing.items() if kind and changed else ():
        if not causes or changed & set(causes.split()):
            new |= {each: Unknown for each in computed.split() if config.get(each) is None}
    replaces = set(kind.replaces.split()) if kind else set()
    return new, sorted(changed & replaces)


def _merge_tags(new: Values, default_tags: Mapping[str, Any] | Any) -> None:
    """`tags_all`: the provider's default tags, and the resource's own over them."""
    if "tags_all" not in new:
        return
    for override in new.get("override_provider") or []:
        default_tags = (override["default_tags"] or [{"tags": {}}])[0].get("tags") or {}
    own = new.get("tags") or {}
    new["tags_all"] = Unknown if Unknown in (own, default_tags) else {**default_tags, **own}
