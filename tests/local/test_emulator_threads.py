"""What threads of the embedded AWS do at once does no harm: each look of one holds until it has acted."""

from __future__ import annotations

import io
import json
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from generator.local.emulator import server
from tests.support.paths import REPOSITORY
from tests.support.processes import finish, start_python


@pytest.fixture(scope="module")
def came() -> dict[str, Any]:
    """What came of the scenes."""
    out, err = finish(start_python("-m", "tests.local.emulator_scenes", cwd=REPOSITORY))
    assert out, err
    return dict(json.loads(out))


def test_items_that_expire_while_all_is_kept_stop_nothing(came: dict[str, Any]) -> None:
    assert came["keep_while_items_expire"] == ["0", "1", "2", "3"]


def test_items_that_expire_while_simulated_ones_are_forgotten_stop_nothing(came: dict[str, Any]) -> None:
    assert came["trim_while_items_expire"] is None


def test_what_was_extracted_half_is_extracted_again(came: dict[str, Any]) -> None:
    whole = ["one.py", "two.py"]
    assert came["extract_half_and_then_again"] == [[], whole, whole]


def test_a_mapping_takes_nothing_once_it_is_disabled_or_deleted(came: dict[str, Any]) -> None:
    assert came["receive_for_a_mapping"] == [1, 0, 0]


def test_a_request_that_changes_the_messages_of_a_queue_waits_until_a_batch_is_taken(came: dict[str, Any]) -> None:
    """Else a message that is sent meanwhile could be lost: each would put a list of its own in place of the other's."""
    assert came["ask_while_a_batch_is_taken"] == []


class Killed(Exception):  # noqa: N818
    """What this process would be."""


def test_it_ends_also_while_it_is_still_being_imported(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Its parent may die at once: then a module is there that has nothing yet."""
    groups = []

    def kill(group: int, number: int) -> None:
        groups.append(group)
        raise Killed

    (folder := tmp_path / "files").mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    monkeypatch.setitem(sys.modules, "ministack.core.lambda_runtime", types.ModuleType("lambda_runtime"))
    monkeypatch.setattr("os.killpg", kill)
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))
    with pytest.raises(Killed):
        server._stop_when_stdin_closes()
    assert groups == [0]
    assert not folder.exists()
