"""The clock of a page, which a test may stop: what the page does by time, it then does when the test says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page


def stop_clock(page: Page, at: datetime | None = None) -> None:
    """Let the clock of a page that is not loaded yet stand, at a time or at the present, till `page.clock` moves it."""
    stands = at or datetime.now(UTC)
    # A clock that is installed goes on by itself, and can be stopped at no time that has passed.
    page.clock.install(time=stands - timedelta(hours=1))
    page.clock.pause_at(stands)
