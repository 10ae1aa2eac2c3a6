// Numbers, times and ages as text. Pure: what is needed comes in, text goes out.

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const whole = new Intl.NumberFormat();
const MOMENT = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const moment = new Intl.DateTimeFormat(undefined, MOMENT);
const dated = new Intl.DateTimeFormat(undefined, { ...MOMENT, year: "numeric" });

/** 12408 -> "12,408" in the reader's own notation. */
export const count = (number) => whole.format(number);

/** A function that writes a score with exactly `decimals` places. */
export function scores(decimals) {
  const format = new Intl.NumberFormat(undefined, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return (number) => (typeof number === "number" ? format.format(number) : "–");
}

/** An RFC 3339 time -> epoch milliseconds, or null when there is none. */
export function instant(text) {
  const time = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : time;
}

/** A length of time in one unit, in words: 90_000 -> "1 minute". */
export function age(milliseconds) {
  const length = Math.max(0, milliseconds);
  const [size, unit] = length < MINUTE ? [SECOND, "second"]
    : length < HOUR ? [MINUTE, "minute"]
    : length < 2 * DAY ? [HOUR, "hour"]
    : [DAY, "day"];
  const number = Math.floor(length / size);
  return `${count(number)} ${unit}${number === 1 ? "" : "s"}`;
}

/** What is left, as pairs of digits and unit: [["2", "d"], ["04", "h"], ["13", "m"], ["09", "s"]]; no days when under one. */
export function countdown(milliseconds) {
  const left = Math.max(0, Math.ceil(milliseconds / SECOND)) * SECOND;
  const days = Math.floor(left / DAY);
  const two = (size, wrap) => String(Math.floor(left / size) % wrap).padStart(2, "0");
  const clock = [[two(HOUR, 24), "h"], [two(MINUTE, 60), "m"], [two(SECOND, 60), "s"]];
  return days > 0 ? [[String(days), "d"], ...clock] : clock;
}

/** When a window runs, in the reader's time zone; with the years where they are not both that of `now`. */
export function span(starts, ends, now) {
  if (starts === null || ends === null) return "Every activity counts";
  const year = (time) => new Date(time).getFullYear();
  const words = [starts, ends].every((time) => year(time) === year(now)) ? moment : dated;
  return `${words.format(starts)} – ${words.format(ends)}`;
}
