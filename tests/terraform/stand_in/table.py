"""What one row of the table of resource types says. The rows are in the modules kinds_*.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.terraform.stand_in.members import Names

Values = dict[str, Any]
"""Attributes of a Terraform resource by name."""


@dataclass(frozen=True)
class Part:
    """The operations of AWS that hold some of a resource's attributes.

    The first part of a kind makes the resource. A key or a constant is sent with each operation that has a member of
    its name. `{attribute}` in a key stands for that attribute, `{_Member}` for a member of what the first part read.
    """

    service: str
    create: str = ""
    read: str = ""
    update: str = ""
    """If there is none, `create` also changes what exists."""
    delete: str = ""
    key: Mapping[str, Any] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    takes: tuple[str, ...] = ()
    """The attributes that this part holds. Of the first part: all that no other part holds."""
    into: str = ""
    """The member of requests that takes the attributes, or whose only item does; left out, the request itself."""
    at: str = ""
    """Where the answer of `read` holds them. `name.0` is the first item of a list; if it is empty, there is nothing."""
    names: Names = field(default_factory=dict)
    read_names: Names = field(default_factory=dict)
    """Where an answer calls something otherwise than a request."""
    add: Callable[[Values, str], Mapping[str, Any]] | None = None
    """More parameters, made from the attributes; the second argument is the operation."""
    learn: Callable[[Any, Values], Mapping[str, Any] | None] | None = None
    """More attributes, made from the answer. None: there is no such thing."""
    only_changes: bool = False
    """Whether `update` is sent only what changed, as where AWS takes one change at a time."""
    removed: Mapping[str, Any] = field(default_factory=dict)
    """What to send in place of a member that no attribute speaks of any more."""
    deleted_with: Mapping[str, Any] = field(default_factory=dict)
    """Parameters of `delete` beside the key."""
    tags: str = ""
    """The member of the first part's `create` that takes this part's tags too."""


def tags_part(
    service: str,
    key: str,
    template: str,
    create: str = "TagResource",
    read: str = "ListTagsForResource",
    member: str = "Tags",
    first: str = "Tags",
) -> Part:
    """The part of a kind that holds its tags, by operations of their own. `key`: the member that names the resource.

    `member` takes the tags there, `first` in the operation that makes the resource.
    """
    return Part(
        service,
        create=create,
        read=read,
        key={key: template},
        takes=("tags_all",),
        names={"tags_all": member},
        tags=first,
    )


@dataclass(frozen=True)
class Kind:
    """A resource type: how it is made, read, changed and removed."""

    parts: tuple[Part, ...]
    id: str
    replaces: str = ""
    """Attributes that make Terraform replace the resource, from the type's page in the provider's documentation
    ("Forces new resource") and, where that is silent, from its schema."""
    created: Names = field(default_factory=dict)
    """Attributes that only the answer of `create` tells."""
    computed: Names = field(default_factory=dict)
    """Attributes from the answer of the first part's `read`, or with `{attribute}` from others."""
    local: str = ""
    """Attributes that only Terraform reads."""
    changing: Mapping[str, str] = field(default_factory=dict)
    """Computed attributes that an update may change, and the attributes whose change does that ("": any)."""
    keeps: str = ""
    """Blocks that are optional and computed: without one in the configuration, what is there stays as it is."""
    dropped: Mapping[str, str] = field(default_factory=dict)
    """Attributes that the emulator takes and does not give back, with what is known about it."""
    emulator: str = "ministack"
    mirror: str = ""
    """Another emulator that is sent the same, because types that it holds ask for it there."""
    ready: tuple[str, str] | None = None
    """Where the answer of the first part's `read` says that the resource is made, and the word for it."""
