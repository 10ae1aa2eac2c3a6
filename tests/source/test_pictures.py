"""Pictures: told by their content, found from the file that names them, and without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.source import inputs
from generator.source.pictures import (
    MOST_BYTES,
    NoPictureError,
    list_logos,
    read_logo,
    read_picture,
    resolve_beside,
)
from tests.support.pictures import JPEG, PNG, SVG, WEBP

HEAD = b'<svg xmlns="http://www.w3.org/2000/svg" '
SCRIPTS = {
    "<script>": HEAD + b"><script>alert(1)</script></svg>",
    "<script> of SVG's own": HEAD + b'xmlns:s="http://www.w3.org/2000/svg"><g><s:script/></g></svg>',
    "onload": HEAD + b"onload='alert(1)'/>",
    "OnLoad": HEAD + b"OnLoad='alert(1)'/>",
    "an attribute of another namespace": HEAD + b'xmlns:x="urn:x" x:onclick="alert(1)"/>',
    "an attribute with a default": b'<!DOCTYPE svg [<!ATTLIST svg onload CDATA "alert(1)">]>' + HEAD + b"/>",
    "an entity": b'<!DOCTYPE svg [<!ENTITY a "b">]>' + HEAD + b"/>",
    "a file of this machine": b'<!DOCTYPE svg [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + HEAD + b">&a;</svg>",
    "javascript:": HEAD + b"><a href='java\nscript:alert(1)'/></svg>",
    "javascript: in an animation": HEAD + b"><set attributeName='href' to=' JavaScript:alert(1)'/></svg>",
    "an animated handler": HEAD + b"><set attributeName='onclick' to='alert(1)'/></svg>",
    "HTML in it": HEAD + b"><foreignObject/></svg>",
    "HTML without a foreignObject": HEAD + b"><b xmlns='http://www.w3.org/1999/xhtml'/></svg>",
    "a style sheet that makes HTML": b'<?xml-stylesheet type="text/xsl" href="#x"?>' + HEAD + b"/>",
}


@pytest.mark.parametrize(("data", "kind"), [(SVG, "svg"), (PNG, "png"), (WEBP, "webp"), (JPEG, "jpg")])
def test_a_picture_is_told_by_its_content(data: bytes, kind: str) -> None:
    assert read_picture(data).kind == kind
    assert read_picture(data).content is data


@pytest.mark.parametrize(
    "svg",
    [
        b"\xef\xbb\xbf" + SVG,
        b'<?xml version="1.0" encoding="UTF-8"?>\n<!-- made by hand -->\n' + SVG,
        b'<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">' + SVG,
        b'<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:title>once upon a time</s:title></s:svg>',
        ('<?xml version="1.0" encoding="UTF-16"?>' + SVG.decode()).encode("utf-16"),
        HEAD + b"><style>.on { fill: red }</style><a href='https://example.com/on'/></svg>",
    ],
)
def test_svgs_of_many_programs_are_taken(svg: bytes) -> None:
    assert read_picture(svg).kind == "svg"


@pytest.mark.parametrize("name", SCRIPTS)
def test_no_svg_brings_a_script(name: str) -> None:
    with pytest.raises(NoPictureError, match=r"is an SVG with '.*' in it, which is a script or may hide one"):
        read_picture(SCRIPTS[name])


@pytest.mark.parametrize(
    "data",
    [b"", b"<html></html>", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF....WAVE", b"\xff" * 10, b"<svg/>", b"<svg", SVG[1:],
     b"<x" * 60_000, b'<?xml version="1.0" encoding="no-such"?>' + SVG],
)  # fmt: skip
def test_anything_else_is_no_picture(data: bytes) -> None:
    with pytest.raises(NoPictureError, match=r"is no SVG, PNG, WebP or JPEG|is an SVG that no browser shows"):
        read_picture(data)


def test_a_picture_may_have_so_many_bytes() -> None:
    assert read_picture(PNG.ljust(MOST_BYTES, b"\0")).kind == "png"
    with pytest.raises(NoPictureError, match="has more than 200 kB"):
        read_picture(PNG.ljust(MOST_BYTES + 1, b"\0"))


@pytest.mark.parametrize(
    ("file", "path", "found"),
    [
        ("leaderboards.yaml", "a.svg", "a.svg"),
        ("leaderboards.yaml", "./b/../a.svg", "a.svg"),
        ("teams/one.yaml", "a.svg", "teams/a.svg"),
        ("teams/one.yaml", "../a.svg", "a.svg"),
        ("teams/one.yaml", "../../a.svg", None),
        ("teams/one.yaml", "../..", None),
        ("leaderboards.yaml", "..", None),
        ("leaderboards.yaml", "b/..", None),
        ("leaderboards.yaml", "..a.svg", "..a.svg"),
        ("teams/one.yaml", "/a.svg", None),
    ],
)
def test_a_path_begins_where_its_file_lies(file: str, path: str, found: str | None) -> None:
    assert resolve_beside(file, path) == found


def test_logos_are_found_wherever_boards_may_have_a_dashboard() -> None:
    text = b"""
defaults: {dashboard: {logo: a.svg}}
environments:
  prod: {defaults: {dashboard: {logo: b.svg}}, boards: {kills: {dashboard: {logo: c.svg}}}}
boards: [{dashboard: {logo: d.svg}}, {dashboard: {logo: [e.svg]}}, {dashboard: {logo: ../f.svg}}, {dashboard: logo}]
logo: g.svg
teams: {logo: h.svg}
"""
    assert list_logos("leaderboards.yaml", text).keys() == {"a.svg", "b.svg", "c.svg", "d.svg"}
    assert list_logos("teams/one.yaml", b"boards: [{dashboard: {logo: ../logos/f.svg}}]").keys() == {"logos/f.svg"}
    assert not list_logos("leaderboards.yaml", b"logo: [")


def test_no_link_leads_out_of_the_project(tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    (tmp_path / "secret.svg").write_bytes(SVG)
    (folder / "real.svg").write_bytes(SVG)
    (folder / "inside.svg").symlink_to("real.svg")
    (folder / "outside.svg").symlink_to("../secret.svg")
    (folder / "round.svg").symlink_to("round.svg")
    names = ("real.svg", "inside.svg", "outside.svg", "round.svg", "missing.svg", "a\0b", "")
    assert [read_logo(folder, name) is not None for name in names] == [True, True] + [False] * 5


def test_no_more_is_read_than_is_needed(tmp_path: Path) -> None:
    (tmp_path / "large.svg").write_bytes(SVG.ljust(3 * MOST_BYTES))
    (tmp_path / "leaderboards.yaml").write_text("defaults: {dashboard: {logo: large.svg}}")
    found = inputs.read_files(tmp_path / "leaderboards.yaml")
    assert found.logos == {"large.svg"}
    assert len(found.files["large.svg"]) == MOST_BYTES + 1
