"""The ready file: one for each run, and no run takes the file of another that lives."""

from __future__ import annotations

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from generator.errors import LocalError
from generator.local.doors.keys_file import take_keys_file
from generator.local.doors.ready_file import ReadyFile, take_ready_file
from generator.operations.local_run import READY_FILE
from generator.output.cache_folder import FOLDER
from tests.support.processes import finish, start_python

HOLD = """
import sys
from pathlib import Path
from generator.local.doors.ready_file import take_ready_file
ready = take_ready_file(Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2:] else None, print)
ready.write(lambda: {"of": "another"})
print("taken", flush=True)
sys.stdin.readline()
ready.release()
"""


def test_it_is_written_for_its_owner_only_and_removed(tmp_path: Path) -> None:
    said: list[str] = []
    ready = take_ready_file(tmp_path / "leaderboards.yaml", None, said.append)
    assert ready
    assert (ready.path, said) == (tmp_path / READY_FILE, [])
    assert not ready.path.exists()
    ready.write(lambda: {"pid": 1})
    assert stat.S_IMODE(ready.path.stat().st_mode) == 0o600
    assert json.loads(ready.path.read_text()) == {"pid": 1}
    ready.release()
    ready.release()
    # A save that was being taken up at the end may still want to say what runs.
    ready.write(lambda: {"pid": 1})
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [".gitignore"]


def test_a_second_run_leaves_the_first_its_file_and_says_how_to_find_itself(tmp_path: Path) -> None:
    main = tmp_path / "leaderboards.yaml"
    first = start_python("-c", HOLD, str(main), cwd=tmp_path)
    assert first.stdout
    assert first.stdout.readline() == "taken\n"
    said: list[str] = []
    second = take_ready_file(main, None, said.append)
    assert second
    second.write(lambda: {"of": "this"})
    assert second.path == tmp_path / FOLDER / f"local-{os.getpid()}.json"
    assert said == [f"--local is another run (process {first.pid}); for this run write --ready-file {second.path}"]
    with pytest.raises(LocalError, match=rf"another run \(process {first.pid}\) writes this file"):
        take_ready_file(main, tmp_path / READY_FILE, said.append)
    assert json.loads((tmp_path / READY_FILE).read_text()) == {"of": "another"}
    second.release()
    assert json.loads((tmp_path / READY_FILE).read_text()) == {"of": "another"}
    finish_held = first.communicate("\n", timeout=120)
    assert finish_held == ("", "")
    assert not (tmp_path / READY_FILE).exists()


def test_what_a_killed_run_left_is_taken_over(tmp_path: Path) -> None:
    main = tmp_path / "leaderboards.yaml"
    for place in ((), (str(tmp_path / FOLDER / "local-1.json"),)):
        killed = start_python("-c", HOLD, str(main), *place, cwd=tmp_path)
        assert killed.stdout
        assert killed.stdout.readline() == "taken\n"
        killed.kill()
        finish(killed)
    assert len([path for path in (tmp_path / FOLDER).iterdir() if path.suffix == ".json"]) == 2
    said: list[str] = []
    ready = take_ready_file(main, None, said.append)
    assert ready
    assert (ready.path, said) == (tmp_path / READY_FILE, [])
    # Nobody takes it for a sign that this run is ready.
    assert not ready.path.exists()
    assert not (tmp_path / FOLDER / "local-1.json").exists()
    ready.release()


def test_a_link_in_its_place_leads_nowhere(tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.write_text("mine")
    (tmp_path / ".ready.json.lock").symlink_to(precious)
    with pytest.raises(LocalError, match="cannot be written"):
        ReadyFile(tmp_path / "ready.json")
    (tmp_path / ".ready.json.lock").unlink()
    (tmp_path / "ready.json").symlink_to(precious)
    ready = ReadyFile(tmp_path / "ready.json")
    ready.write(dict)
    ready.release()
    assert precious.read_text() == "mine"


def test_our_own_folder_is_made_for_a_file_that_is_named_in_it(tmp_path: Path) -> None:
    """As an example in the help of `local` does."""
    ready = take_ready_file(tmp_path / "leaderboards.yaml", tmp_path / FOLDER / "ready.json", print)
    assert ready
    ready.write(dict)
    assert (tmp_path / FOLDER / "ready.json").is_file()
    ready.release()
    with pytest.raises(LocalError, match="No such file or directory"):
        take_ready_file(tmp_path / "leaderboards.yaml", tmp_path / "no" / "ready.json", print)


def test_a_folder_that_takes_no_file_is_said_and_no_reason_not_to_run(tmp_path: Path) -> None:
    (tmp_path / FOLDER).symlink_to(tmp_path)
    said: list[str] = []
    ready = take_ready_file(tmp_path / "leaderboards.yaml", None, said.append)
    assert ready is None
    assert said == [f"{tmp_path / READY_FILE} cannot be written: other commands find this run only with --ready-file"]


def test_the_keys_of_a_game_server_are_for_other_users_too_and_for_one_run(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "keys"
    keys = take_keys_file(folder)
    with pytest.raises(LocalError, match=r"keys/config: another run .* name another with --game-server-keys"):
        take_keys_file(folder)
    keys.replace(lambda: "[default]\n")
    assert (keys.path.read_text(), stat.S_IMODE(keys.path.stat().st_mode)) == ("[default]\n", 0o644)
    keys.release()
    assert list(folder.iterdir()) == []
    # What a killed run left would say that this one is ready.
    keys.path.write_text("old")
    take_keys_file(folder).release()
    assert list(folder.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(LocalError, match="file/keys: cannot be made: Not a directory"):
        take_keys_file(tmp_path / "file" / "keys")


def test_of_two_that_write_at_once_the_last_says_what_holds_then(tmp_path: Path) -> None:
    """A save that was taken up says where the boards are now, and a move of the clock how far it is ahead."""
    ready, state = ReadyFile(tmp_path / "ready.json"), {"ahead": 0}

    def say() -> dict[str, int]:
        found = dict(state)
        if not found["ahead"]:
            state["ahead"] = 60
            other.start()
            other.join(0.5)
        return found

    other = threading.Thread(target=ready.write, args=[say])
    ready.write(say)
    other.join(60)
    assert json.loads(ready.path.read_text()) == {"ahead": 60}
    ready.release()
