"""The script of docs/api.md reads a whole board, while it moves on between two pages."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.clients.boards import SECONDS, Boards
from tests.support.docs_api import PAGE
from tests.support.markdown import fenced
from tests.support.programs import need

pytestmark = pytest.mark.clients

MAIN = """
import { createInterface } from "node:readline";
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const ask = globalThis.fetch;
let pages = 0;
globalThis.fetch = async (address) => {
  if (pages++ === 1) {
    console.log("first page");
    await lines.next();
  }
  return ask(address);
};
console.log(JSON.stringify((await readAll(process.argv[2])).map((entry) => entry.player_id)));
process.exit(0);
"""


def test_its_script_reads_every_rank_of_one_moment(boards: Boards, tmp_path: Path) -> None:
    node = need("node")
    (script,) = fenced(PAGE, "js")
    (tmp_path / "read.mjs").write_text(script + MAIN)
    boards.make_snapshot(None)
    before = list(boards.runs)
    assert len(before) > 200
    with subprocess.Popen(
        [node, "read.mjs", boards.addresses[0]],
        cwd=tmp_path,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            assert process.stdout.readline() == "first page\n"
            boards.overtake()
            out, err = process.communicate("go on\n", timeout=SECONDS)
        finally:
            process.kill()
    assert process.returncode == 0, err
    assert json.loads(out) == before
