/**
 * Asks the board's API. Every address is relative to the page's folder, so that the page works behind any path.
 *
 * Each `fetch…` function throws Unreachable (Refused) or Missing, or the signal's reason when it is aborted. `pin` is the `asOf` of
 * the snapshot to read, so that answers agree with one another. With null, and where that snapshot is gone, the newest
 * snapshot is read.
 *
 * A player stands in the query, not in the path: there an id that nobody has is an answer like any other, which is cached
 * and no error. CloudFront signs paths, and it is not certain that it writes `:` and `@` in them as the API does.
 * @module
 */

/** Matches a player id. */
export const PLAYER_ID = /^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$/;

/** Milliseconds that the page waits for an answer. */
const TIMEOUT = 15_000;

/** The API gave no usable answer: there is no network, or it answered an error or something that is not its JSON. */
export class Unreachable extends Error {}

/** The API answered an error of its own; the message is what it says of it, for a person. */
export class Refused extends Unreachable {}

/** The API answered 404 or 400: it does not have the window or the player that was asked for. */
export class Missing extends Error {}

/** The API answered 410: the snapshot that was asked for can no longer be read. */
class Gone extends Error {}

/** The error for a status that the API may answer; Refused for any other. */
const ERRORS = new Map([[400, Missing], [404, Missing], [410, Gone]]);

/**
 * Fetches one page of a ranking, with the entries around a player where one is followed.
 * @param {Page.Scope} scope
 * @param {number} offset
 * @param {number} limit
 * @param {string | null} player
 * @param {string | null} pin
 * @param {AbortSignal} signal
 * @returns {Promise<Page.Answer<Api.Leaderboard>>}
 */
export function fetchLeaderboard(scope, offset, limit, player, pin, signal) {
  const query = { ...scope, offset: String(offset), limit: String(limit), ...(player !== null && { player }) };
  return fetchPinned("v1/leaderboard", query, pin, signal);
}

/**
 * Fetches the entries around a player; Missing where the player has none.
 * @param {string} id
 * @param {Page.Scope} scope
 * @param {number} span entries on each side of the player
 * @param {string | null} pin
 * @param {AbortSignal} signal
 * @returns {Promise<Page.Answer<Api.Found>>}
 */
export async function fetchNeighbours(id, scope, span, pin, signal) {
  /** @type {Page.Answer<Api.Found>} */
  const answer = await fetchPinned("v1/players", { ids: id, ...scope, span: String(span) }, pin, signal);
  if (answer.body.entries.length === 0) throw new Missing(`no entry for the player ${id}`);
  return answer;
}

/**
 * Fetches the players who have an id, or whose name begins with a text. Without a pin, whoever looks for the same asks with
 * one address, which caches know.
 * @param {{ ids: string } | { name: string }} by
 * @param {string} window
 * @param {AbortSignal} signal
 * @returns {Promise<Page.Answer<Api.Found>>}
 */
export const fetchPlayers = (by, window, signal) => fetchAnswer("v1/players", { ...by, window }, signal, "entries");

/**
 * Fetches the values of segments that somebody is in.
 * @param {string} window
 * @param {AbortSignal} signal
 * @returns {Promise<Page.Answer<Api.Segments>>}
 */
export const fetchSegments = (window, signal) => fetchAnswer("v1/segments", { window }, signal, "segments");

/**
 * Fetches the current windows and those that are kept.
 * @param {AbortSignal} signal
 * @returns {Promise<Page.Answer<Api.Windows>>}
 */
export const fetchWindows = (signal) => fetchAnswer("v1/windows", {}, signal, "windows");

/**
 * Says whether a value is an object, whose fields can be looked at.
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
const isObject = (value) => typeof value === "object" && value !== null;

/**
 * Recognises a problem that the API itself reports: a proxy on the way may answer an error with a page of its own.
 * @param {unknown} body
 * @param {number} status the status of the response that has this body
 * @returns {body is Api.Problem}
 */
const isProblem = (body, status) => isObject(body) && body.status === status && typeof body.detail === "string";

/**
 * Fetches an answer from the snapshot `pin`, or from the newest where there is no pin or its snapshot is gone.
 * @template {{ as_of?: string | null; board: string }} Body
 * @param {string} path
 * @param {Record<string, string>} query
 * @param {string | null} pin
 * @param {AbortSignal} signal
 * @returns {Promise<Page.Answer<Body>>}
 */
async function fetchPinned(path, query, pin, signal) {
  try {
    return await fetchAnswer(path, pin === null ? query : { ...query, as_of: pin }, signal, "entries");
  } catch (error) {
    if (pin === null || !(error instanceof Gone)) throw error;
    return fetchAnswer(path, query, signal, "entries");
  }
}

/**
 * Fetches an answer and sorts failures into the errors above.
 * @template {{ as_of?: string | null; board: string }} Body
 * @param {string} path
 * @param {Record<string, string>} query
 * @param {AbortSignal} signal
 * @param {string} list the field without which an answer can't be shown
 * @returns {Promise<Page.Answer<Body>>}
 */
async function fetchAnswer(path, query, signal, list) {
  const { response, body } = await fetchJson(`${path}?${new URLSearchParams(query)}`.replace(/\?$/, ""), signal);
  const { status } = response;
  if (isProblem(body, status)) throw new (ERRORS.get(status) ?? Refused)(body.detail);
  if (!response.ok || !isObject(body) || !Array.isArray(body[list])) {
    throw new Unreachable(`${path} answered ${status}`);
  }
  const answer = /** @type {Body} */ (body);
  // After a rebuild that changed nothing the API answers 304: then the browser's stored body is older than the header.
  const asOf = pickNewest(response.headers.get("As-Of"), answer.as_of ?? null);
  return { body: answer, asOf, skew: measureSkew(response) };
}

/**
 * Fetches an address and parses its JSON; the body of an error that is not JSON is null.
 * @param {string} address
 * @param {AbortSignal} signal
 * @returns {Promise<{ response: Response, body: unknown }>}
 */
async function fetchJson(address, signal) {
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

/**
 * Picks the latest of some times, as text; null if none of them is a time.
 * @param {...(string | null)} times
 */
function pickNewest(...times) {
  let newest = null;
  for (const time of times) {
    if (time === null || Number.isNaN(Date.parse(time))) continue;
    if (newest === null || Date.parse(time) > Date.parse(newest)) newest = time;
  }
  return newest;
}

/**
 * Measures how many milliseconds the server's clock is ahead. Readers' clocks are often wrong; a countdown and "stale"
 * must not be.
 * @param {Response} response
 */
function measureSkew(response) {
  const date = Date.parse(response.headers.get("Date") ?? "");
  const cached = Number(response.headers.get("Age") ?? 0) * 1000;
  return Number.isNaN(date + cached) ? 0 : date + cached - Date.now();
}
