"""The manifest is read back as it was written, whatever somebody else makes of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.output.manifest import BundleRecord, Manifest, format_manifest, parse_manifest
from tests.output.bundles import FILES, USERS, A, B, write
from tests.support.folders import read_folder, write_folder


def test_a_manifest_cannot_name_files_outside_or_of_the_user(build: Path, tmp_path: Path) -> None:
    write_folder(build / "nebula/kills", USERS)
    (tmp_path / "victim").write_text("precious")
    manifest = json.loads((build / "manifest.json").read_text())
    for path in ("../../../victim", "terraform/terraform.tfstate", "/etc/passwd", "a\0b"):
        manifest["bundles"]["nebula/kills"]["files"][path] = ""
    manifest["orphans"] = {"../..": manifest["bundles"]["quasar/wins"], "..": {"files": {"victim": ""}}}
    (build / "manifest.json").write_text(json.dumps(manifest))
    write(build, FILES, A, B, prune=True)
    assert (tmp_path / "victim").exists()
    assert set(read_folder(build / "nebula/kills")) >= set(USERS)


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b'{"bundles": []}', b'{"bundles": {"a": 1}}', b"\xff", b"null"])
def test_a_manifest_that_cannot_be_read_is_written_anew(build: Path, text: bytes) -> None:
    right = (build / "manifest.json").read_bytes()
    (build / "manifest.json").write_bytes(text)
    write(build, FILES, A, B)
    assert (build / "manifest.json").read_bytes() == right


HASHES = st.dictionaries(st.from_regex(r"[a-z]{1,5}(/[a-z.]{1,5}x){0,2}", fullmatch=True), st.text(max_size=8))
RECORDS = st.builds(BundleRecord, st.none() | st.text(max_size=5), st.text(max_size=5), st.text(max_size=5), HASHES)
FOLDERS = st.dictionaries(st.sampled_from(["dev/nebula/kills", "nebula/wins", "quasar/wins"]), RECORDS)


@given(st.builds(Manifest, HASHES, FOLDERS, FOLDERS))
def test_what_is_formatted_is_parsed(manifest: Manifest) -> None:
    assert parse_manifest(format_manifest(manifest)) == manifest


@given(st.binary(max_size=50) | st.text('[]{}:,"abilnu01').map(str.encode))
def test_anything_is_parsed(content: bytes) -> None:
    assert isinstance(parse_manifest(content), Manifest)
