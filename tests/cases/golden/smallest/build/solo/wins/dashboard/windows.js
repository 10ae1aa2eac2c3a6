
import { formatZone, LOCALE } from "./format.js";

const ID_PATTERNS = [
  [/^all-time$/, "all_time"],
  [/^rolling-\d{1,2}d$/, "rolling"],
  [/^\d{4}-\d\d-\d\dT\d\d$/, "hour"],
  [/^\d{4}-\d\d-\d\d$/, "day"],
  [/^(\d{4}-W\d\d|week-\d{4}-\d\d-\d\d)$/, "week"],
  [/^\d{4}-\d\d$/, "month"],
  [/^[a-z][a-z0-9-]{0,31}$/, "season"],
];

export function findKind(text, kinds) {
  const named = kinds.find((kind) => kind === text);
  if (named !== undefined) return named;
  const matched = ID_PATTERNS.find(([pattern]) => pattern.test(text))?.[1];
  return kinds.find((kind) => kind === matched) ?? null;
}

export const closes = (kind) => kind !== "all_time" && kind !== "rolling";

export const HEADINGS = { hour: "Hours", day: "Days", week: "Weeks", month: "Months", season: "Seasons" };

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

const makeDateFormat = (options) => new Intl.DateTimeFormat(LOCALE, { timeZone: "UTC", ...options });

export function nameWindow(id, kind, year) {
  if (kind === "season") return id.charAt(0).toUpperCase() + id.slice(1).replaceAll("-", " ");
  const start = id.replace("week-", "");
  const isOtherYear = Number(start.slice(0, 4)) !== year;
  if (kind === "week" && start === id) return `Week ${Number(id.slice(6))}${isOtherYear ? `, ${id.slice(0, 4)}` : ""}`;
  const time = new Date(kind === "hour" ? `${id}:00:00Z` : start);
  if (Number.isNaN(time.getTime())) return id;
  if (kind === "hour") return `${hourFormat.format(time)} ${formatZone(time.getTime())}`;
  if (kind === "month") return makeDateFormat({ month: "long", year: "numeric" }).format(time);
  const date = { day: "numeric", month: "short", ...(isOtherYear && { year: "numeric" }) };
  if (kind === "week") return `Week of ${makeDateFormat(date).format(time)}`;
  return makeDateFormat({ weekday: "short", ...date }).format(time);
}

export function listChoices(windows, kind, label, chosen, year, isFinal) {
  const describe = (id, isSealed) => `${nameWindow(id, kind, year)} (${isSealed ? "final" : "not final yet"})`;
  const choices = [[kind, label]];
  for (const { id, every, current, sealed } of windows) {
    if (every === kind && !current) choices.push([id, describe(id, sealed || (isFinal && id === chosen))]);
  }
  if (choices.some(([value]) => value === chosen)) return choices;
  return [...choices, [chosen, isFinal ? describe(chosen, true) : nameWindow(chosen, kind, year)]];
}
