import { PLAYER_ID } from "./api.js";
import { findKind } from "./windows.js";

const MAX_OFFSET = 10 ** 9;

export function parseAddress(hash, kinds, limit, own) {
  const parameters = new URLSearchParams(hash.replace(/^#/, ""));
  const window = parameters.get("window") ?? "";
  const id = parameters.get("player") ?? "";
  const player = PLAYER_ID.test(id) ? id : null;
  const offset = parseOffset(parameters.get("offset") ?? "");
  const fallback = player === null ? 0 : null;
  return {
    window: findKind(window, kinds) === null ? kinds[0] : window,
    offset: offset === null ? fallback : offset - (offset % limit),
    player: player ?? own,
  };
}

function parseOffset(text) {
  return /^\d{1,10}$/.test(text) && Number(text) <= MAX_OFFSET ? Number(text) : null;
}

export function formatAddress({ window, offset, player }, kinds, own) {
  const parameters = new URLSearchParams();
  if (window !== kinds[0]) parameters.set("window", window);
  const isNamed = player !== null && (player !== own || offset === null);
  if (offset !== null && (isNamed || offset > 0)) parameters.set("offset", String(offset));
  if (isNamed) parameters.set("player", player);
  const text = parameters.toString();
  return text === "" ? "" : `#${text}`;
}
