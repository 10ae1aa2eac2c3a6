// Windows by their ids: of which kind one is, and what people call it. Pure.

const IDS = [
  [/^all-time$/, "all_time"],
  [/^rolling-\d{1,2}d$/, "rolling"],
  [/^\d{4}-\d\d-\d\dT\d\d$/, "hour"],
  [/^\d{4}-\d\d-\d\d$/, "day"],
  [/^(\d{4}-W\d\d|week-\d{4}-\d\d-\d\d)$/, "week"],
  [/^\d{4}-\d\d$/, "month"],
  [/^[a-z][a-z0-9-]{0,31}$/, "season"],
];

/** The kind of window that `text` names, by kind or by id; null for what names none of `kinds`. */
export function kindOf(text, kinds) {
  if (kinds.includes(text)) return text;
  const kind = IDS.find(([pattern]) => pattern.test(text))?.[1];
  return kinds.includes(kind) ? kind : null;
}

/** Whether windows of this kind end, and are kept. */
export const closes = (kind) => kind !== "all_time" && kind !== "rolling";

// A day's, week's and month's id has the date of the board's zone, whatever the reader's is.
const written = (options) => new Intl.DateTimeFormat(undefined, { timeZone: "UTC", ...options });
const hours = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });

/** "2026-W46" -> "Week 46", with the year where that is not `year`. An id that no calendar has is its own name. */
export function nameOf(id, kind, year) {
  if (kind === "season") return id[0].toUpperCase() + id.slice(1).replaceAll("-", " ");
  const start = id.replace("week-", "");
  const other = Number(start.slice(0, 4)) !== year;
  if (kind === "week" && start === id) return `Week ${Number(id.slice(6))}${other ? `, ${id.slice(0, 4)}` : ""}`;
  const time = new Date(kind === "hour" ? `${id}:00:00Z` : start);
  if (Number.isNaN(time.getTime())) return id;
  if (kind === "hour") return hours.format(time);
  if (kind === "month") return written({ month: "long", year: "numeric" }).format(time);
  const date = { day: "numeric", month: "short", ...(other && { year: "numeric" }) };
  return kind === "week" ? `Week of ${written(date).format(time)}` : written({ weekday: "short", ...date }).format(time);
}

/**
 * What a reader can choose of one kind, the current window first: [[value, text], ...], a value being the kind or an id.
 * @param listed windows as the API lists them
 * @param label what the page calls the current window
 * @param chosen the window that is shown, which is always among them
 * @param final whether its own answer says that it is final: the list may be older
 */
export function choices(listed, kind, label, chosen, year, final) {
  const past = listed.filter((window) => window.every === kind && !window.current);
  const named = (id, sealed) => `${nameOf(id, kind, year)} (${sealed ? "final" : "not final yet"})`;
  const found = past.map(({ id, sealed }) => [id, named(id, sealed || (final && id === chosen))]);
  const all = [[kind, label], ...found];
  if (all.some(([value]) => value === chosen)) return all;
  return [...all, [chosen, final ? named(chosen, true) : nameOf(chosen, kind, year)]];
}
