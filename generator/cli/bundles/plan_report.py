"""What was written to build/, or would be: for a person and for a program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.board.bundle_paths import NAME, TEAM  # not of `index_site`: that loads every model
from generator.cli.console import say, write
from generator.diagnostics.wording import plural, quote
from generator.output.plan import Orphan, Plan
from generator.output.plan import diff as unified_diff


def print_plan(plan: Plan, diff: bool, would: bool) -> None:
    """Print a plan: as a unified diff, or as a line for each bundle and the number of files.

    `would`: the plan was not carried out, so say what would change.
    """
    if diff:
        for line in unified_diff(plan.files):
            write(line)
        return
    for folder, changes in plan.changes.items():
        kinds = [change.kind for change in changes]
        counts = [f"{kinds.count(kind)} {kind}" for kind in ("new", "changed", "removed") if kind in kinds]
        write(f"build/{folder}: {', '.join(counts)}")
    for folder in plan.pruned:
        write(f"build/{folder}: {'would be deleted' if would else 'deleted'}, it is gone from the YAML")
    write(f"{plural(len(plan.files), 'file')} {'would change' if would else 'changed'}")


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """A plan for a program."""
    return {
        "files": [{"path": change.path, "change": change.kind} for change in plan.files],
        "orphans": [
            {
                "folder": orphan.folder,
                "state": list(orphan.state),
                "backend": orphan.backend,
                "resources": orphan.found.resources if orphan.found else None,
                "unread": orphan.found.unread or None if orphan.found else None,
            }
            for orphan in plan.orphans
        ],
        "pruned": list(plan.pruned),
    }


def name_orphans(plan: Plan, folders: Iterable[str]) -> None:
    """Say which bundles have lost their board or feed, and what to do with each. `folders`: those of the others."""
    living = {_names_in_aws(folder): folder for folder in folders}
    for orphan in plan.orphans:
        if orphan.folder.endswith(f"{TEAM}/{NAME}"):
            say(f"build/{orphan.folder}: the YAML has no `index` any more. `leaderboards generate --prune` deletes it.")
        elif moved := living.get(_names_in_aws(orphan.folder)):
            # Both bundles describe the same resources: destroying those of the old one would destroy the board.
            say(
                f"build/{orphan.folder}: its {_KINDS[orphan.is_feed]} moved to build/{moved}. Kept. Move its Terraform "
                "state there (the folder's files, or the backend's key) before you apply, then `leaderboards generate "
                "--prune`."
            )
        else:
            say(f"build/{orphan.folder}: {_describe_orphan(orphan)}")


_KINDS = {False: "board", True: "feed"}
_GOES_ON = {
    False: "Where it was applied, it goes on running with its page, scores and costs.",
    True: "Where it was applied, it goes on taking activities, and costs. Its boards come first.",
}


def _describe_orphan(orphan: Orphan) -> str:
    """Say what goes on where a bundle was applied, and how to end that and the bundle: sentences."""
    protected = " It is protected: first put it back with `protect: false` and apply that." if orphan.protect else ""
    about = f"its {_KINDS[orphan.is_feed]} is gone. {_GOES_ON[orphan.is_feed]}{protected}"
    if orphan.depends_on_backend:
        terraform = f"terraform -chdir=build/{orphan.folder}/terraform"
        accept = f" Where nothing is left, `leaderboards generate --prune --accept {orphan.name}`."
        return (
            f"{about} Kept, because {_describe_state(orphan)}: `{terraform} init` and `{terraform} destroy` delete all "
            "of that for good, then `leaderboards generate --prune`."
            f"{accept if orphan.found and orphan.found.resources is None else ''}"
        )
    if orphan.keeps_state:
        return (
            f"{about} Kept, because Terraform's state is in it: {orphan.state[0]}. Destroy what it deployed, delete "
            "the state, then `leaderboards generate --prune`."
        )
    return f"{about} Kept. Destroy what it deployed, then `leaderboards generate --prune`."


def _describe_state(orphan: Orphan) -> str:
    """Say what is known of an orphan's state in its backend: a clause."""
    place = quote(orphan.backend or "", 300)
    if orphan.found is None:
        return f"its state may be in {place}"
    if orphan.found.resources is None:
        return f"its state in {place} can't be read ({orphan.found.unread})"
    return f"its state in {place} has {plural(orphan.found.resources, 'resource')}"


def _names_in_aws(folder: str) -> tuple[str, ...]:
    """What a bundle's names in AWS are made of: environment and board, but not the team."""
    parts = folder.split("/")
    # A bundle's folder has two parts or more. A folder with one part never was a bundle, so it stands for itself.
    return (*parts[:-2], "", parts[-1]) if len(parts) > 1 else (folder,)
