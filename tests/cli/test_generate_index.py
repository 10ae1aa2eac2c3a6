"""The page that lists boards in build/: written with them, kept from them, and never over what a person put there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.pipeline import validate
from tests.support.cli import Result, run
from tests.support.projects import board_yaml, head, project_yaml

SITE = "build/_index/site"
INDEX = "{origin: https://boards.example.com}"
BOARDS = project_yaml(board_yaml("kills"), board_yaml("wins"))
WITH_INDEX = project_yaml(board_yaml("kills"), board_yaml("wins"), index=INDEX)
FILES = {"boards.json", "index.css", "index.html", "index.js", "style.css", "theme.js"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with such a page, which is generated."""
    (tmp_path / "leaderboards.yaml").write_text(WITH_INDEX)
    assert "build/_index/site: 6 new\n" in run("generate", cwd=tmp_path).stdout
    return tmp_path


def names(folder: Path) -> set[str]:
    return {path.name for path in (folder / SITE).iterdir()}


def test_it_is_generated_with_the_boards(folder: Path) -> None:
    assert names(folder) == FILES
    listed = json.loads((folder / SITE / "boards.json").read_text())["boards"]
    assert [(board["board"], board["team"], board["page"]) for board in listed] == [
        ("kills", "nebula", None),
        ("wins", "nebula", None),
    ]
    assert run("generate", cwd=folder) == Result(0, "0 files changed\n", "")
    assert run("check", cwd=folder).code == 0


def test_a_change_of_one_file_is_found(folder: Path) -> None:
    (folder / SITE / "index.js").write_text("alert(1)")
    assert "build/_index/site: 1 changed\n" in run("generate", "--check", cwd=folder).stdout
    assert "index.js" in run("check", cwd=folder).stdout
    # It lists the boards of all teams, so a run for some of them leaves it alone.
    assert run("generate", "--team", "nebula", cwd=folder).stdout == "0 files changed\n"
    assert run("generate", "--board", "kills", cwd=folder).stdout == "0 files changed\n"
    assert "build/_index/site: 1 changed\n" in run("generate", cwd=folder).stdout


def test_addresses_are_the_users(folder: Path) -> None:
    addresses = folder / SITE / "addresses.json"
    addresses.write_text("{}")
    (folder / "leaderboards.yaml").write_text(WITH_INDEX.replace("kills", "skills"))
    run("generate", "--prune", cwd=folder)
    assert addresses.read_text() == "{}"
    (folder / "leaderboards.yaml").write_text(BOARDS)
    kept = run("generate", cwd=folder)
    assert "build/_index/site: the YAML has no `index` any more." in kept.stderr
    assert names(folder) == FILES | {"addresses.json"}
    assert "build/_index/site: deleted" in run("generate", "--prune", cwd=folder).stdout
    assert names(folder) == {"addresses.json"}


def test_each_environment_has_its_own(tmp_path: Path) -> None:
    environments = "{dev: {}, prod: {index: {origin: https://scores.example.com, title: Scores}}}"
    (tmp_path / "leaderboards.yaml").write_text(
        project_yaml(board_yaml("kills"), index=INDEX, environments=environments)
    )
    assert run("generate", "--env", "prod", cwd=tmp_path).code == 0
    assert not (tmp_path / "build/dev").exists()
    assert "<title>Scores</title>" in (tmp_path / "build/prod/_index/site/index.html").read_text()
    assert run("generate", cwd=tmp_path).code == 0
    assert "<title>Leaderboards</title>" in (tmp_path / "build/dev/_index/site/index.html").read_text()
    for name, origin in (("dev", "https://boards.example.com"), ("prod", "https://scores.example.com")):
        assert f'["{origin}"]' in (tmp_path / f"build/{name}/nebula/kills/terraform/api.tf").read_text()


def test_its_site_may_read_public_boards_only() -> None:
    signed = "{access: iam, principals: ['arn:aws:iam::111111111111:role/game']}"
    text = project_yaml(
        board_yaml("kills", api="{cors_origins: [https://a.example.com, https://boards.example.com]}"),
        board_yaml("wins"),
        board_yaml("signed", api=signed),
        index=INDEX,
    )
    assert {board.name: board.cors_origins for board in validate({"leaderboards.yaml": text.encode()}).boards} == {
        "kills": ("https://a.example.com", "https://boards.example.com"),
        "wins": ("https://boards.example.com",),
        "signed": (),
    }


def test_a_site_too_many_is_an_error() -> None:
    sites = [f"https://site-{number}.example.com" for number in range(100)]
    text = project_yaml(board_yaml(api=f"{{cors_origins: {json.dumps(sites)}}}"), index=INDEX)
    (found,) = validate({"leaderboards.yaml": text.encode()}).diagnostics
    assert found.message == "with https://boards.example.com of `index` they are 101, and AWS takes 100"
    assert not validate({"leaderboards.yaml": text.replace("boards.example", "site-7.example").encode()}).diagnostics


def test_no_team_has_its_name() -> None:
    text = head(teams=("_index",)) + "boards:\n" + board_yaml("site", "_index")
    assert any(each.code == "pattern" for each in validate({"leaderboards.yaml": text.encode()}).diagnostics)
