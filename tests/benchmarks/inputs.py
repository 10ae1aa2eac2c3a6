"""Makes what the benchmarks work on, always the same for a number of boards."""

from __future__ import annotations

import json
import re
from itertools import cycle, islice
from pathlib import Path

from tests.support.paths import REPOSITORY

ROOT = REPOSITORY
ON_FEED = 3
"""How many boards count each feed."""
_SAMPLE = ROOT / "leaderboards.yaml"
_CHALICE_IMPORTS = "from chalice import Chalice, Rate\n\n"
_CHALICE_BOARD = """
@app.on_sqs_message(queue="{name}-activities", name="{part}_processor")
def {part}_processor(event):
    return None


@app.schedule(Rate(1, unit=Rate.MINUTES), name="{part}_rebuilder")
def {part}_rebuilder(event):
    return None


@app.lambda_function(name="{part}_simulator")
def {part}_simulator(event, context):
    return None


@app.route("/{name}/v1/leaderboard")
def {part}_leaderboard():
    return {{}}
"""


def names(boards: int) -> list[str]:
    """Names of that many boards."""
    return [f"board-{number:04}" for number in range(boards)]


def leaderboards(folder: Path, boards: int, teams: int = 0, feeds: int = 0) -> None:
    """Write a leaderboards.yaml with that many boards: those of the sample file, repeated under new names.

    With `teams`, each of that many teams has its share of the boards in a file of its own, `teams/TEAM.yaml`. The
    first `feeds` of them have a feed each, which the team's first boards count.
    """
    top, items = re.split(r"(?m)^boards:$", _SAMPLE.read_text(encoding="utf-8"))
    kinds = [f"  - name: {item}" for item in re.split(r"(?m)^  - name: ", items)[1:]]
    named = [
        re.sub(r"name: [a-z-]+", f"name: {name}", kind, count=1)
        for name, kind in zip(names(boards), islice(cycle(kinds), boards), strict=True)
    ]
    if not teams:
        (folder / "leaderboards.yaml").write_text(f"{top}boards:\n{''.join(named)}", encoding="utf-8")
        return
    types = dict.fromkeys(re.findall(r"activity: (\w+)", items))
    crews = [f"team-{number:02}" for number in range(teams)]
    owners = "".join(f"  {crew}: {{owner: {crew}@example.com}}\n" for crew in crews)
    before, after = re.split(r"(?ms)^teams:$.*?(?=^# Any key of a board)", top)
    main = f'{before}include: ["teams/*.yaml"]\nteams:\n{owners}\n{after}'
    (folder / "leaderboards.yaml").write_text(main, encoding="utf-8")
    (folder / "teams").mkdir(exist_ok=True)
    for number, crew in enumerate(crews):
        own = [re.sub(r"(?m)^    team: .*\n", "", kind) for kind in named[number::teams]]
        listed = ""
        if number < feeds:
            name = f"of-{crew}"
            listed = f"feeds: [{{name: {name}, types: [{', '.join(types)}]}}]\n"
            own[:ON_FEED] = [_put_on_feed(kind, name) for kind in own[:ON_FEED]]
        text = f"team: {crew}\n{listed}boards:\n{''.join(own)}"
        (folder / "teams" / f"{crew}.yaml").write_text(text, encoding="utf-8")


def _put_on_feed(kind: str, feed: str) -> str:
    """Let a board count a feed. It gets only the types that it counts, so it ignores none."""
    return re.sub(r"(?m)(^  - name: .*\n)", rf"\1    feed: {feed}\n", re.sub(r"(?m)^ *ignore: .*\n", "", kind))


def change_board(folder: Path) -> None:
    """Give the first board of a leaderboards.yaml another title."""
    file = folder / "leaderboards.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("title: ", "title: New ", 1), encoding="utf-8")


def chalice(folder: Path, boards: list[str]) -> None:
    """Write a chalice project with the functions of these boards: processor, rebuilder, simulator and an API."""
    (folder / ".chalice").mkdir(parents=True)
    (folder / ".chalice" / "config.json").write_text(json.dumps({"version": "2.0", "app_name": boards[0]}))
    (folder / "requirements.txt").write_text("")
    functions = "\n".join(_CHALICE_BOARD.format(name=name, part=name.replace("-", "_")) for name in boards)
    (folder / "app.py").write_text(f'{_CHALICE_IMPORTS}app = Chalice(app_name="{boards[0]}")\n\n{functions}')


def cookiecutter(folder: Path, bundle: Path) -> None:
    """Write a cookiecutter template with the files of one of our bundles. Its only variable is the board's name."""
    folder.mkdir()
    (folder / "cookiecutter.json").write_text(json.dumps({"board": bundle.name}))
    for file in sorted(path for path in bundle.rglob("*") if path.is_file()):
        place = folder / "{{cookiecutter.board}}" / file.relative_to(bundle)
        place.parent.mkdir(parents=True, exist_ok=True)
        data = file.read_bytes()
        # A zip has no name to fill in, and cookiecutter copies it as it is.
        binary = file.suffix == ".zip"
        place.write_bytes(data if binary else data.replace(bundle.name.encode(), b"{{ cookiecutter.board }}"))
