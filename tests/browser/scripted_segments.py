"""The one segment of the scripted API, `country`: a scan of all players, without ties."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

Ranking = list[dict[str, Any]]


def rank_within(entries: Ranking, countries: Mapping[str, str], country: str) -> Ranking:
    """The entries of the players of a country, ranked among themselves."""
    own = [each for each in entries if countries.get(each["player_id"]) == country]
    return [{**each, "rank": rank} for rank, each in enumerate(own, 1)]


def list_countries(entries: Ranking, countries: Mapping[str, str]) -> dict[str, Any]:
    """What /v1/segments says beside the window."""
    counts = Counter(countries[each["player_id"]] for each in entries if each["player_id"] in countries)
    ordered = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    values = [{"value": value, "players": players} for value, players in ordered]
    return {"segments": [{"name": "country", "title": "Country", "values": values, "others": 0}]}


def describe_player(entries: Ranking, countries: Mapping[str, str], player_id: str, *, within: bool) -> dict[str, Any]:
    """What an answer says of a player's country; `within`: whether it is about one. Nothing where there are none."""
    if not countries:
        return {}
    own = rank_within(entries, countries, countries.get(player_id, ""))
    rank = next((each["rank"] for each in own if each["player_id"] == player_id), None)
    standing = {"value": countries.get(player_id), "rank": rank, "players": len(own)}
    overall = next(each["rank"] for each in entries if each["player_id"] == player_id)
    return {
        "segments": {"country": standing} if rank else {},
        **({"overall": {"rank": overall, "players": len(entries)}} if within else {}),
    }
