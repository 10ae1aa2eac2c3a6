"""The Chromium that the machine has, as a pytest fixture for every test that opens a page."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")

# A browser that a test starts must not speak to anyone but the test.
QUIET = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-gpu",
)


def find_chromium() -> str | None:
    """The browser's executable: `CHROMIUM` from the environment, else the first known name on the path, else None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return shutil.which(named)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium. Without one the tests are left out, except on CI, where that is a failure."""
    path = find_chromium()
    if path is None:
        message = "no Chromium: install chromium (Debian, Alpine) or google-chrome, or set CHROMIUM to its executable"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=list(QUIET))
        yield chromium
        chromium.close()
