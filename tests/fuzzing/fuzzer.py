"""Runs a test function under atheris: it changes inputs towards lines of the generator that no input has reached.

    python -m tests.fuzzing.yaml --runs 1000 --seed 1      many inputs, made from the corpus
    python -m tests.fuzzing.yaml FILE                      one input: that of a failure

atheris instruments modules when they are imported, so a fuzzer is a program of its own: see `tests/fuzzing/yaml.py`.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import mkdtemp

import atheris

SECONDS = 60
"""What one input may take, also on a busy machine; most take milliseconds."""
MEGABYTES = 2048
"""The most memory that the program may take, if no other is said."""
BYTES = 8192
"""The longest input."""

Mutator = Callable[[bytes, int, int], bytes]
"""Changes an input, given the most bytes that the result may have, and a seed."""


def fuzz(test: Callable[[bytes], None], corpus: Iterable[bytes], mutate: Mutator | None = None) -> None:
    """Call a test with as many inputs as the command line says, and end the program: with 0 if none of them failed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?", type=Path, help="try this input alone")
    parser.add_argument("--runs", type=int, default=1000, help="how many inputs to try")
    parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same inputs")
    parser.add_argument("--megabytes", type=int, default=MEGABYTES, help="the most memory that it may take")
    parser.add_argument("--work", type=Path, default=Path(mkdtemp()), help="a new folder for corpus and failures")
    options = parser.parse_args()
    if options.file:
        test(options.file.read_bytes())
        sys.exit(0)
    # libFuzzer goes by the most memory that its process ever had, and a process begins with that of the one that it is
    # started from (Linux, getrusage(2)): a test runner may have had gigabytes. A forked child begins anew.
    if child := os.fork():
        sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    # The fuzzer adds what it finds to this folder, and ends the program without returning here.
    folder = options.work / "corpus"
    folder.mkdir(parents=True)
    for number, data in enumerate(corpus):
        (folder / f"{number:04}").write_bytes(data)
    limits = [f"-timeout={SECONDS}", f"-rss_limit_mb={options.megabytes}", f"-max_len={BYTES}"]
    settings = [
        f"-runs={options.runs}",
        f"-seed={options.seed}",
        "-print_final_stats=1",
        "-len_control=0",
        f"-artifact_prefix={options.work}/failed-",
    ]
    more = {"custom_mutator": mutate} if mutate else {}
    atheris.Setup([sys.argv[0], *settings, *limits, str(folder)], test, **more)
    atheris.Fuzz()
