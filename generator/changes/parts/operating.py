"""The edits of how a board is run: who reads it, protection, sizes, alarms, the page, owners and tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.changes.edits import Edit, Kind, attention
from generator.changes.parts.place import Document
from generator.changes.words import join_names, turn

_SAID: Mapping[str, tuple[str, Kind]] = {
    "domain": ("page and API answer under the new name only, once its DNS leads there", Kind.ATTENTION),
    "certificate_arn": ("CloudFront shows the new certificate", Kind.IN_PLACE),
    "cors_origins": ("the scripts of these sites may read the API", Kind.IN_PLACE),
    "web_acl_arn": ("CloudFront asks the new web ACL before it answers", Kind.IN_PLACE),
    "rebuild": ("new ranks come by the new schedule", Kind.IN_PLACE),
    "traffic": ("sized anew; windows that are open keep their partitions", Kind.IN_PLACE),
    "alarms": ("the alarms go by it", Kind.IN_PLACE),
    "dashboard": ("the page shows it when it is loaded again", Kind.IN_PLACE),
    "logo": ("the page shows it when it is loaded again", Kind.IN_PLACE),
    "attached": ("the page shows it when it is loaded again", Kind.IN_PLACE),
    "owner": ("alarms go there once the address has confirmed AWS's e-mail", Kind.ATTENTION),
    "notify": ("alarms go there once each new address has confirmed", Kind.IN_PLACE),
    "tags": ("the resources get the new tags", Kind.IN_PLACE),
}
"""What follows an edit of each key, and its class. A mapping is told key by key."""

_ELSEWHERE = (
    *("format", "board", "prefix", "project", "environment", "region", "account_id", "team", "state"),
    *("kms_key_arn", "kms_previous_keys", "access", "protect", "simulator", "sizes", "principals"),
)
"""Keys that are told otherwise: by `place`, or below."""


def compare_operating(old: Document, new: Document) -> Iterator[Edit]:
    """Find the edits of how a board is run."""
    yield from _compare_access(old, new)
    if old["protect"] != new["protect"]:
        if new["protect"]:
            yield Edit(turn("protect", old["protect"], new["protect"]), "nothing of it can be destroyed any more")
        else:
            then = "once it is applied, `terraform destroy` deletes the board with all its scores"
            yield attention(turn("protect", old["protect"], new["protect"]), then)
    if old["simulator"] != new["simulator"]:
        then = "who may invoke it can write made-up activities" if new["simulator"] else "its function is removed"
        yield Edit(turn("simulator", old["simulator"], new["simulator"]), then)
    ours = {"project", "environment", "board", "team", "owner"}
    before, after = (_without(document, ours) for document in (old, new))
    for key in sorted({*before, *after} - {*_ELSEWHERE}):
        then, kind = _SAID.get(key, ("read the plan before you apply it", Kind.ATTENTION))
        for path, former, present in _differences(key, before.get(key), after.get(key)):
            yield Edit(turn(path, former, present), then, kind)
    yield from _compare_sizes(old, new)


def _compare_access(old: Document, new: Document) -> Iterator[Edit]:
    if old["access"] == new["access"]:
        if gone := [each for each in old["principals"] if each not in new["principals"]]:
            yield attention(f"api.principals without {join_names(gone)}", "they can't read the board any more")
        if added := [each for each in new["principals"] if each not in old["principals"]]:
            yield Edit(f"api.principals with {join_names(added)}", "they may read the board")
        return
    what = turn("api.access", old["access"], new["access"])
    if new["access"] == "iam":
        then = "the page and its address go for good, players see nothing; only signed requests of `principals` read it"
    else:
        then = "everybody can read it, display names and player ids included"
    yield attention(what, then)


def _compare_sizes(old: Document, new: Document) -> Iterator[Edit]:
    """Find sizes that differ although nothing did that decides them: this program decides them otherwise now."""
    if any(old[key] != new[key] for key in ("traffic", "rebuild", "alarms")):
        return
    deployed = [{key: size for key, size in each["sizes"].items() if key != "rebuild"} for each in (old, new)]
    for path, former, present in _differences("sizes", *deployed):
        yield Edit(turn(path, former, present), "this program decides it so; AWS changes it while the board runs")


def _without(document: Document, ours: set[str]) -> dict[str, Any]:
    """The document with the team's own tags alone: ours follow from other keys."""
    return {**document, "tags": {key: value for key, value in document.get("tags", {}).items() if key not in ours}}


def _differences(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """Every value that differs, by its path."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}):
            yield from _differences(f"{path}.{key}", old.get(key), new.get(key))
    elif old != new:
        yield path, old, new
