"""What axe-core finds in a page: it is brought by `make setup`, at the version of .requirements/axe."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect

from tests.support.paths import REPOSITORY

AXE = REPOSITORY / ".axe" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = ((320, 640), (1280, 900))
# What a page does because it has another size, it does in the frame after that.
NEXT_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
RUN = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"] });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} (${nodes[0].failureSummary})`);
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    """The script of axe-core. Where it is missing, the test is skipped; on CI it fails."""
    if AXE.is_file():
        return AXE.read_text(encoding="utf-8")
    sentence = "axe-core is not installed: run make setup"
    if os.environ.get("CI"):
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def look(page: Page, axe: str, *, has_button: bool = True) -> list[str]:
    """What axe finds in a page, at each size and in each theme. `has_button`: that changes its theme."""
    page.evaluate(axe)
    found = []
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            if has_button:
                expect(page.locator("html")).to_have_attribute("data-theme", scheme)
            page.evaluate(NEXT_FRAMES)
            found += [f"{width} {scheme} {each}" for each in page.evaluate(RUN)]
            wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
            found += [f"{width}: {wider} pixels wider than the screen"] if wider > 0 else []
    return found
