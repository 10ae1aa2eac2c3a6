/**
 * Keeps what the page remembers on the reader's device: which player is theirs, and the ranks that they saw last.
 * Storage may be forbidden (private windows, embedded pages) or hold anything: then the page remembers for this visit.
 * @module
 */
import { PLAYER_ID } from "./api.js";

/** The key of the reader's player. It is the same for all boards of one host: players have one id in a game. */
const PLAYER_KEY = "leaderboards.player";

/** The key of the ranks that were seen last on this board, which its path tells from others of the same host. */
const RANKS_KEY = `leaderboards.ranks.${location.pathname.replace(/[^/]*$/, "")}`;

/** The most players, and windows, whose ranks are remembered. */
const MOST_PLAYERS = 200;
const MOST_WINDOWS = 4;

/**
 * Reads a text; null where there is none.
 * @param {string} key
 */
function read(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

/**
 * Writes a text, or removes it.
 * @param {string} key
 * @param {string | null} text
 */
function write(key, text) {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
  } catch { /* it is remembered for this visit */ }
}

const stored = read(PLAYER_KEY);

/** The reader's player; null for none. */
let own = stored !== null && PLAYER_ID.test(stored) ? stored : null;

/** Names the reader's player. */
export const recallPlayer = () => own;

/**
 * Remembers which player is the reader's; null forgets it.
 * @param {string | null} id
 */
export function rememberPlayer(id) {
  own = id;
  write(PLAYER_KEY, id);
}

/**
 * Reads the ranks that are stored: window id -> player -> rank.
 * @returns {Map<string, Map<string, number>>}
 */
function readRanks() {
  try {
    /** @type {[string, [string, number][]][]} */
    const windows = JSON.parse(read(RANKS_KEY) ?? "[]");
    return new Map(windows.map(([id, ranks]) => [id, new Map(ranks)]));
  } catch {
    return new Map();
  }
}

/** The ranks before this visit; of a window that is new to this device, those that this visit began with. */
const before = readRanks();

/**
 * The ranks that this visit has seen since it stored some.
 * @type {Map<string, Map<string, number>>}
 */
const seen = new Map();

/**
 * Notes the ranks that are shown now, and gives those to compare them with.
 * @param {string} window the window's id
 * @param {Api.Entry[]} entries
 * @returns {Map<string, number>}
 */
export function compareRanks(window, entries) {
  const latest = new Map(seen.get(window));
  const earlier = before.get(window) ?? new Map();
  before.set(window, earlier);
  for (const { player_id: player, rank } of entries) {
    if (!earlier.has(player)) earlier.set(player, rank);
    latest.delete(player);
    latest.set(player, rank);
  }
  // The newest stand last.
  seen.delete(window);
  seen.set(window, new Map([...latest].slice(-MOST_PLAYERS)));
  return earlier;
}

/** Stores the ranks of this visit for the next one, with those that another page of this board has stored meanwhile. */
export function storeRanks() {
  if (seen.size === 0) return;
  const all = readRanks();
  for (const [window, ranks] of seen) {
    const both = new Map(all.get(window));
    for (const [player, rank] of ranks) {
      both.delete(player);
      both.set(player, rank);
    }
    all.delete(window);
    all.set(window, both);
  }
  seen.clear();
  const windows = [...all].slice(-MOST_WINDOWS).map(([id, ranks]) => [id, [...ranks].slice(-MOST_PLAYERS)]);
  write(RANKS_KEY, JSON.stringify(windows));
}
