"""A file that is replaced has its old content or its new one, whatever happens in between."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.errors import OutputError
from generator.output.replace_file import replace_users_file, write_whole


@pytest.mark.parametrize("where", ["os.fsync", "pathlib.Path.replace"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_interrupted_before_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str, error: BaseException
) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(where, fail)
    with pytest.raises(OutputError if isinstance(error, OSError) else KeyboardInterrupt):
        replace_users_file(file, b"old", b"new")
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_that_somebody_else_changed_is_not_overwritten(tmp_path: Path) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes(b"theirs")
    (tmp_path / ".file.yaml.new").write_bytes(b"left by a run that was killed")
    with pytest.raises(OutputError, match="changed by somebody else"):
        replace_users_file(file, b"old", b"new")
    assert file.read_bytes() == b"theirs"
    replace_users_file(file, b"theirs", b"new")
    assert file.read_bytes() == b"new"
    assert list(tmp_path.iterdir()) == [file]


def test_a_file_of_our_own_is_for_its_owner_and_no_link(tmp_path: Path) -> None:
    (tmp_path / "victim").write_bytes(b"precious")
    file = tmp_path / "file.json"
    file.symlink_to(tmp_path / "victim")
    for content in (b"one", b"two"):
        write_whole(file, content)
        assert (file.read_bytes(), file.is_symlink(), file.stat().st_mode & 0o777) == (content, False, 0o600)
    assert (tmp_path / "victim").read_bytes() == b"precious"


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_a_file_of_our_own_keeps_its_content_where_writing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    file = tmp_path / "file.json"
    write_whole(file, b"old")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("pathlib.Path.replace", fail)
    with pytest.raises(type(error)):
        write_whole(file, b"new")
    assert file.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [file]
