// What the reader chose, as it stands in the page's address: `#window=…&offset=…&player=…`. Pure.
import { PLAYER_ID } from "./api.js";
import { kindOf } from "./windows.js";

// The furthest that the API reads.
const FURTHEST = 10 ** 9;

/**
 * {window, offset, player} of an address. What makes no sense there is as if it were left out.
 * window: a kind, or the id of a window of such a kind; offset: the first entry of a page, or null for the entries around
 * the player; player: an id or null.
 */
export function read(hash, kinds, limit) {
  const address = new URLSearchParams(hash.replace(/^#/, ""));
  const window = address.get("window") ?? "";
  const written = address.get("offset") ?? "";
  const id = address.get("player") ?? "";
  const player = PLAYER_ID.test(id) ? id : null;
  const offset = /^\d{1,10}$/.test(written) && Number(written) <= FURTHEST ? Number(written) : null;
  return {
    window: kindOf(window, kinds) === null ? kinds[0] : window,
    offset: offset === null && player === null ? 0 : offset === null ? null : offset - (offset % limit),
    player,
  };
}

/** The address of a choice: the shortest that leads to it; "" for what the page shows by itself. */
export function write({ window, offset, player }, kinds) {
  const address = new URLSearchParams();
  if (window !== kinds[0]) address.set("window", window);
  if (player === null ? offset > 0 : offset !== null) address.set("offset", offset);
  if (player !== null) address.set("player", player);
  return `${address}` === "" ? "" : `#${address}`;
}
