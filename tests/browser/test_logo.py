"""The game's logo in the head of the page: a picture that says the game's name, and runs no script."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from generator.board.board import Board
from generator.pipeline import generate
from generator.source import inputs
from tests.browser.open_page import Open
from tests.browser.pages import render_page
from tests.support.bundles import bundle_of
from tests.support.pictures import JPEG, PNG, SVG, WEBP
from tests.support.projects import board_yaml, project_yaml

LOGO = {"file": "logo.svg", "shared": None}
HOSTILE = "\"><script>alert('game')</script>&amp;"


def board_with(folder: Path, picture: bytes, *, game: str = "Starfall", domain: bool = True) -> Board:
    """A board whose logo is that picture."""
    api = (
        "{domain: scores.example.com, certificate_arn: "
        '"arn:aws:acm:us-east-1:111111111111:certificate/1234abcd-12ab-34cd-56ef-1234567890ab"}'
    )
    text = project_yaml(board_yaml(dashboard=f"{{game: {game}, logo: any.name}}", **({"api": api} if domain else {})))
    (folder / "leaderboards.yaml").write_text(text)
    (folder / "any.name").write_bytes(picture)
    found = inputs.read_files(folder / "leaderboards.yaml")
    (board,) = generate(found.files).boards
    return board


@pytest.mark.parametrize(
    ("picture", "name", "kind", "shared"),
    [
        (SVG, "logo.svg", "image/svg+xml", False),
        (PNG, "logo.png", "image/png", True),
        (WEBP, "logo.webp", "image/webp", True),
        (JPEG, "logo.jpg", "image/jpeg", True),
    ],
)
def test_a_bundle_has_the_logo_under_a_fixed_name(
    tmp_path: Path, picture: bytes, name: str, kind: str, shared: bool
) -> None:
    files = bundle_of(board_with(tmp_path, picture))
    assert files[f"dashboard/{name}"] == picture
    assert f'"{name}"' in files["terraform/page.tf"].decode()
    assert f'= "{kind}"\n' in files["terraform/page.tf"].decode()
    assert name not in files["terraform/moved.tf"].decode()
    page = files["dashboard/index.html"].decode()
    assert f"<img class=logo src={name} alt=Starfall>" in page
    image = f'<meta property=og:image content="https://scores.example.com/{name}">'
    assert (image in page) is shared
    # Without a domain nobody knows the absolute address that a shared link needs.
    assert "og:image" not in bundle_of(board_with(tmp_path, picture, domain=False))["dashboard/index.html"].decode()


def test_the_logo_stands_for_the_games_name(open_page: Open) -> None:
    phone = {"viewport": {"width": 320, "height": 700}}
    opened = open_page(logo=LOGO, files={"logo.svg": SVG}, game=HOSTILE, context=phone)
    opened.wait_for_state("live")
    logo = opened.page.get_by_role("img", name=HOSTILE, exact=True)
    expect(logo).to_have_js_property("naturalWidth", 300)
    box, title = logo.bounding_box(), opened.page.get_by_role("heading", level=1).bounding_box()
    assert box is not None
    assert title is not None
    assert box["height"] == 32
    # Beside the title: on a phone the ranking needs the room.
    assert box["x"] + box["width"] <= title["x"]
    assert opened.page.locator(".masthead").get_by_text(HOSTILE).count() == 0
    assert opened.page.evaluate("document.documentElement.scrollWidth") == 320


def test_a_logo_that_cannot_be_shown_leaves_the_name(open_page: Open) -> None:
    opened = open_page(logo=LOGO, files={"logo.svg": b"<svg"})
    opened.wait_for_state("live")
    expect(opened.page.get_by_role("img", name="Starfall", exact=True)).to_have_js_property("naturalWidth", 0)


def test_a_logo_without_a_game_is_an_ornament() -> None:
    page = render_page(logo=LOGO, game=None)["index.html"].decode()
    assert '<img class=logo src=logo.svg alt="">' in page


def test_no_script_of_an_svg_runs_in_the_page(open_page: Open) -> None:
    """`validate` lets none in. If one came in all the same, the page would show it as a picture."""
    script = (
        b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 3 1" onload="alert(1)"><script>alert(2)</script></svg>'
    )
    opened = open_page(logo=LOGO, files={"logo.svg": script})
    opened.wait_for_state("live")
    expect(opened.page.locator(".logo")).not_to_have_js_property("naturalWidth", 0)
