
export const PLAYER_ID = /^[A-Za-z0-9][A-Za-z0-9._~:@-]{0,127}$/;

const TIMEOUT = 15_000;

export class Unreachable extends Error {}

export class Refused extends Unreachable {}

export class Missing extends Error {}

class Gone extends Error {}

const ERRORS = new Map([[400, Missing], [404, Missing], [410, Gone]]);

export function fetchLeaderboard(window, offset, limit, pin, signal) {
  const query = { window, offset: String(offset), limit: String(limit) };
  return fetchPinned("v1/leaderboard", query, pin, signal, isLeaderboard);
}

export async function fetchNeighbours(id, window, span, pin, signal) {
  const answer = await fetchPinned("v1/players", { ids: id, window, span: String(span) }, pin, signal, isNeighbours);
  requireFirst(answer.body.entries, id);
  return answer;
}

export async function fetchPlayer(id, window, pin, signal) {
  const { body, ...answer } = await fetchPinned("v1/players", { ids: id, window }, pin, signal, isFound);
  return { ...answer, body: { ...body, entry: requireFirst(body.entries, id) } };
}

function requireFirst(entries, id) {
  const [first] = entries;
  if (first === undefined) throw new Missing(`no entry for the player ${id}`);
  return first;
}

export function fetchWindows(signal) {
  return fetchAnswer("v1/windows", {}, signal, isWindows);
}

const isObject = (value) => typeof value === "object" && value !== null;

const isLeaderboard = (body) => isObject(body) && Array.isArray(body.entries);

const isNeighbours = (body) => isObject(body) && Array.isArray(body.entries);

const isFound = (body) => isObject(body) && Array.isArray(body.entries);

const isWindows = (body) => isObject(body) && Array.isArray(body.windows);

const isProblem = (body, status) => isObject(body) && body.status === status && typeof body.detail === "string";

async function fetchPinned(path, query, pin, signal, isUsable) {
  if (pin === null) return fetchAnswer(path, query, signal, isUsable);
  try {
    return await fetchAnswer(path, { ...query, as_of: pin }, signal, isUsable);
  } catch (error) {
    if (!(error instanceof Gone)) throw error;
    return fetchAnswer(path, query, signal, isUsable);
  }
}

async function fetchAnswer(path, query, signal, isUsable) {
  const { response, body } = await fetchJson(`${path}?${new URLSearchParams(query)}`.replace(/\?$/, ""), signal);
  const { status } = response;
  if (isProblem(body, status)) throw new (ERRORS.get(status) ?? Refused)(body.detail);
  if (!response.ok || !isUsable(body)) throw new Unreachable(`${path} answered ${status}`);
  const asOf = pickNewest(response.headers.get("As-Of"), body.as_of ?? null);
  return { body, asOf, skew: measureSkew(response) };
}

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

function pickNewest(...times) {
  let newest = null;
  for (const time of times) {
    if (time === null || Number.isNaN(Date.parse(time))) continue;
    if (newest === null || Date.parse(time) > Date.parse(newest)) newest = time;
  }
  return newest;
}

function measureSkew(response) {
  const date = Date.parse(response.headers.get("Date") ?? "");
  const cached = Number(response.headers.get("Age") ?? 0) * 1000;
  return Number.isNaN(date + cached) ? 0 : date + cached - Date.now();
}
