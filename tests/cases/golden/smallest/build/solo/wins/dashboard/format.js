
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const LOCALE = "en-GB";

const numberFormat = new Intl.NumberFormat(LOCALE);
const MOMENT = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const momentFormat = new Intl.DateTimeFormat(LOCALE, MOMENT);
const momentWithYearFormat = new Intl.DateTimeFormat(LOCALE, { ...MOMENT, year: "numeric" });

const zoneFormat = new Intl.DateTimeFormat(LOCALE, { timeZoneName: "short" });

export const formatZone = (time) =>
  zoneFormat.formatToParts(time).find((part) => part.type === "timeZoneName")?.value ?? "";

export const formatCount = (number) => numberFormat.format(number);

export function parseTime(text) {
  const time = typeof text === "string" ? Date.parse(text) : NaN;
  return Number.isNaN(time) ? null : time;
}

export function formatAge(milliseconds) {
  const length = Math.max(0, milliseconds);
  const [size, unit] = pickUnit(length);
  const number = Math.floor(length / size);
  return `${formatCount(number)} ${unit}${number === 1 ? "" : "s"}`;
}

function pickUnit(length) {
  if (length < MINUTE) return [SECOND, "second"];
  if (length < HOUR) return [MINUTE, "minute"];
  if (length < 2 * DAY) return [HOUR, "hour"];
  return [DAY, "day"];
}

export function splitCountdown(milliseconds) {
  const left = Math.max(0, Math.ceil(milliseconds / SECOND)) * SECOND;
  const days = Math.floor(left / DAY);
  const twoDigits = (size, wrap) => String(Math.floor(left / size) % wrap).padStart(2, "0");
  const clock = [[twoDigits(HOUR, 24), "h"], [twoDigits(MINUTE, 60), "m"], [twoDigits(SECOND, 60), "s"]];
  return days > 0 ? [[String(days), "d"], ...clock] : clock;
}

export function formatPeriod(starts, ends, now) {
  if (starts === null || ends === null) return "Every activity counts";
  const year = new Date(now).getFullYear();
  const isThisYear = [starts, ends].every((time) => new Date(time).getFullYear() === year);
  const format = isThisYear ? momentFormat : momentWithYearFormat;
  const [before, after] = [formatZone(starts), formatZone(ends)];
  return `${format.format(starts)}${before === after ? "" : ` ${before}`} – ${format.format(ends)} ${after}`;
}
