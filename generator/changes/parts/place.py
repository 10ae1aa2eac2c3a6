"""The edits of where a board is: project, environment, region, account, KMS key, team, Terraform's state.

Terraform destroys and makes anew whatever gets another name or region. Where only the state has to follow, the commands
for that are part of the edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from shlex import quote as shell

from generator.changes.edits import UNUSED, Edit, attention, refused
from generator.changes.facts import Document, is_feed
from generator.changes.words import join_names, show, turn
from generator.spec.values_aws import BOARD_KEY

_LOST = (
    "tables, bucket and queues can't follow, so Terraform would destroy them and make empty ones, or leave them "
    "behind: all scores would be gone for its players, and game servers would write to what nobody counts"
)
_LOST_BY_A_FEED = (
    "table and queues can't follow, so Terraform would destroy them and make empty ones, or leave them behind: its "
    "boards would count nothing until game servers write to the new table"
)
_NEW_KEY = (
    "tables are encrypted anew by themselves, and the newest ranks with the next snapshot; older files, messages and "
    "backups stay under the former key, which must not be deleted before the bundle's README says so"
)
_NEW_KEY_OF_A_FEED = (
    "its table is encrypted anew by itself; messages in its queues stay under the former key, which must not be "
    "deleted for 14 days. Once this is applied, apply each of its boards: until then their probes and heartbeats are "
    "refused"
)
_KEY_ALONE = (
    "the board's functions could not decrypt what lies under the former key: ranks could not be read, and activities "
    "that are on their way would be dead letters"
)
_KEY_OF_A_FEED_ALONE = (
    "the feed's pipe could not decrypt what lies under the former key: activities that are on their way would reach no "
    "board"
)


def folder_of(document: Document) -> str:
    """The bundle's folder below build/."""
    return "/".join(str(part) for part in (document["environment"], document["team"], document["board"]) if part)


def compare_place(old: Document, new: Document) -> Iterator[Edit]:
    """Find the edits of where a board or a feed is."""
    lost, when = (_LOST_BY_A_FEED, UNUSED) if is_feed(new) else (_LOST, Edit.when)
    if old["project"] != new["project"]:
        what = turn("project", old["project"], new["project"])
        yield refused(
            what,
            f"every name in AWS begins with it; {lost}",
            f"Leave `project: {old['project']}`, and begin a second leaderboards.yaml for {show(new['project'])}.",
            when,
        )
    if old["region"] != new["region"]:
        yield refused(turn("region", old["region"], new["region"]), lost, _beside_in_an_environment("region"), when)
    if old["account_id"] != new["account_id"]:
        yield _move_account(old["account_id"], new["account_id"], lost, when)
    yield from _compare_keys(old, new)
    if old["team"] != new["team"]:
        then = "its names in AWS stay, and so do its data; its folder and the place of its state change with the team"
        yield attention(turn("team", old["team"], new["team"]), then, *_move_state(old, new))
    elif old["state"] != new["state"] and old["project"] == new["project"]:
        kind = "feed" if is_feed(new) else "board"
        then = f"Terraform would find no state there, and try to make a second {kind} of the same names"
        yield attention(turn("state", old["state"], new["state"]), then, *_move_state(old, new))


def _beside_in_an_environment(key: str) -> str:
    return (
        f"Leave `{key}` as it was, and write the new one into an environment of its own under `environments`, beside "
        "the old: then both stand until players have moved."
    )


def _move_account(old: str | None, new: str | None, lost: str, when: str) -> Edit:
    what = turn("account_id", old, new)
    if new is None:
        return attention(what, "Terraform deploys to whichever account its credentials are for")
    if old is None:
        return attention(what, "Terraform refuses every other account: if the bundle is in another, no plan is made")
    return refused(what, lost, _beside_in_an_environment("account_id"), when)


def _compare_keys(old: Document, new: Document) -> Iterator[Edit]:
    """Find the edits of the KMS keys: what lies under a former key can be read only while the board knows it."""
    former, present = (document["kms_key_arn"] or BOARD_KEY for document in (old, new))
    if former != present:
        what = turn("kms_key_arn", old["kms_key_arn"], new["kms_key_arn"])
        if former in new["kms_previous_keys"]:
            yield attention(what, _NEW_KEY_OF_A_FEED if is_feed(new) else _NEW_KEY)
        else:
            instead = f"Name the former key: `kms_previous_keys: [{former}]`."
            alone, when = (_KEY_OF_A_FEED_ALONE, UNUSED) if is_feed(new) else (_KEY_ALONE, Edit.when)
            yield refused(what, alone, instead, when)
    if gone := [key for key in old["kms_previous_keys"] if key not in (*new["kms_previous_keys"], present)]:
        look = "its queues keep messages for 14 days" if is_feed(new) else "look first as the bundle's README says"
        then = f"whatever still lies under it can't be read any more: {look}"
        yield attention(f"kms_previous_keys without {join_names(gone)}", then)
    if added := [key for key in new["kms_previous_keys"] if key not in (*old["kms_previous_keys"], former)]:
        yield Edit(f"kms_previous_keys with {join_names(added)}", f"the {_readers(new)} may decrypt with it")


def _readers(document: Document) -> str:
    return "feed's pipe" if is_feed(document) else "board's functions"


def _move_state(old: Document, new: Document) -> Iterator[str]:
    """The commands by which Terraform's state follows a bundle, after `generate` and before `apply`."""
    before, after = (shell(f"build/{folder_of(document)}/terraform") for document in (old, new))
    former, present = (str(document["state"]) for document in (old, new))
    if former == present == "local":
        yield "# after `leaderboards generate`, before you apply; then `leaderboards generate --prune`"
        yield f"mv {before}/terraform.tfstate* {after}/"
        yield f"terraform -chdir={after} init"
    elif former == "local":
        yield "# after `leaderboards generate`, before you apply"
        if before != after:
            yield f"mv {before}/terraform.tfstate* {after}/"
        yield f"terraform -chdir={after} init -migrate-state"
    elif present == "local":
        yield "# after `leaderboards generate`, before you apply"
        yield f"aws s3 cp {shell(former)} {after}/terraform.tfstate"
        # Terraform's note of the backend: `init -reconfigure` leaves it there where no other takes its place.
        yield f"rm -f {after}/.terraform/terraform.tfstate"
        yield f"terraform -chdir={after} init"
    else:
        yield "# before you apply; nothing else may apply the bundle meanwhile"
        yield f"aws s3 cp {shell(former)} {shell(present)}"
        yield f"terraform -chdir={after} init -reconfigure"
    # A team's owner is told of alarms by e-mail, and so is the next one.
    yield f"terraform -chdir={after} plan   # must destroy nothing but subscriptions to alarms"
    if former != "local":
        yield f"aws s3 rm {shell(former)}   # once it is applied"
