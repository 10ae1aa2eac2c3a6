"""What was written to build/, or would be: for a person and for a program."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.board.bundle_paths import NAME, TEAM  # not of `index_site`: that loads every model
from generator.cli.console import say, write
from generator.diagnostics.wording import plural, quote
from generator.output.plan import Plan
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
        write(f"build/{folder}: {'would be deleted' if would else 'deleted'}, its board is gone")
    write(f"{plural(len(plan.files), 'file')} {'would change' if would else 'changed'}")


def plan_as_json(plan: Plan) -> dict[str, Any]:
    """A plan for a program."""
    return {
        "files": [{"path": change.path, "change": change.kind} for change in plan.files],
        "orphans": [
            {"folder": orphan.folder, "state": list(orphan.state), "backend": orphan.backend} for orphan in plan.orphans
        ],
        "pruned": list(plan.pruned),
    }


def name_orphans(plan: Plan, folders: Iterable[str]) -> None:
    """Say which bundles have lost their board, and what to do with each. `folders`: the bundles that have a board."""
    living = {_names_in_aws(folder): folder for folder in folders}
    for orphan in plan.orphans:
        if orphan.folder.endswith(f"{TEAM}/{NAME}"):
            say(f"build/{orphan.folder}: the YAML has no `index` any more. `leaderboards generate --prune` deletes it.")
            continue
        if moved := living.get(_names_in_aws(orphan.folder)):
            # Both bundles describe the same resources: destroying those of the old one would destroy the board.
            say(
                f"build/{orphan.folder}: its board moved to build/{moved}. Kept. Move its Terraform state there (the "
                "folder's files, or the backend's key) before you apply, then `leaderboards generate --prune`."
            )
            continue
        if orphan.backend:
            terraform = f"terraform -chdir=build/{orphan.folder}/terraform"
            say(
                f"build/{orphan.folder}: its board is gone. Kept, because its state may be in "
                f"{quote(orphan.backend, 300)}: `{terraform} init` and `{terraform} destroy` take down what it "
                f"deployed, then `leaderboards generate --prune --accept {orphan.name}`."
            )
            continue
        if orphan.state:
            why = (
                f"Kept, because Terraform's state is in it: {orphan.state[0]}. Destroy what it deployed, delete the "
                "state,"
            )
        else:
            why = "Kept. Destroy what it deployed,"
        say(f"build/{orphan.folder}: its board is gone. {why} then `leaderboards generate --prune`.")


def _names_in_aws(folder: str) -> tuple[str, ...]:
    """What a bundle's names in AWS are made of: environment and board, but not the team."""
    parts = folder.split("/")
    # A bundle's folder has two parts or more. A folder with one part never was a bundle, so it stands for itself.
    return (*parts[:-2], "", parts[-1]) if len(parts) > 1 else (folder,)
