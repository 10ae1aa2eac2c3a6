// The board's API. Every address is relative to the page's folder, so the page works behind any path.

/** What a player id may be. Each of its characters is legal in a path, so ids are written there as they are. */
export const PLAYER_ID = /^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$/;

const TIMEOUT = 15_000;

/** The API gave no answer that can be used: no network, an error, or something that is not its JSON. */
export class Unreachable extends Error {}

/**
 * One page of a window's ranking.
 * @returns {Promise<{body: object, asOf: string|null, skew: number}>} asOf: the time this answer holds for;
 *   skew: milliseconds that the server's clock is ahead of this one. Throws Unreachable, or AbortError when aborted.
 */
export async function leaderboard(window, offset, limit, signal) {
  const answer = await get(`v1/leaderboard?window=${encodeURIComponent(window)}&offset=${offset}&limit=${limit}`, signal);
  if (!answer.response.ok || !Array.isArray(answer.body?.entries)) {
    throw new Unreachable(`the leaderboard answered ${answer.response.status}`);
  }
  const header = answer.response.headers.get("As-Of");
  // A rebuild that changed nothing answers 304: the stored body then tells an older time than the header.
  const asOf = [header, answer.body.as_of].filter((time) => !Number.isNaN(Date.parse(time)))
    .sort((a, b) => Date.parse(b) - Date.parse(a))[0] ?? null;
  return { body: answer.body, asOf, skew: answer.skew };
}

/** One player's place in a window: the answer's body, or null for one with no entry. Throws as leaderboard does. */
export async function player(id, window, signal) {
  const { response, body } = await get(`v1/players/${id}?window=${encodeURIComponent(window)}`, signal);
  if (response.status === 404) return null;
  if (!response.ok || !body?.entry) throw new Unreachable(`the player's address answered ${response.status}`);
  return body;
}

async function get(address, signal) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(new Unreachable("no answer in time")), TIMEOUT);
  signal.addEventListener("abort", abort);
  try {
    signal.throwIfAborted();
    const response = await fetch(address, { cache: "no-cache", signal: controller.signal });
    // A 404 from something before the API may not be JSON; only its status matters then.
    const body = await response.json().catch((error) => {
      if (response.ok || controller.signal.aborted) throw error;
      return null;
    });
    return { response, body, skew: ahead(response) };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw error instanceof Unreachable ? error : new Unreachable("no usable answer", { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}

/** How far the server's clock is ahead. Readers' clocks are often wrong; a countdown and "stale" must not be. */
function ahead(response) {
  const date = Date.parse(response.headers.get("Date"));
  const cached = Number(response.headers.get("Age") ?? 0) * 1000;
  return Number.isNaN(date + cached) ? 0 : date + cached - Date.now();
}
