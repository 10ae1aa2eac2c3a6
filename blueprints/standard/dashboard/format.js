/**
 * Writes numbers, times and ages as text. Pure functions.
 * @module
 */

/** Milliseconds of each unit. */
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/**
 * The notation of numbers and dates: that of the English words beside them, whatever language the browser speaks. Months
 * are words and hours go to 24, so that nobody takes a day for a month or a morning for an evening.
 */
export const LOCALE = "en-GB";

const numberFormat = new Intl.NumberFormat(LOCALE);
/** @type {Intl.DateTimeFormatOptions} */
const MOMENT = { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const momentFormat = new Intl.DateTimeFormat(LOCALE, { ...MOMENT, weekday: "short" });
// Without a day of the week, so that it is no longer: on a phone a period has room for two lines.
const momentWithYearFormat = new Intl.DateTimeFormat(LOCALE, { ...MOMENT, year: "numeric" });

const zoneFormat = new Intl.DateTimeFormat(LOCALE, { timeZoneName: "short" });

/**
 * Names the reader's time zone, as it is at a time: "CET", "GMT-5".
 * @param {number} time epoch milliseconds
 */
export const formatZone = (time) =>
  zoneFormat.formatToParts(time).find((part) => part.type === "timeZoneName")?.value ?? "";

/**
 * Writes a whole number: 12408 -> "12,408".
 * @param {number | bigint} number
 */
export const formatCount = (number) => numberFormat.format(number);

/**
 * Reads an RFC 3339 time as epoch milliseconds; null where there is none.
 * @param {string | null | undefined} text
 */
export function parseTime(text) {
  const time = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : time;
}

/**
 * Writes a length of time in the largest unit that fits: 90_000 -> "1 minute".
 * @param {number} milliseconds
 */
export function formatAge(milliseconds) {
  const length = Math.max(0, milliseconds);
  const [size, unit] = pickUnit(length);
  const number = Math.floor(length / size);
  return `${formatCount(number)} ${unit}${number === 1 ? "" : "s"}`;
}

/**
 * Picks the unit of a length of time. Days begin at two, so that "30 hours" keeps its precision.
 * @param {number} length in milliseconds
 * @returns {[number, string]}
 */
function pickUnit(length) {
  if (length < MINUTE) return [SECOND, "second"];
  if (length < HOUR) return [MINUTE, "minute"];
  if (length < 2 * DAY) return [HOUR, "hour"];
  return [DAY, "day"];
}

/**
 * Splits the time left into digits and units: [["2", "d"], ["04", "h"], ["13", "m"], ["09", "s"]]; below one day without
 * days.
 * @param {number} milliseconds
 * @returns {[string, string][]}
 */
export function splitCountdown(milliseconds) {
  const left = Math.max(0, Math.ceil(milliseconds / SECOND)) * SECOND;
  const days = Math.floor(left / DAY);
  /** @type {(size: number, wrap: number) => string} */
  const twoDigits = (size, wrap) => String(Math.floor(left / size) % wrap).padStart(2, "0");
  /** @type {[string, string][]} */
  const clock = [[twoDigits(HOUR, 24), "h"], [twoDigits(MINUTE, 60), "m"], [twoDigits(SECOND, 60), "s"]];
  return days > 0 ? [[String(days), "d"], ...clock] : clock;
}

/**
 * Writes when a window starts and ends, in the reader's time zone, which it names; twice where the clock changes between.
 * With years, and without days of the week, unless both are the year of `now`.
 * @param {number | null} starts epoch milliseconds
 * @param {number | null} ends epoch milliseconds
 * @param {number} now epoch milliseconds
 */
export function formatPeriod(starts, ends, now) {
  if (starts === null || ends === null) return "Every activity counts";
  const year = new Date(now).getFullYear();
  const isThisYear = [starts, ends].every((time) => new Date(time).getFullYear() === year);
  const format = isThisYear ? momentFormat : momentWithYearFormat;
  const [before, after] = [formatZone(starts), formatZone(ends)];
  return `${format.format(starts)}${before === after ? "" : ` ${before}`} – ${format.format(ends)} ${after}`;
}
