/**
 * Tells windows apart by their ids and names them for people. Pure functions.
 * @module
 */

import { formatZone, LOCALE } from "./format.js";

/**
 * What the ids of each kind of window look like. A season's id is its name, so its pattern stands last.
 * @type {[RegExp, Api.Kind][]}
 */
const ID_PATTERNS = [
  [/^all-time$/, "all_time"],
  [/^rolling-\d{1,2}d$/, "rolling"],
  [/^\d{4}-\d\d-\d\dT\d\d$/, "hour"],
  [/^\d{4}-\d\d-\d\d$/, "day"],
  [/^(\d{4}-W\d\d|week-\d{4}-\d\d-\d\d)$/, "week"],
  [/^\d{4}-\d\d$/, "month"],
  [/^[a-z][a-z0-9-]{0,31}$/, "season"],
];

/**
 * Finds the kind of window that a text names, by kind or by id; null where the board has no such kind.
 * @param {string} text
 * @param {Page.Kinds} kinds
 */
export function findKind(text, kinds) {
  const named = kinds.find((kind) => kind === text);
  if (named !== undefined) return named;
  const matched = ID_PATTERNS.find(([pattern]) => pattern.test(text))?.[1];
  return kinds.find((kind) => kind === matched) ?? null;
}

/**
 * Says whether windows of this kind end and are kept.
 * @param {Api.Kind} kind
 */
export const closes = (kind) => kind !== "all_time" && kind !== "rolling";

/**
 * What the list of windows says above those of each kind.
 * @type {Record<string, string>}
 */
export const HEADINGS = { hour: "Hours", day: "Days", week: "Weeks", month: "Months", season: "Seasons" };

/**
 * Says that no window of a kind takes activities now: as a sentence, in a word, as a note behind its name, and
 * of which list earlier ones are.
 * @param {string} kind
 */
export const describeGap = (kind) =>
  kind === "season"
    ? { sentence: "No season is on", word: "No season", note: "none now", earlier: "Earlier seasons" }
    : { sentence: "Closed right now", word: "Closed", note: "closed now", earlier: "Earlier ones" };

const hourFormat = new Intl.DateTimeFormat(LOCALE, {
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
});

/**
 * Makes the format of a date in an id. The id of a day, week or month has the date in the board's time zone, whatever the
 * reader's is; so it is read and written as UTC.
 * @param {Intl.DateTimeFormatOptions} options
 */
const makeDateFormat = (options) => new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", ...options });

/**
 * Names a window for people: "2026-W46" -> "Week 46, 2026". An id whose date does not exist stays as it is.
 * @param {string} id
 * @param {Api.Kind} kind
 * @param {number} [year] the year that the name leaves out
 */
export function nameWindow(id, kind, year) {
  if (kind === "season") return id.charAt(0).toUpperCase() + id.slice(1).replaceAll("-", " ");
  const start = id.replace("week-", "");
  const isOtherYear = Number(start.slice(0, 4)) !== year;
  if (kind === "week" && start === id) return `Week ${Number(id.slice(6))}${isOtherYear ? `, ${id.slice(0, 4)}` : ""}`;
  const time = new Date(kind === "hour" ? `${id}:00:00Z` : start);
  if (Number.isNaN(time.getTime())) return id;
  if (kind === "hour") return `${hourFormat.format(time)} ${formatZone(time.getTime())}`;
  if (kind === "month") return makeDateFormat({ month: "long", year: "numeric" }).format(time);
  /** @type {Intl.DateTimeFormatOptions} */
  const date = { day: "numeric", month: "short", ...(isOtherYear && { year: "numeric" }) };
  if (kind === "week") return `Week of ${makeDateFormat(date).format(time)}`;
  return makeDateFormat({ weekday: "short", ...date }).format(time);
}

/**
 * Lists what a reader can choose of one kind, the current window first, each as [value, text]; a value is the kind or an id.
 * @param {Api.ListedWindow[]} windows those that the API lists
 * @param {Api.Kind} kind
 * @param {string} label what the page calls the current window
 * @param {string} chosen the window that is shown, which is always in the list
 * @param {number} year the year that names leave out
 * @param {boolean} isFinal whether the chosen window's own answer says that it is final: `windows` may be older
 * @returns {[string, string][]}
 */
export function listChoices(windows, kind, label, chosen, year, isFinal) {
  /** @type {(id: string, isSealed: boolean) => string} */
  const describe = (id, isSealed) => `${nameWindow(id, kind, year)} (${isSealed ? "final" : "not final yet"})`;
  /** @type {[string, string][]} */
  const choices = [[kind, label]];
  for (const { id, every, current, sealed } of windows) {
    if (every === kind && !current) choices.push([id, describe(id, sealed || (isFinal && id === chosen))]);
  }
  if (choices.some(([value]) => value === chosen)) return choices;
  return [...choices, [chosen, isFinal ? describe(chosen, true) : nameWindow(chosen, kind, year)]];
}
