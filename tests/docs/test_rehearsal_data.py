"""The file of activities that docs/rehearsal.md shows counts on the page's board, at the time of the page's clock."""

from __future__ import annotations

import re
from pathlib import Path

from generator.activities.files import open_data
from runtime.domain.instants import parse_rfc3339
from runtime.domain.judging import Contribution, judge
from tests.support.markdown import fenced
from tests.support.paths import REPOSITORY
from tests.support.projects import boards_of

PAGE = REPOSITORY / "docs" / "rehearsal.md"


def test_every_row_counts(tmp_path: Path) -> None:
    [board] = boards_of(fenced(PAGE, "yaml")[0])
    (started,) = re.findall(r"^\$ leaderboards local --clock (\S+)$", PAGE.read_text(), re.M)
    now = parse_rfc3339(started.replace("T17:00-", "T17:00:00-"))
    (tmp_path / "catches.csv").write_text(fenced(PAGE, "csv")[0])
    [file] = open_data([f"{board.name}={tmp_path / 'catches.csv'}"], [board.name])
    drafts = [draft for _, draft in file.read(now)]
    assert [draft.player_id for draft in drafts] == ["p-7", "p-8"]
    judged = [judge(board.config, draft.make_record(now), now) for draft in drafts]
    assert all(isinstance(each, Contribution) for each in judged), judged
