"""What the benchmarks work on is valid, and faster code gives what the plain call gives. No test asserts a time."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks import calls, cases, cdktn, generators, inputs, merging, plain_call, processor
from tests.benchmarks.__main__ import MODES, main
from tests.benchmarks.plain_call import PLAIN
from tests.runtime.world import process_messages
from tests.support.cli import run
from tests.support.folders import read_folder
from tests.support.memory_aws import HookedAws
from tests.support.paths import GOLDEN
from tests.support.processes import finish, start_python


def test_the_help_lists_every_mode(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    for mode, compared in MODES.items():
        assert f"  {mode:<12} {compared}\n" in said
        module = import_module(f"tests.benchmarks.{mode}")
        assert callable(module.measure), mode
        assert callable(module.table), mode


@pytest.mark.parametrize(
    "options", ["ranks --players 0", "ranks --look-ups x", "rebuild --workers -1", "generators --rounds 0"]
)
def test_numbers_of_which_there_is_nothing_to_measure_are_refused(
    options: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        main(options.split())
    assert "is no whole number from 1 on" in capsys.readouterr().err


def test_a_mode_prints_a_table_or_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(merging, "CALLS", 1)
    main(["merging"])
    assert capsys.readouterr().out.startswith("CPU time of merging days")
    main(["merging", "--json"])
    assert [*json.loads(capsys.readouterr().out)] == [*merging.COLUMNS]


def test_commands_are_timed_for_each_number_of_boards(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cases, "compile_all", lambda: None)
    found = generators.measure([1, 2], 1, "nothing changed")
    assert [(row["case"], row["boards"], row["runs"]) for row in found["rows"]] == [
        ("import click, yaml, pydantic, jinja2", 0, 1),
        ("generate, nothing changed", 1, 1),
        ("generate, nothing changed", 2, 1),
    ]
    assert all(row["wall_seconds"] > 0 for row in found["rows"])
    assert f"python {found['versions']['python']}" in generators.table(found)


def test_boards_of_every_kind(tmp_path: Path) -> None:
    inputs.leaderboards(tmp_path, 20)
    result = run("validate", cwd=tmp_path)
    assert result.stdout == "leaderboards.yaml: 20 boards, nothing wrong\n"
    first = (tmp_path / "leaderboards.yaml").read_bytes()
    inputs.leaderboards(tmp_path, 20)
    assert (tmp_path / "leaderboards.yaml").read_bytes() == first


def test_a_template_of_a_bundle_has_all_of_its_files(tmp_path: Path) -> None:
    bundle = GOLDEN / "smallest" / "build" / "solo" / "wins"
    inputs.cookiecutter(tmp_path / "template", bundle)
    template = tmp_path / "template" / "{{cookiecutter.board}}"
    files = {path.relative_to(bundle) for path in bundle.rglob("*") if path.is_file()}
    assert {path.relative_to(template) for path in template.rglob("*") if path.is_file()} == files
    assert "{{ cookiecutter.board }}" in (template / "README.md").read_text(encoding="utf-8")


def generate(folder: Path, *arguments: str) -> tuple[object, ...]:
    """Run `generate` for boards of every kind. Returns its output, exit code and files."""
    folder.mkdir()
    inputs.leaderboards(folder, 12)
    process = start_python(*arguments, "generate", cwd=folder)
    return (*finish(process), process.returncode, read_folder(folder / "build"))


@pytest.fixture(scope="module")
def faster(tmp_path_factory: pytest.TempPathFactory) -> tuple[object, ...]:
    """What `generate` does with our faster code."""
    return generate(tmp_path_factory.mktemp("faster") / "it", "-c", "from generator.cli.main import main; main()")


@pytest.mark.parametrize("name", PLAIN)
def test_faster_code_gives_what_the_plain_call_gives(tmp_path: Path, name: str, faster: tuple[object, ...]) -> None:
    assert generate(tmp_path / name, plain_call.__file__, name) == faster
    assert faster[2] == 0


def test_merging_is_timed_for_every_kind_of_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(merging, "CALLS", 50)
    found = merging.measure()
    assert [*found] == [*merging.COLUMNS]
    assert all(ratio > 0 for row in found.values() for ratio in row.values())
    assert merging.table(found).count("x") == len(merging.COLUMNS) * len(merging.DAYS)


def test_the_processor_is_timed_for_every_kind_of_board(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processor, "ROUNDS", 1)
    found = processor.measure(batch=60)
    assert [*found] == [*processor.BOARDS]
    assert all(ratio > 0 for row in found.values() for ratio in row.values())
    assert processor.table(found).count("x") == len(processor.BOARDS) * len(processor.SPREADS)


def test_players_who_are_written_together_take_few_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "BATCHES", 2)
    rows = calls.measure(batch=60)
    assert len(rows) == 3 * len(calls.CHOSEN)
    by_players = {row["players"]: row for row in rows if row["board"] == "a sum in two windows"}
    # The version of the edges is read once; then there are a read and a transaction.
    assert {players: row["alone"]["calls"] for players, row in by_players.items()} == {1: 3, 12: 25, 60: 121}
    assert {players: row["together"]["calls"] for players, row in by_players.items()} == {1: 3, 12: 3, 60: 5}
    assert calls.table(rows).count(" ms") == 2 * len(rows)


@pytest.mark.parametrize("name", processor.BOARDS)
def test_each_activity_that_the_processor_is_timed_with_counts(name: str) -> None:
    config = processor.BOARDS[name]
    result = process_messages(HookedAws(), processor.messages(config, 100, 200), config)
    assert +result.counts == {"Counted": 200}


def test_generators_are_compared_at_the_same_number_of_boards(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = {("generate", 1): 3, ("generate", 10): 6, (generators.CDKTN, 1): 4, (generators.CDKTN, 10): 24}
    rows = [
        {
            "case": case,
            "boards": boards,
            "runs": 1,
            "wall_seconds": wall,
            "cpu_seconds": 2 * wall,
            "wall_ratio": 1,
            "cpu_ratio": 1,
        }
        for (case, boards), wall in seconds.items()
    ]
    document = {"versions": {"node": "20"}, "machine": "this one", "rows": rows}
    monkeypatch.setattr(generators, "time_cases", lambda *_: document)
    found = generators.measure([1, 10], 1, "")
    assert found["of"][generators.CDKTN] == {
        "generate": {"1": {"wall": 0.75, "cpu": 0.75}, "10": {"wall": 0.25, "cpu": 0.25}}
    }
    assert found["of"][generators.CDKTN_BEST] == {}
    assert "       1: 0.75x 0.75x      10: 0.25x 0.25x" in generators.table(found)


@pytest.mark.parametrize("bindings", [False, True])
def test_cdktn_makes_the_same_resources(tmp_path: Path, bindings: bool) -> None:
    """The program that it runs has one statement for each resource, data source and output of a bundle."""
    bundle = GOLDEN / "smallest" / "build" / "solo" / "wins"
    cdktn.write_program(tmp_path / "main.js", bundle, ["one", "two"], bindings)
    program = (tmp_path / "main.js").read_text(encoding="utf-8")
    blocks = re.findall(r"^(resource|data|output|provider) ", "".join(read_terraform(bundle)), re.MULTILINE)
    made = Counter(re.findall(r'^    (?:named\()?new \S+\(this, "(resource|data)\.', program, re.MULTILINE))
    made["output"] = program.count("new cdktn.TerraformOutput(this, ")
    made["provider"] = program.count("new Provider(this, ")
    assert made == Counter(blocks)
    assert 'for (const board of ["one", "two"]) new Board(app, board);' in program
    assert "-${board}-activities`" in program
    assert "wins" not in program.replace("${board}", "")
    assert ("new SqsQueue(this, " in program) is bindings


@pytest.mark.skipif(
    not (cases.MODULES.parent / "ready").exists(), reason="`make bench` was not asked for other generators here"
)
def test_both_programs_for_cdktn_make_the_same(tmp_path: Path) -> None:
    bundle = GOLDEN / "smallest" / "build" / "solo" / "wins"
    made = []
    (tmp_path / "node_modules").symlink_to(cases.MODULES)
    for bindings in (False, True):
        cdktn.write_program(tmp_path / "main.js", bundle, ["one"], bindings)
        subprocess.run(["node", "main.js"], cwd=tmp_path, check=True)
        made.append(simplify(json.loads((tmp_path / "build/stacks/one/cdk.tf.json").read_bytes())))
    assert made[0] == made[1]


def simplify(value: Any) -> Any:
    """Terraform's JSON without metadata. To Terraform, a block is the same as a list of one block."""
    if isinstance(value, dict):
        return {key: simplify(each) for key, each in value.items() if key != "//"}
    if isinstance(value, list):
        return (
            simplify(value[0]) if len(value) == 1 and isinstance(value[0], dict) else [simplify(each) for each in value]
        )
    return value


def read_terraform(bundle: Path) -> list[str]:
    """The texts of a bundle's Terraform files."""
    return [file.read_text(encoding="utf-8") for file in sorted((bundle / "terraform").glob("*.tf"))]
