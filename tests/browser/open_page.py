"""A page that a test opened in Chromium, as the test reads it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.browser.board_server import ScriptedApi
from tests.browser.chromium import PATIENCE


@dataclass
class OpenPage:
    """An open page, with the API behind it and a list of what it did wrong."""

    page: Page
    api: ScriptedApi
    url: str
    faults: list[str] = field(default_factory=list)
    """Errors, dialogs, and requests to other places. A test ends with an error if there are any."""

    def rows(self) -> list[list[str]]:
        """The text of every entry, of the podium and of the table: [rank, name, score]."""
        return [
            [cell.strip() for cell in row]
            for row in self.page.locator(".entry").evaluate_all(
                "all => all.map(e => ['.place', '.name', '.score'].map(part => e.querySelector(part).textContent))"
            )
        ]

    def choose(self, label: str) -> None:
        """Choose a window by its name in the list."""
        self.page.get_by_label("Window", exact=True).select_option(label=label)

    def wait_for_state(self, name: str, timeout: float = PATIENCE) -> str:
        """Wait until the page says that its data is live, stale or down. Returns its words."""
        self.page.locator(f"#state[data-state={name}]").wait_for(timeout=timeout)
        return self.page.locator("#state-text").inner_text()


Open = Callable[..., OpenPage]
"""The fixture `open_page`."""
