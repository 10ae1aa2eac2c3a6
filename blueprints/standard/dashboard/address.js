/**
 * The reader's choice as part of the page's address: `#window=…&segment=…&offset=…&player=…`. Pure functions.
 * @module
 */
import { PLAYER_ID } from "./api.js";
import { findKind } from "./windows.js";

/** The largest offset that the API accepts (`offset` in openapi.yaml). */
const MAX_OFFSET = 10 ** 9;

/**
 * Reads a choice from an address. A value that is missing or makes no sense becomes its default: the first kind of window,
 * the first page, or with a player the entries around that player.
 * @param {string} hash the part of the address from # on
 * @param {Page.Kinds} kinds
 * @param {number} limit rows of a full page; an offset is moved back to where its page begins
 * @param {string | null} own the reader's player, who is followed where the address names nobody
 * @param {string[]} segments the names of the board's segments
 * @returns {Page.Choice}
 */
export function parseAddress(hash, kinds, limit, own, segments) {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const window = parameters.get("window") ?? "";
  const id = parameters.get("player") ?? "";
  const player = PLAYER_ID.test(id) ? id : null;
  const offset = parseOffset(parameters.get("offset") ?? "");
  const segment = parameters.get("segment") ?? "";
  const fallback = player === null ? 0 : null;
  return {
    window: findKind(window, kinds) === null ? kinds[0] : window,
    segment: segments.some((name) => segment.startsWith(`${name}:`)) ? segment : null,
    offset: offset === null ? fallback : offset - (offset % limit),
    player: player ?? own,
  };
}

/**
 * Reads an offset; null if the text is not one that the API accepts.
 * @param {string} text
 */
function parseOffset(text) {
  return /^\d{1,10}$/.test(text) && Number(text) <= MAX_OFFSET ? Number(text) : null;
}

/**
 * Writes a choice as the shortest address that leads to it; "" for the choice that the page opens with.
 * @param {Page.Choice} choice
 * @param {Page.Kinds} kinds
 * @param {string | null} own the reader's player, whom an address to a page of the ranking does not give away
 */
export function formatAddress({ window, segment, offset, player }, kinds, own) {
  const parameters = new URLSearchParams();
  if (window !== kinds[0]) parameters.set("window", window);
  if (segment) parameters.set("segment", segment);
  const isNamed = player !== null && (player !== own || offset === null);
  if (offset !== null && (isNamed || offset > 0)) parameters.set("offset", String(offset));
  if (isNamed) parameters.set("player", player);
  const text = parameters.toString();
  return text === "" ? "" : `#${text}`;
}
