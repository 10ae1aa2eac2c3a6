"""Paths and queries with tricks: encodings, dots, slashes, other alphabets, and ids that look like routes."""

from __future__ import annotations

import re
from urllib.parse import quote

from hypothesis import strategies as st

TAILS = (
    *("", "/", "//", "/.", "/..", ".", "..", "%2e%2e", "/%2e%2e", "%2F", "%2f..%2f", "%5C", "\\", ";", ";a=b", "%3B"),
    *("%00", "%0a", "%0d%0a", "%09", "%20", "+", "%2B", "%", "%2", "%zz", "%u0061", "%25", "%2561", "?", "#", "%23"),
    *("%C0%AE%C0%AE", "%c0%af", "%E0%80%AF", "%ff", "%ED%A0%80", "%F4%90%80%80", "%C3%A9", "é", "\u0301", "%CC%81"),
    *(
        "\u202e",
        "%E2%80%AE",
        "\u200b",
        "%EF%BC%8E",
        "．",
        "／",
        "ｎ",
        "İ",
        "ß",
        "%C4%B1",
        "xn--e1afmkfd",
        "@evil.example",
    ),
    *("/neighbours", "/neighbours/", "//neighbours", "%2Fneighbours", "/Neighbours", "/neighbours/..", "/neighbour%73"),
    *("/../eve", "/%2e%2e/eve", ",eve", "%2Ceve", "&", "=", "'", '"', "<b>", "$", "(", "*", "[", "|", "^", "`", "{"),
)
"""What to write behind an id."""
ODD_PATHS = (
    *(
        "/v1",
        "/v1/",
        "/v1//leaderboard",
        "/v1/leaderboard/",
        "/v1/leaderboard%00",
        "/V1/leaderboard",
        "/v1/Leaderboard",
    ),
    *("/v1/./leaderboard", "/v1/../v1/leaderboard", "/v1/%6Ceaderboard", "/v1/leaderboard;x", "/v1/players/", "/v1/x"),
    *("/v1/players//", "/v1/players//neighbours", "/v1/players/.", "/v1/players/..", "/v1/players/../windows"),
    *("/v1/players/%2e%2e/windows", "/v1/players/..%2fwindows", "/v1/windows/..", "/v1/health%3F", "/v1/*", "/v1/{x}"),
    *("/v1/players/ann/ann", "/v1/players/" + "a" * 129, "/v1/players/" + "a/" * 500, "/v1/players/" + "%61" * 5000),
    *("/v1/players/neighbours/neighbours", "/v1/players/players/neighbours", "/v1/players/<player_id>", "/v1/\ud800"),
)
"""Paths that are no route, or nearly another."""
NEWEST = "NEWEST"
"""Stands in a query for the time of the newest snapshot."""
_VALUES = {
    "window": ("", "hour", "HOUR", "%68our", "hour:previous", "hour%3Aprevious", "hour:previous:previous", "all-time",
               "all-time%00", "all_time", "..", "../all-time", "2026-11-24T00", "2026-11-24T00/../all-time", "rolling",
               "all%2Dtime", "all_time;limit=1", "\u0130", "%C0%80", "hour&x=1", "all-time&window=hour"),
    "limit": ("1", "01", "+1", "1.0", "1e1", "\u0661", "%D9%A1", "0", "-1", "101", "1_0", "0x1", "9" * 20),
    "offset": ("21", "1000000000", "1e9"),
    "player": ("", "ann", "%61nn", "nobody", "ann,eve", "<b>"),
    "span": ("", "1", "50", "51"),
    "ids": ("ann", "Ann", "ann,Eve", "ann%2CEve", "ann,,eve,", "a+b", "a%20b", "e~v.e:1@x", "e%7Ev.e%3A1%40x", ",",
            "ann&span=2", "ann,eve&span=2"),
    "as_of": (NEWEST, f"{NEWEST}%20", f"%20{NEWEST}", "2026-11-24T01:48:00.000Z", "2026-11-24",
              "2026-11-24T01:49:00Z", "0000-00-00T00:00:00.000Z", "9999-12-31T23:59:59.999Z", "x%00", "NaN",
              "0001-01-01T00:00:00.000Z", "2026-11-24T24:00:00.000Z", "../pointer"),
    "Window": ("hour",),
    "&&": ("",),
}  # fmt: skip
ODD_QUERIES = ("", *(f"{name}={value}" for name, values in _VALUES.items() for value in values))
"""Queries with names and values that are right, or nearly so."""


def encodings(text: str) -> st.SearchStrategy[str]:
    """A text with each of its characters as it is, or percent-encoded in either case."""
    forms = (lambda c: c, quote_all, lambda c: quote_all(c).lower())
    return st.lists(st.sampled_from(forms), min_size=len(text), max_size=len(text)).map(
        lambda chosen: "".join(form(character) for form, character in zip(chosen, text, strict=True))
    )


def quote_all(text: str) -> str:
    """Percent-encode every character, also those that need it not."""
    return "".join(f"%{byte:02X}" for byte in text.encode())


def decode(written: str) -> str | None:
    """What a path segment means by RFC 3986; None where it is no text in UTF-8."""
    data = re.sub(rb"%([0-9A-Fa-f]{2})", lambda found: bytes([int(found[1], 16)]), written.encode(errors="replace"))
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def written(player_id: str) -> str:
    """A player id as `encodeURIComponent` writes it."""
    return quote(player_id, safe="!~*'()")
