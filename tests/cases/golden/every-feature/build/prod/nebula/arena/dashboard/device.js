import { PLAYER_ID } from "./api.js";

const PLAYER_KEY = "leaderboards.player";

const RANKS_KEY = `leaderboards.ranks.${location.pathname.replace(/[^/]*$/, "")}`;

const MOST_PLAYERS = 200;
const MOST_WINDOWS = 4;

function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key, text) {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch { /* it is remembered for this visit */ }
}

const stored = read(PLAYER_KEY);

let own = stored !== null && PLAYER_ID.test(stored) ? stored : null;

export const recallPlayer = () => own;

export function rememberPlayer(id) {
  own = id;
  write(PLAYER_KEY, id);
}

function readRanks() {
  try {
    const windows = JSON.parse(read(RANKS_KEY) ?? "[]");
    return new Map(windows.map(([id, ranks]) => [id, new Map(ranks)]));
  } catch {
    return new Map();
  }
}

const before = readRanks();

const seen = new Map(before);

export function compareRanks(window, entries) {
  const latest = new Map(seen.get(window));
  const earlier = before.get(window) ?? new Map();
  before.set(window, earlier);
  for (const { player_id: player, rank } of entries) {
    if (!earlier.has(player)) earlier.set(player, rank);
    latest.delete(player);
    latest.set(player, rank);
  }
  seen.delete(window);
  seen.set(window, new Map([...latest].slice(-MOST_PLAYERS)));
  return earlier;
}

export function storeRanks() {
  const windows = [...seen].slice(-MOST_WINDOWS).map(([id, ranks]) => [id, [...ranks]]);
  if (windows.length > 0) write(RANKS_KEY, JSON.stringify(windows));
}
