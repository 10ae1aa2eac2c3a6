"""Times as the scripted API writes them."""

from datetime import UTC, datetime


def rfc3339(moment: datetime | None) -> str | None:
    """A time as the API writes it: UTC with milliseconds; None stays None."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if moment else None
