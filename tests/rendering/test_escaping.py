"""Whatever a person writes stays text in every file: checked by properties, and by programs that read such files."""

from __future__ import annotations

import json
import re
import subprocess
import unicodedata
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from generator.rendering import escaping
from tests.support.effort import examples
from tests.support.escaped import hcl_read, whole
from tests.support.programs import need, run_terraform

ANYTHING = st.text(st.characters(exclude_categories=[]))
HOSTILE = (
    "${x}", "%{if true}", "$${x}", "$$${x}", "%%{x}", "$", "${", "a\\", '"', '\\"', '"\n}\nresource "x" "y" {',
    "\n", "\r\n", "\t", "\x00", "\x7f", "\x85", "\u2028", "\u202e", "\ufeff", "\ud800", "é", "e\u0301", "星", "🦊", "",
    "</script>", "<!--", "`*_[a](b)_*`", "'; rm -rf /", "$(id)", "`id`", "---", "#", "//", "<<EOF",
)  # fmt: skip


@given(ANYTHING)
@example("$${x}")
@example("%{")
def test_hcl(text: str) -> None:
    literal = escaping.to_hcl(text)
    assert hcl_read(literal) == whole(text)
    assert not re.search("[\x00-\x1f\x7f-\xa0\xad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]", literal)
    literal.encode()


def test_terraform_reads_the_same(tmp_path: Path) -> None:
    terraform = need("terraform")
    lines = [
        f"output {escaping.to_hcl(f'o{index}')} {{\n  value = {escaping.to_hcl(text)}\n}}"
        for index, text in enumerate(HOSTILE)
    ]
    (tmp_path / "main.tf").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run_terraform(terraform, tmp_path, "apply", "-auto-approve", "-input=false")
    outputs = json.loads(run_terraform(terraform, tmp_path, "output", "-json"))
    read = {name: value["value"] for name, value in outputs.items()}
    # Terraform keeps text in Unicode's normal form C.
    assert read == {f"o{index}": unicodedata.normalize("NFC", whole(text)) for index, text in enumerate(HOSTILE)}


@given(
    st.recursive(
        ANYTHING | st.integers() | st.booleans(), lambda inner: st.lists(inner) | st.dictionaries(ANYTHING, inner)
    )
)
def test_script_json(value: object) -> None:
    text = escaping.to_script_json(value)
    assert not set(text) & set("<>&\u2028\u2029")
    text.encode()
    assert json.loads(text) == json.loads(whole(json.dumps(value, ensure_ascii=False)))


JSON = st.recursive(
    ANYTHING | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none(),
    lambda inner: st.lists(inner) | st.lists(inner).map(tuple) | st.dictionaries(ANYTHING, inner),
)


@given(JSON, st.booleans())
@example("\ud800", False)
def test_json_file(value: object, sort_keys: bool) -> None:
    found = escaping.to_json_file(value, sort_keys)
    plain = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=sort_keys) + "\n"
    assert json.loads(found) == json.loads(whole(plain))
    assert found == plain or not plain.replace("\n", "").isprintable()


@given(ANYTHING)
def test_json_is_yaml(text: str) -> None:
    assert yaml.safe_load(escaping.to_json_line(text)) == json.loads(escaping.to_json_line(text)) == whole(text)


@given(ANYTHING)
@example("\u202e")
def test_markdown(text: str) -> None:
    shown = escaping.escape_markdown(text)
    assert "\n" not in shown
    assert not re.search(r"(?<!\\)(\\\\)*[!#$&()*+:<=>\[\]^_`{|}~]", shown)
    # A backslash before punctuation is not shown; nothing else was added.
    assert re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", shown) == re.sub(
        "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufffe\uffff]",
        "\ufffd",
        whole(" ".join(text.split())),
    )


@given(ANYTHING)
def test_code_span(text: str) -> None:
    span = escaping.to_code_span(text)
    assert span[0] == span[-1] == "`"
    assert not set(span[1:-1]) & set("`\n\r")


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126)))
@examples(30)
def test_shell_word(text: str) -> None:
    done = subprocess.run(
        ["/bin/sh", "-c", f"printf %s {escaping.to_shell_word(text)}"], capture_output=True, check=True
    )
    assert done.stdout.decode() == text


@pytest.mark.parametrize(
    ("mapping", "lines"),
    [
        ({}, ""),
        ({"a": 1, "long_name": True}, "a         = 1\n  long_name = true"),
        ({"a b": "x", "c": {"d": ["e"]}}, '"a b" = "x"\n  c     = { d = ["e"] }'),
    ],
)
def test_entries_are_aligned(mapping: dict[str, object], lines: str) -> None:
    assert escaping.to_hcl_entries(mapping, 2) == lines
