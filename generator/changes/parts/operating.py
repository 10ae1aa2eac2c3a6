"""The edits of how a board or feed is run: who reads it, protection, sizes, alarms, the page, owners and tags."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from generator.changes.edits import Edit, Kind, attention
from generator.changes.facts import Document, is_feed
from generator.changes.words import join_names, show, turn

_SAID: Mapping[str, tuple[str, Kind]] = {
    "certificate_arn": ("CloudFront shows the new certificate", Kind.IN_PLACE),
    "rebuild": ("new ranks come by the new schedule", Kind.IN_PLACE),
    "traffic": ("sized anew; windows that are open keep their partitions", Kind.IN_PLACE),
    "activities_per_second": ("the peak sizes its pipe, the average its costs; nothing is lost", Kind.IN_PLACE),
    "alarms": ("the alarms go by it", Kind.IN_PLACE),
    "dashboard": ("the page shows it when it is loaded again", Kind.IN_PLACE),
    "logo": ("the page shows it when it is loaded again", Kind.IN_PLACE),
    "owner": ("alarms go there once the address has confirmed AWS's e-mail", Kind.ATTENTION),
    "tags": ("the resources get the new tags", Kind.IN_PLACE),
}
"""What follows an edit of each key, and its class. A mapping is told key by key."""

_WITH_A_PAGE = ("domain", "certificate_arn", "cors_origins", "web_acl_arn")
"""Keys that boards with a page alone have: where `api.access` changes, they come and go with it."""

_ELSEWHERE = (
    *("format", "kind", "board", "prefix", "project", "environment", "region", "account_id", "team", "state"),
    *(
        "feed",
        "feed_key_arn",
        "types",
        "kms_key_arn",
        "kms_previous_keys",
        "access",
        "protect",
        "simulator",
        "sizes",
        "principals",
    ),
    *("domain", "cors_origins", "web_acl_arn", "notify", "page", "attached"),
)
"""Keys that are told otherwise: by `place`, by `feeding`, or below."""


_SHOWN = "the page shows it when it is loaded again"
_ALARMS = ("alarms go there no more", "alarms go there once each address has confirmed")
_PAGES = (
    "alarms that cannot wait go there no more",
    "alarms that cannot wait go there once each address has confirmed",
)
_SCRIPTS = ("their scripts can't read the API any more", "their scripts may read the API")
_DOORS = {
    "domain": (
        "page and API answer under CloudFront's name only, and links to the former end nowhere",
        "page and API answer under the new name only, once its DNS leads there",
    ),
    "web_acl_arn": ("nothing is asked any more before CloudFront answers", "CloudFront asks it before it answers"),
}
"""What follows where a key is left out, and where it has another value."""


def compare_operating(old: Document, new: Document) -> Iterator[Edit]:
    """Find the edits of how a board or feed is run."""
    yield from _compare_protection(old, new)
    follows: tuple[str, ...] = ()
    if not is_feed(new):
        follows = _WITH_A_PAGE if old["access"] != new["access"] else ()
        yield from _compare_board(old, new)
    ours = {"project", "environment", "board", "team", "owner"}
    before, after = (_without(document, ours) for document in (old, new))
    for key in sorted({*before, *after} - {*_ELSEWHERE, *follows}):
        then, kind = _SAID.get(key, ("read the plan before you apply it", Kind.ATTENTION))
        for path, former, present in _differences(key, before.get(key), after.get(key)):
            gone = present is None and key == "certificate_arn"
            yield Edit(turn(path, former, present), "CloudFront shows its own" if gone else then, kind)
    yield from _compare_lists("notify", old, new, _ALARMS)
    yield from _compare_lists("page", old, new, _PAGES)


def _compare_protection(old: Document, new: Document) -> Iterator[Edit]:
    if old["protect"] == new["protect"]:
        return
    what = turn("protect", old["protect"], new["protect"])
    if new["protect"]:
        yield Edit(what, "nothing of it can be destroyed any more")
    elif is_feed(new):
        then = "deletes the feed with what lies in its table and queues, and its boards count nothing any more"
        yield attention(what, f"once it is applied, `terraform destroy` {then}")
    else:
        yield attention(what, "once it is applied, `terraform destroy` deletes the board with all its scores")


def _compare_board(old: Document, new: Document) -> Iterator[Edit]:
    """Find the edits of what a board alone has."""
    yield from _compare_access(old, new)
    if old["simulator"] != new["simulator"]:
        then = "who may invoke it can write made-up activities" if new["simulator"] else "its function is removed"
        yield Edit(turn("simulator", old["simulator"], new["simulator"]), then)
    yield from _compare_attached(old["attached"], new["attached"])
    if old["access"] == new["access"]:
        yield from _compare_page(old, new)
    yield from _compare_assembly(old, new)
    yield from _compare_sizes(old, new)


def _compare_page(old: Document, new: Document) -> Iterator[Edit]:
    """Find the edits of under which name and by whom a board with a page is read."""
    for key, (gone, other) in _DOORS.items():
        if old[key] != new[key]:
            yield attention(turn(key, old[key], new[key]), gone if new[key] is None else other)
    yield from _compare_lists("cors_origins", old, new, _SCRIPTS)


def _compare_lists(key: str, old: Document, new: Document, then: tuple[str, str]) -> Iterator[Edit]:
    """Find what is gone from a list, and what has come. `then`: what follows from each."""
    if gone := [each for each in old[key] if each not in new[key]]:
        yield attention(f"{key} without {join_names(gone)}", then[0])
    if added := [each for each in new[key] if each not in old[key]]:
        yield Edit(f"{key} with {join_names(added)}", then[1])


def _compare_attached(old: list[Any], new: list[Any]) -> Iterator[Edit]:
    """Find what is shown otherwise of the fields that stay: their titles, links and order."""
    before, after = ({field: more for field, *more in fields} for fields in (old, new))
    stay = [field for field in after if field in before]
    for field in stay:
        for name, former, present in zip(("title", "link"), before[field], after[field], strict=False):
            if former != present:
                yield Edit(turn(f"{name} of attached {show(field)}", former, present), _SHOWN)
    if stay != [field for field in before if field in after]:
        yield Edit(f"attached fields in the order {join_names(after)}", _SHOWN)


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


def _compare_assembly(old: Document, new: Document) -> Iterator[Edit]:
    """Find whether a board whose windows one function ranked now has some that are assembled, or the other way."""
    before, after = (document["sizes"].get("assembly_most") for document in (old, new))
    if before is None and after is not None:
        then = "a state machine assembles them; until it has, the ranks that are there go on"
        yield Edit(f"windows of more than {after:,} players", then)
    elif before is not None and after is None:
        then = "the state machine goes with what it has under way, and rebuilds fail where a window has more players"
        yield attention(f"no windows of more than {before:,} players any more", then)


def _compare_sizes(old: Document, new: Document) -> Iterator[Edit]:
    """Find sizes that differ although no edit that is told decides them."""
    if any(old[key] != new[key] for key in ("traffic", "rebuild", "alarms", "access", "feed")):
        return
    estimates = ("rebuild", "follow", "assembly_seconds")
    deployed = [{key: size for key, size in each["sizes"].items() if key not in estimates} for each in (old, new)]
    for path, former, present in _differences("sizes", *deployed):
        if path == "sizes.api_concurrency":
            path = "api.max_concurrency"
            former, present = ("unreserved" if size is None else size for size in (former, present))
        yield Edit(turn(path, former, present), "AWS changes it while the board runs")


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
