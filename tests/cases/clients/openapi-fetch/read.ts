// Reads two boards with openapi-fetch and the types that openapi-typescript has made of the first one's openapi.yaml.

import createClient from "openapi-fetch";
import { createInterface } from "node:readline/promises";
import type { components, paths } from "./board.js";

const [runs, totals] = process.argv.slice(2).map((baseUrl) => createClient<paths>({ baseUrl }));

async function readPage(offset: number, as_of?: string | null, client = runs!, window?: string) {
  const query = { offset, limit: 100, as_of: as_of ?? undefined, window };
  const { data, error } = await client.GET("/v1/leaderboard", { params: { query } });
  if (!data) throw new Error(error.detail);
  return data;
}

const first = await readPage(0);
const entries: components["schemas"]["Entry"][] = [...first.entries];
console.log("first page");
await createInterface({ input: process.stdin }).question("");
while (entries.length < first.players) {
  entries.push(...(await readPage(entries.length, first.as_of)).entries);
}

const pin = { as_of: first.as_of ?? undefined };
async function readPlayer(player_id: string) {
  const { data, error } = await runs!.GET("/v1/players/{player_id}", { params: { path: { player_id }, query: pin } });
  if (!data) throw new Error(error.detail);
  return data.entry;
}

const odd = await readPlayer("a:b@c~d.e-f_1");
const mail = await readPlayer("p@example.com");
const around = await runs!.GET("/v1/players/{player_id}/neighbours", {
  params: { path: { player_id: "a:b@c~d.e-f_1" }, query: { ...pin, span: 2 } },
});
const some = await runs!.GET("/v1/players", {
  params: { query: { ...pin, ids: ["x:y", "a:b@c~d.e-f_1", "nobody"] } },
});
const named = await runs!.GET("/v1/players", { params: { query: { ...pin, name: "zoe" } } });
const nobody = await runs!.GET("/v1/players/{player_id}", { params: { path: { player_id: "nobody" } } });
if (!around.data || !some.data || !named.data || !nobody.error) throw new Error("not answered as expected");
const listed = await runs!.GET("/v1/windows");
if (!listed.data) throw new Error(listed.error.detail);
const windows: Record<string, number> = {};
for (const { id } of listed.data.windows) windows[id] = (await readPage(0, undefined, runs, id)).players;

console.log(JSON.stringify({
  as_of: first.as_of,
  players: entries.map((entry) => entry.player_id),
  scores: Object.fromEntries(entries.map((entry) => [entry.player_id, String(entry.score)])),
  names: Object.fromEntries(entries.filter((entry) => entry.name).map((entry) => [entry.player_id, entry.name])),
  odd: [odd.player_id, String(odd.score), String(odd.columns["seconds"]), String(odd.percentile)],
  mail: mail.player_id,
  neighbours: around.data.entries.map((entry) => entry.player_id),
  friends: some.data.entries.map((entry) => entry.player_id),
  named: named.data.entries.map((entry) => entry.player_id),
  problem: [nobody.error.status, nobody.error.title, nobody.error.detail],
  windows,
  totals: Object.fromEntries((await readPage(0, undefined, totals)).entries.map((entry) => [entry.player_id, String(entry.score)])),
}));
process.exit(0);
