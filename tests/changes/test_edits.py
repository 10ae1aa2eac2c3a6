"""What each edit does to a board that runs, as the person reads it who made the edit.

Each text of tests/cases/edits/ is an edit of a YAML there, and what is said of it on 2026-11-27.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from generator.changes import reports
from generator.changes.edits import Kind
from generator.changes.guard import describe_refusals
from generator.diagnostics.reports import as_text
from runtime.domain.identity import describe_identity
from tests.changes import edited_feeds
from tests.changes.edited import BEFORE, EDITS, REFUSED, TAKEN, TITLES, apply, compare, decide
from tests.support.paths import REPOSITORY

ALL = {
    **{name: (BEFORE, edit) for name, edit in {**REFUSED, **TAKEN}.items()},
    **{name: (edited_feeds.BEFORE, edit) for name, edit in {**edited_feeds.REFUSED, **edited_feeds.TAKEN}.items()},
}
"""Every edit, with the file that it is of."""


def describe(before: str, text: str) -> Iterator[str]:
    """The edit as a diff, what is said of it, and what is refused."""
    yield from difflib.unified_diff(before.splitlines(), text.splitlines(), "before", "after", n=0, lineterm="")
    after = decide(text)
    changes = compare(decide(before), after)
    yield ""
    yield reports.as_text(changes)
    refusals = list(describe_refusals(changes, after.places, ()))
    yield as_text(refusals, {"leaderboards.yaml": text.encode()})


@pytest.mark.parametrize("name", ALL)
def test_an_edit_is_said_in_words(name: str, expect: Callable[[Path, str], None]) -> None:
    before, edit = ALL[name]
    text = apply(edit, before)
    changes = compare(decide(before), decide(text))
    assert any(change.is_refused for change in changes) == (name in {**REFUSED, **edited_feeds.REFUSED})
    expect(EDITS / f"{name}.txt", "\n".join(describe(before, text)))


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_let_through_keeps_what_stored_scores_mean(name: str) -> None:
    before, after = decide(BEFORE), decide(apply(TAKEN[name]))
    for change in compare(before, after):
        if change.change in ("changed", "moved"):
            (old,), (new,) = ([b for b in each.boards if b.name == change.board] for each in (before, after))
            assert describe_identity(old.config)["board"] == describe_identity(new.config)["board"]
            assert old.names == new.names


def test_an_edit_is_the_same_in_every_format() -> None:
    changes = compare(decide(BEFORE), decide(apply(REFUSED["aggregate"])))
    (edit,) = changes[0].edits
    assert edit.kind is Kind.REFUSED
    assert edit.what in reports.as_text(changes)
    assert reports.as_json(changes)[0]["edits"][0]["what"] == edit.what
    assert reports.as_json(changes, ["kills"])[0]["refused"] is False
    markdown = reports.as_markdown(changes)
    assert ":no_entry: aggregate sum -\\> last" in markdown
    assert "let `leaderboards new kills-2 --like kills` make" in markdown
    assert reports.as_markdown(()) == "No bundle changes.\n"


@pytest.mark.parametrize(
    ("heading", "titles"), [("edits", TITLES), ("edits of feeds", edited_feeds.TITLES)], ids=["boards", "feeds"]
)
def test_the_page_has_each_edit(heading: str, titles: Mapping[str, str], expect: Callable[[Path, str], None]) -> None:
    """docs/changing.md says of each edit what the commands say."""
    rows = []
    for name, title in titles.items():
        before, change = ALL[name]
        changes = compare(decide(before), decide(apply(change, before)))
        edit = min(
            (edit for change in changes for edit in change.edits), key=lambda each: [*reversed(Kind)].index(each.kind)
        )
        rows.append((edit.kind, f"| {title} | {edit.kind} | {edit.then} |"))
    table = [row for kind in reversed(Kind) for each, row in rows if each is kind]
    page = REPOSITORY / "docs/changing.md"
    start, rest = page.read_text(encoding="utf-8").split(f"<!-- {heading} -->\n")
    end = rest.split(f"<!-- end of {heading} -->\n")[1]
    text = "\n".join(["| edit | class | what happens |", "|---|---|---|", *table])
    expect(page, f"{start}<!-- {heading} -->\n{text}\n<!-- end of {heading} -->\n{end}")


def test_the_page_leaves_no_edit_out() -> None:
    untold = {"board-beside", "feed-gone-from-under-its-board"}
    assert {*TITLES, *edited_feeds.TITLES} == {*ALL} - untold
