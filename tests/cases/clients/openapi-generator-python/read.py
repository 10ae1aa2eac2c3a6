"""Reads two boards with the client that openapi-generator has made of the first one's openapi.yaml."""

import json
import sys

from board_client import ApiClient, BoardApi, Configuration, Problem, RanksApi
from board_client.exceptions import NotFoundException

clients = [ApiClient(Configuration(host=address)) for address in sys.argv[1:]]
runs, totals = map(RanksApi, clients)

first = runs.leaderboard(limit=100)
entries = list(first.entries)
print("first page", flush=True)
sys.stdin.readline()
while len(entries) < first.players:
    entries += runs.leaderboard(limit=100, offset=len(entries), as_of=first.as_of).entries

odd = runs.player("a:b@c~d.e-f_1", as_of=first.as_of).entry
mail = runs.player("p@example.com", as_of=first.as_of).entry
around = runs.neighbours("a:b@c~d.e-f_1", span=2, as_of=first.as_of)
some = runs.friends(["x:y", "a:b@c~d.e-f_1", "nobody"], as_of=first.as_of)
named = runs.friends(name="zoe", as_of=first.as_of)
try:
    raise SystemExit(f"nobody has an entry: {runs.player('nobody')}")
except NotFoundException as refused:
    problem = refused.data
assert isinstance(problem, Problem)
windows = BoardApi(clients[0]).windows().windows

print(
    json.dumps(
        {
            "players": [entry.player_id for entry in entries],
            "scores": {entry.player_id: repr(entry.score) for entry in entries},
            "names": {entry.player_id: entry.name for entry in entries if entry.name},
            "odd": [odd.player_id, repr(odd.score), repr(odd.columns["seconds"]), repr(odd.percentile)],
            "mail": mail.player_id,
            "neighbours": [entry.player_id for entry in around.entries],
            "friends": [entry.player_id for entry in some.entries],
            "named": [entry.player_id for entry in named.entries],
            "problem": [problem.status, problem.title, problem.detail],
            "windows": {each.id: runs.leaderboard(window=each.id).players for each in windows},
            "totals": {entry.player_id: repr(entry.score) for entry in totals.leaderboard().entries},
        }
    )
)
