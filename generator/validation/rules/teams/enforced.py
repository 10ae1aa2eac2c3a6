"""Rules of `enforce:`: no board, no feed and no team says otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from generator.aws.schedules import parse_schedule
from generator.diagnostics.diagnostic import Diagnostic
from generator.diagnostics.wording import plural, quote
from generator.source.nodes import BROKEN, Node
from generator.validation.enforcing import SCHEDULE, Path, find, is_faster, list_enforced, read_enforced
from generator.validation.loading import Loaded
from generator.validation.merging import MergedBoard


def check_enforced(board: MergedBoard, loaded: Loaded) -> Iterator[Diagnostic]:
    """Check that a board says nothing else than what is enforced in its environment."""
    enforced = read_enforced(loaded.root, loaded.environment_node(board.environment)) if loaded.root else None
    if enforced is None:
        return
    layers = [layer for layer in (loaded.override_of(board), board.written.node) if layer]
    for path, rule in list_enforced(enforced, board["api"]["access"].text):
        own = _find_own(layers, path)
        if own and own.value is not BROKEN and own.plain() != rule.plain():
            message = f"must be {_show(rule)}, which {name_rule(rule)} enforces{_in_environment(rule)}"
            yield own.diagnostic("enforced", message, _advise(board, rule))
    fastest, own = enforced.get("fastest_rebuild"), _find_own(layers, SCHEDULE)
    if fastest and own and is_faster(own.text() or "", fastest.text() or ""):
        message = compare_schedules(own.text() or "", fastest)
        hint = f"Write `rebuild: {fastest.text()}`, or one that is slower."
        yield own.diagnostic("enforced", f"{message} enforces{_in_environment(fastest)}", hint)


def check_enforced_feeds(loaded: Loaded) -> Iterator[Diagnostic]:
    """Check that no feed says of its protection what is not enforced in one of its environments."""
    named = loaded.root.get("environments") if loaded.root else None
    for environment in (named.mapping().values() if named else ()) or (None,):
        enforced = read_enforced(loaded.root, environment) if loaded.root else None
        rule = enforced.get("protect") if enforced else None
        for feed in loaded.feeds if rule and isinstance(rule.value, bool) else ():
            own = feed.node.get("protect")
            if rule and own and own.value is not BROKEN and own.plain() != rule.plain():
                message = f"must be {_show(rule)}, which {name_rule(rule)} enforces{_in_environment(rule)}"
                yield own.diagnostic("enforced", message, "Delete this key.")


def name_rule(rule: Node) -> str:
    """Where a rule stands: its file and its line."""
    return f"{rule.file}:{rule.key_line}"


def compare_schedules(schedule: str, fastest: Node) -> str:
    """Say that a schedule is faster than the fastest one allowed, up to where that stands."""
    gaps = (parse_schedule(each).shortest_gap_seconds for each in (schedule, fastest.text() or ""))
    own, least = (plural(gap // 60, "minute") for gap in gaps)
    return f"rebuilds {own} apart are closer than the {least} that {name_rule(fastest)}"


def _find_own(layers: list[Node], path: Path) -> Node | None:
    """What the strongest of a board's own layers says."""
    return next((node for layer in layers if (node := find(layer, path))), None)


def _show(rule: Node) -> str:
    """The value of a rule, safe to print."""
    text = rule.text()
    return str(rule.plain()).lower() if text is None else quote(text, 160)


def _in_environment(rule: Node) -> str:
    """The environment that a rule is of, in words; empty for a rule of the project."""
    steps = rule.steps
    return f" in {steps[1]}" if steps[0] == "environments" else ""


def _advise(board: MergedBoard, rule: Node) -> str:
    """What to write where a board says otherwise."""
    if not _in_environment(rule):
        return "Delete this key."
    return f"Delete it here; where it is not enforced, write it below `environments.NAME.boards.{board.written.name}`."


def check_enforced_tags(root: Node) -> Iterator[Diagnostic]:
    """Check that no team gives a tag that is enforced another value."""
    teams = root.get("teams")
    environments = root.get("environments")
    layers = list(environments.mapping().values()) if environments else []
    for enforced in filter(None, (read_enforced(root, layer) for layer in (None, *layers))):
        tags = enforced.get("tags")
        rules = {key.lower(): node for key, node in tags.mapping().items()} if tags else {}
        for team in teams.mapping().values() if teams and rules else ():
            own = team.get("tags")
            for key, node in own.mapping().items() if own else ():
                rule = rules.get(key.lower())
                same_key = rule is not None and key == rule.key
                if rule and not (same_key and node.text() == rule.text()):
                    right = quote(rule.text() or "") if same_key else f"spelt {quote(str(rule.key))}"
                    message = f"must be {right}, which {name_rule(rule)} enforces{_in_environment(rule)}"
                    yield node.diagnostic("enforced", message, "Delete it here.", at_key=not same_key)
