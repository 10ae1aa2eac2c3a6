"""Whatever text a YAML author writes is refused in one place and in plain words, or stays that text in every file."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator.diagnostics import diagnostic, reports
from generator.diagnostics.diagnostic import Diagnostic
from generator.pipeline import generate
from tests.hostile.hostile import Place, places, with_text
from tests.hostile.parsed import Code, Words, described, read
from tests.hostile.texts import ENDINGS, HOSTILE
from tests.support.effort import TIMES, examples
from tests.support.programs import need, run_terraform

PLACES = tuple({(place.sample, place.word): place for place in places()}.values())
"""Places whose words differ: where one word stands in two places, a text is put in both."""

ANY_TEXT = ("BoardSpec.title", "BoardSpec.scoring.rules.*.when.*.*")
"""Places without an alphabet of their own."""


class Made(NamedTuple):
    """What the generator has made of a sample."""

    diagnostics: Sequence[Diagnostic]
    files: Mapping[str, bytes]


CONTENTS: dict[bytes, bytes] = {}
"""The content of each file once: most are the same whatever the text is, and thousands of texts are tried."""


@cache
def made(place: Place, text: str) -> Made:
    """What the generator makes of the place's sample with that text."""
    generated = generate(with_text(place, text))
    files = {path: CONTENTS.setdefault(data, data) for path, data in generated.files.items()}
    return Made(generated.diagnostics, files)


def check(place: Place, text: str) -> bool:
    """Whether the text is accepted at a place.

    Fails where an accepted text changes anything but the word in whose place it stands, in any file.
    """
    assert place.word is not None
    generated = made(place, text)
    if diagnostic.any_error(generated.diagnostics):
        for each in generated.diagnostics:
            assert min(each.line, each.column) > 0, each
            assert each.headline.isprintable(), each
            assert len(each.headline) < 600, each
        assert reports.as_text(generated.diagnostics, with_text(place, text)).replace("\n", "").isprintable()
        return False
    expected = {put(path, place.word, text): (path, data) for path, data in made(place, place.word).files.items()}
    assert expected.keys() == generated.files.keys()
    for path, data in generated.files.items():
        old_path, old = expected[path]
        if old != data:
            same(put(read(old_path, old), place.word, text), read(path, data), path)
    return True


def put(value: Any, word: str, text: str) -> Any:
    """The content of a file with a text in the place of a word."""
    if isinstance(value, dict):
        return {put(key, word, text): put(child, word, text) for key, child in value.items()}
    if isinstance(value, list | tuple):
        return [put(child, word, text) for child in value]
    if isinstance(value, Words | Code):
        return value.put(word, text)
    if not isinstance(value, str):
        return value
    if word.startswith("mailto:") and text.startswith("mailto:"):
        # The address stands in the Terraform without its scheme.
        word, text = word.removeprefix("mailto:"), text.removeprefix("mailto:")
    # The name of a column or of an attached field also stands in its heading on the page, in another form.
    return value.replace(word, text).replace(heading(word), heading(text))


APART = max(1, 3 // TIMES)
"""At a place with an alphabet of its own, only every third text is tried, because nearly all are refused; the next
place tries another third. `make test-long` tries all of them."""


def texts(place: Place) -> tuple[str, ...]:
    """The texts to try at a place. Where all kinds of window have the same key, such as `at`, each tries a part."""
    every = (*HOSTILE, *(f"{place.word}{ending}" for ending in ENDINGS))
    if place.path not in ANY_TEXT:
        every = every[PLACES.index(place) % APART :: APART]
    key = place.path.rpartition("].")[2]
    alike = [each for each in PLACES if "window" in each.path and each.path.rpartition("].")[2] == key] or [place]
    return every[alike.index(place) :: len(alike)] if place in alike else every


def heading(column: str) -> str:
    return (column.replace("_", " ").strip() or column).capitalize()


def same(expected: Any, got: Any, place: str) -> None:
    """Fails with the innermost place where two contents differ."""
    if isinstance(expected, dict) and isinstance(got, dict) and expected.keys() == got.keys():
        for key, child in expected.items():
            same(child, got[key], f"{place} {key}")
    elif isinstance(expected, list) and isinstance(got, list | tuple) and len(expected) == len(got):
        for index, child in enumerate(expected):
            same(child, got[index], f"{place} {index}")
    else:
        assert got == expected, place


def test_every_text_of_the_models_is_tried() -> None:
    assert not [place.path for place in places() if place.word is None], "give each a value in tests/hostile/hostile.py"


@examples(200)
@example(next(place for place in PLACES if place.path == "Project.teams.*.notify.*"), True, "0")
@example(next(place for place in PLACES if place.path == "Project.teams.*.tags.key"), False, "else")
@given(st.sampled_from(PLACES), st.booleans(), st.text(max_size=20))
def test_any_text_is_refused_or_stays_text(place: Place, behind: bool, text: str) -> None:
    check(place, f"{place.word}{text}" if behind else text)


@examples(60)
@given(st.sampled_from([place for place in PLACES if place.path in ANY_TEXT]), st.text(max_size=30))
def test_any_text_stays_text_where_any_may_stand(place: Place, text: str) -> None:
    check(place, text)


@pytest.mark.long
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_text_is_refused_or_stays_text(place: Place) -> None:
    assert check(place, place.word or ""), "the sample is right"
    for text in texts(place):
        check(place, text)


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
def test_no_text_is_without_a_bound(place: Place) -> None:
    """A text that is valid but for one of its characters, which is repeated ten thousand times, is refused."""
    assert place.word is not None
    for character in dict.fromkeys(place.word):
        assert not check(place, place.word.replace(character, character * 10_000, 1)), character


@pytest.mark.long
def test_terraform_reads_the_same(tmp_path: Path) -> None:
    """Terraform's formatter parses every file, and its output shows how it evaluates each line that has the text."""
    program = need("terraform")
    lines: dict[str, None] = {}
    compared: list[tuple[str, str, Counter[str], Counter[str]]] = []
    for place, text in ((each, text) for each in PLACES for text in texts(each)):
        assert place.word is not None
        calm = {put(path, place.word, text): data for path, data in made(place, place.word).files.items()}
        for path, data in made(place, text).files.items():
            if path.endswith(".tf") and data != calm[path]:
                file = tmp_path / f"{len(compared)}" / Path(path).name
                file.parent.mkdir()
                file.write_bytes(data)
                old, new = (Counter(each.decode().split("\n")) for each in (calm[path], data))
                assert old.total() == new.total(), file
                compared.append((place.word, text, old - new, new - old))
                lines |= dict.fromkeys((*(old - new), *(new - old)))
    run_terraform(program, tmp_path, "fmt", "-check", "-diff", "-recursive", "-no-color")
    # A line with a reference cannot be evaluated outside of its module.
    alone = {line: f"line_{index}" for index, line in enumerate(lines) if not re.search(r"aws_|data\.|self\.", line)}
    outputs = [f'output "{name}" {{\n  value = {{ {line} }}\n}}\n' for line, name in alone.items()]
    (tmp_path / "main.tf").write_text("".join(outputs), encoding="utf-8")
    run_terraform(program, tmp_path, "apply", "-auto-approve", "-input=false", "-no-color")
    said = json.loads(run_terraform(program, tmp_path, "output", "-json"))

    def values(found: Counter[str]) -> list[Any]:
        return [described(said[alone[line]]["value"]) for line in found.elements() if line in alone]

    assert len(compared) > 100
    for word, text, old, new in compared:
        # Terraform keeps text in Unicode's normal form C.
        expected = put(values(old), word, unicodedata.normalize("NFC", text))
        assert sorted(map(str, expected)) == sorted(map(str, put(values(new), "", ""))), text
