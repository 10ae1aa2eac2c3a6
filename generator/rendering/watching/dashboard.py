"""Renders the team's CloudWatch dashboard: whether a board or a feed is well, by questions, and what to do if not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.board.board import Board
from generator.board.feed import Feed
from generator.board.runbook.bundles import UNHEALTHY, list_entries
from generator.board.runbook.entries import Entry
from generator.rendering.escaping import escape_markdown, to_json_line
from generator.rendering.watching.graphs import Question
from generator.rendering.watching.metrics import ACCOUNT, BoardMetrics, FeedMetrics
from generator.rendering.watching.of_feeds import list_feed_questions
from generator.rendering.watching.queries import name_log_group, name_pipe_log
from generator.rendering.watching.questions import list_questions
from generator.rendering.watching.widgets import Widget, make_alarms, make_text


def render_dashboard(bundle: Board | Feed) -> str:
    """Render `cloudwatch-dashboard.json`: the body of the dashboard, but for what only Terraform knows."""
    entries = list_entries(bundle)
    lines: list[Iterable[Widget]] = [[_make_header(bundle)], [_make_alarms(bundle, entries)]]
    for question in _list_questions(bundle):
        lines += [[make_text(f"## {question.asked}\n{question.read}", 2)], *question.lines]
    lines.append([_make_runbook(bundle, entries)])
    # A widget a line: indented as other files are, it would have more lines than all others of the bundle together.
    widgets = ",\n".join(map(to_json_line, _place(lines)))
    return f'{{"widgets": [\n{widgets}\n]}}\n'


def _list_questions(bundle: Board | Feed) -> tuple[Question, ...]:
    if isinstance(bundle, Feed):
        return list_feed_questions(FeedMetrics.of(bundle))
    return list_questions(BoardMetrics.of(bundle))


def _make_header(bundle: Board | Feed) -> Widget:
    logs, title = {}, f"Feed {bundle.feed}"
    if isinstance(bundle, Board):
        title = escape_markdown(bundle.config.title)
        logs = {part: name_log_group(bundle, part) for part in _list_logs(bundle)}
    if bundle.pipe:
        logs["pipe"] = name_pipe_log(bundle)
    what = "Feed" if isinstance(bundle, Feed) else "Board"
    words = f"{what} {bundle.name} of team {bundle.team}. Generated: to change it, change leaderboards.yaml."
    links = " · ".join(f"[{part}]({_link(bundle, _write_log_link(group))})" for part, group in logs.items())
    return make_text(f"# {title}\n{words} Logs: {links}", 2)


def _list_logs(board: Board) -> tuple[str, ...]:
    return ("processor", "rebuilder", *(("assembler",) if board.assembler else ()), "api")


def _make_alarms(bundle: Board | Feed, entries: Iterable[Entry]) -> Widget:
    names = [UNHEALTHY, *(entry.alarm for entry in entries)]
    arns = [f"arn:aws:cloudwatch:{bundle.region}:{ACCOUNT}:alarm:{bundle.names.part(name)}" for name in names]
    return make_alarms("Alarms", arns, 4)


def _make_runbook(bundle: Board | Feed, entries: Iterable[Entry]) -> Widget:
    rows = [
        f"| [{entry.alarm}]({_link(bundle, f'alarmsV2:alarm/{bundle.names.part(entry.alarm)}')}) | {entry.players} "
        f"| {entry.first} | `{entry.command}` |"
        for entry in entries
    ]
    table = ["| Alarm | Players | First | Begin with |", "|---|---|---|---|", *rows]
    return make_text("\n".join(["## If an alarm is on", "", *table]), 3 + 2 * len(rows))


def _link(bundle: Board | Feed, place: str) -> str:
    """The address of a place in CloudWatch's console."""
    return f"https://{bundle.region}.console.aws.amazon.com/cloudwatch/home?region={bundle.region}#{place}"


def _write_log_link(group: str) -> str:
    """The place of a log group: the console reads its name encoded twice, with a dollar for each percent sign."""
    return f"logsV2:log-groups/log-group/{group.replace('/', '$252F')}"


def _place(lines: Iterable[Iterable[Widget]]) -> Iterable[dict[str, Any]]:
    """Place the widgets of each line side by side, and the lines below each other."""
    y = 0
    for line in lines:
        x = height = 0
        for widget in line:
            yield widget.place(x, y)
            x, height = x + widget.width, max(height, widget.height)
        y += height
