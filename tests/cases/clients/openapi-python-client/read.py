"""Reads two boards with a client that openapi-python-client has made of the first one's openapi.yaml."""

import json
import sys
from typing import Any

from board_client import Client
from board_client.api.board import windows
from board_client.api.ranks import friends, leaderboard, neighbours, player
from board_client.models import Entry, Page, Problem
from board_client.types import UNSET

runs, totals = (Client(base_url=address) for address in sys.argv[1:])


def read_page(offset: int, as_of: Any = UNSET, client: Client = runs, window: Any = UNSET) -> Page:
    page = leaderboard.sync(client=client, offset=offset, limit=100, as_of=as_of, window=window)
    assert isinstance(page, Page), page
    return page


first = read_page(0)
entries: list[Entry] = list(first.entries)
print("first page", flush=True)
sys.stdin.readline()
while len(entries) < first.players:
    entries += read_page(len(entries), first.as_of).entries

odd = player.sync("a:b@c~d.e-f_1", client=runs, as_of=first.as_of).entry
mail = player.sync("p@example.com", client=runs, as_of=first.as_of).entry
around = neighbours.sync("a:b@c~d.e-f_1", client=runs, span=2, as_of=first.as_of)
some = friends.sync(client=runs, ids=["x:y", "a:b@c~d.e-f_1", "nobody"], as_of=first.as_of)
named = friends.sync(client=runs, name="zoe", as_of=first.as_of)
nobody = player.sync("nobody", client=runs)
assert isinstance(nobody, Problem)

print(
    json.dumps(
        {
            "as_of": str(first.as_of),
            "players": [entry.player_id for entry in entries],
            "scores": {entry.player_id: repr(entry.score) for entry in entries},
            "names": {entry.player_id: entry.name for entry in entries if entry.name},
            "odd": [odd.player_id, repr(odd.score), repr(odd.columns["seconds"]), repr(odd.percentile)],
            "mail": mail.player_id,
            "neighbours": [entry.player_id for entry in around.entries],
            "friends": [entry.player_id for entry in some.entries],
            "named": [entry.player_id for entry in named.entries],
            "problem": [nobody.status, nobody.title, nobody.detail],
            "windows": {each.id: read_page(0, window=each.id).players for each in windows.sync(client=runs).windows},
            "totals": {entry.player_id: repr(entry.score) for entry in read_page(0, client=totals).entries},
        }
    )
)
