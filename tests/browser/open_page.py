"""A page that a test has opened in Chromium, as the test reads it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

from tests.browser.board_server import Api


@dataclass
class OpenPage:
    """An open page with the API behind it, and what it did that it must not do."""

    page: Page
    api: Api
    url: str
    faults: list[str] = field(default_factory=list)

    def rows(self) -> list[list[str]]:
        """The ranking as it is read: [rank, name, score] of every row."""
        return [
            [cell.strip() for cell in row]
            for row in self.page.locator("#rows tr").evaluate_all(
                "rows => rows.map(r => [r.cells[0], r.querySelector('.name'), r.cells[2]].map(c => c.textContent))"
            )
        ]

    def state(self, name: str, timeout: float = 8000) -> str:
        """Waits until the page says `name` (live, stale, down) of its data; gives the words."""
        self.page.locator(f"#state[data-state={name}]").wait_for(timeout=timeout)
        return self.page.locator("#state-text").inner_text()


Open = Callable[..., OpenPage]
