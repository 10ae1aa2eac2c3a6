"""The search by name of the scripted API: a scan of all names."""

from typing import Any

LIMIT = 10
"""How many entries the API gives where a request does not say."""


def find_named(entries: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The entries whose name begins with a text, in either case, as the API answers them."""
    named = [each for each in entries if (each["name"] or "").lower().startswith(name.lower())]
    named.sort(key=lambda each: str(each["name"]).lower())
    return {"entries": named[:LIMIT], "more": len(named) > LIMIT}
