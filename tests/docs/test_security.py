"""docs/security.md says of each role, each door and each skipped check what the Terraform says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from tests.docs.security_tables import TABLES, fill_tables, find_skips
from tests.support.bundles import everything
from tests.support.paths import REPOSITORY

PAGE = REPOSITORY / "docs" / "security.md"


def test_the_tables_are_those_of_the_terraform(expect: Callable[[Path, str], None]) -> None:
    expect(PAGE, fill_tables(PAGE.read_text(encoding="utf-8")))


def test_every_skip_has_a_reason_and_stands_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    skips = {
        each for path, data in everything().files.items() if path.endswith(".tf") for each in find_skips(data.decode())
    }
    assert len(skips) > 20
    for check, reason, address in skips:
        assert len(reason) > 20, (check, address)
        assert f"| `{check}` |" in page
        assert reason in page
    assert set(re.findall(r"\| `(CKV\w+)` \|", page)) == {check for check, _, _ in skips}


def test_every_bundle_says_where_this_is_told() -> None:
    for path, data in everything().files.items():
        if path.endswith("/README.md"):
            assert "docs/security.md" in data.decode("utf-8"), path


def test_a_skip_is_read_with_its_resource() -> None:
    text = 'resource "a" "b" {\n  #checkov:skip=CKV_1:Because.\n}\ndata "c" "d" {\n  # checkov:skip=CKV_2:For that.\n'
    assert list(find_skips(text)) == [("CKV_1", "Because.", "a.b"), ("CKV_2", "For that.", "data.c.d")]
    assert set(TABLES) == {"roles", "doors", "skips", "feeds"}
