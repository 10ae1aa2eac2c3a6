"""Renders the team's CloudWatch dashboard: whether the board is well, by five questions, and what to do if not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from generator.board.board import Board
from generator.board.runbook.bundles import UNHEALTHY, list_entries
from generator.board.runbook.entries import Entry
from generator.rendering.escaping import escape_markdown, to_json_line
from generator.rendering.watching.metrics import BoardMetrics
from generator.rendering.watching.queries import name_log_group
from generator.rendering.watching.questions import list_questions
from generator.rendering.watching.widgets import Widget, make_alarms, make_text

ACCOUNT = "${account}"
"""What stands for the account in an alarm's ARN, which may be known only when it is applied: Terraform puts it in."""


def render_dashboard(board: Board) -> str:
    """Render `cloudwatch-dashboard.json`: the body of the dashboard, but for what only Terraform knows."""
    entries = list_entries(board)
    lines: list[Iterable[Widget]] = [[_make_header(board)], [_make_alarms(board, entries)]]
    for question in list_questions(BoardMetrics(board)):
        lines += [[make_text(f"## {question.asked}\n{question.read}", 2)], *question.lines]
    lines.append([_make_runbook(board, entries)])
    # A widget a line: indented as other files are, it would have more lines than all others of the bundle together.
    widgets = ",\n".join(map(to_json_line, _place(lines)))
    return f'{{"widgets": [\n{widgets}\n]}}\n'


def _make_header(board: Board) -> Widget:
    words = f"Board {board.name} of team {board.team}. Generated: to change it, change leaderboards.yaml."
    parts = ("processor", "rebuilder", "api")
    logs = " · ".join(f"[{part}]({_link(board, _write_log_link(name_log_group(board, part)))})" for part in parts)
    return make_text(f"# {escape_markdown(board.config.title)}\n{words} Logs: {logs}", 2)


def _make_alarms(board: Board, entries: Iterable[Entry]) -> Widget:
    names = [UNHEALTHY, *(entry.alarm for entry in entries)]
    arns = [f"arn:aws:cloudwatch:{board.region}:{ACCOUNT}:alarm:{board.names.part(name)}" for name in names]
    return make_alarms("Alarms", arns, 4)


def _make_runbook(board: Board, entries: Iterable[Entry]) -> Widget:
    rows = [
        f"| [{entry.alarm}]({_link(board, f'alarmsV2:alarm/{board.names.part(entry.alarm)}')}) | {entry.players} "
        f"| {entry.first} | `{entry.command}` |"
        for entry in entries
    ]
    table = ["| Alarm | Players | First | Begin with |", "|---|---|---|---|", *rows]
    return make_text("\n".join(["## If an alarm is on", "", *table]), 3 + 2 * len(rows))


def _link(board: Board, place: str) -> str:
    """The address of a place in CloudWatch's console."""
    return f"https://{board.region}.console.aws.amazon.com/cloudwatch/home?region={board.region}#{place}"


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
