// The board's API. Every address is relative to the page's folder, so the page works behind any path.

/** What a player id may be. Each of its characters is legal in a path, so ids are written there as they are. */
export const PLAYER_ID = /^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$/;

const TIMEOUT = 15_000;

/** The API gave no answer that can be used: no network, an error, or something that is not its JSON. */
export class Unreachable extends Error {}

/** The API answered that there is no such window or player, or that none can be called that. */
export class Missing extends Error {}

/*
 * Each call gives {body, asOf, skew}. asOf: the time this answer holds for, as the API writes it, or null;
 * skew: milliseconds that the server's clock is ahead of this one.
 * `pin` is the asOf of the snapshot to read, so that answers agree with one another; null for the newest, which is also
 * read where that snapshot is gone. Each throws Unreachable, Missing, or AbortError when aborted.
 */

/** One page of a window's ranking. `window`: a kind of window, or the id of one. */
export const leaderboard = (window, offset, limit, pin, signal) =>
  pinned("v1/leaderboard", { window, offset, limit }, pin, signal, (body) => Array.isArray(body.entries));

/** The entries around a player, `span` on each side. */
export const neighbours = (id, window, span, pin, signal) =>
  pinned(`v1/players/${id}/neighbours`, { window, span }, pin, signal, (body) => Array.isArray(body.entries));

/** One player's place in a window. */
export const player = (id, window, pin, signal) =>
  pinned(`v1/players/${id}`, { window }, pin, signal, (body) => Boolean(body.entry));

/** The current windows and the kept ones. */
export const windows = (signal) => read("v1/windows", {}, signal, (body) => Array.isArray(body.windows));

/** A snapshot was asked for that can no longer be read. */
class Gone extends Error {}

async function pinned(path, query, pin, signal, usable) {
  if (pin === null) return read(path, query, signal, usable);
  try {
    return await read(path, { ...query, as_of: pin }, signal, usable);
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    return read(path, query, signal, usable);
  }
}

async function read(path, query, signal, usable) {
  const { response, body } = await get(`${path}?${new URLSearchParams(query)}`.replace(/\?$/, ""), signal);
  // Only the API's own problems count: anything on the way may answer 404 with a page of its own.
  const problem = body?.status === response.status ? response.status : null;
  if (problem === 404 || problem === 400) throw new Missing(body.detail);
  if (problem === 410) throw new Gone(body.detail);
  if (!response.ok || !body || !usable(body)) throw new Unreachable(`${path} answered ${response.status}`);
  const header = response.headers.get("As-Of");
  // A rebuild that changed nothing answers 304: the stored body then tells an older time than the header.
  const asOf = [header, body.as_of].filter((time) => !Number.isNaN(Date.parse(time)))
    .sort((a, b) => Date.parse(b) - Date.parse(a))[0] ?? null;
  return { body, asOf, skew: ahead(response) };
}

async function get(address, signal) {
  const controller = new AbortController();
  const abort = () => controller.abort(signal.reason);
  const timer = setTimeout(() => controller.abort(new Unreachable("no answer in time")), TIMEOUT);
  signal.addEventListener("abort", abort);
  try {
    signal.throwIfAborted();
    const response = await fetch(address, { cache: "no-cache", signal: controller.signal });
    const body = await response.json().catch((error) => {
      if (response.ok || controller.signal.aborted) throw error;
      return null;
    });
    return { response, body };
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
