/**
 * Writes the numbers of columns as people read them. The runtime's numbers.py does the same for events.
 * @module
 */
import { formatCount } from "./format.js";

/**
 * Makes the function that writes the numbers of a column, with each of their digits and no other.
 * @param {Page.Reading} reading
 * @returns {Page.FormatScore}
 */
export function makeScoreFormat(
  { decimals, before = "", after = "", digits = decimals, seconds = 0, ordinal = false },
) {
  const size = 10n ** BigInt(digits);
  return (score) => {
    if (typeof score !== "number") return "–";
    // Whole numbers alone: a score may have 15 digits, and steps of seconds even more than a number holds.
    const scaled = BigInt(Math.abs(score).toFixed(decimals).replace(".", "")) * BigInt(seconds || 1);
    const whole = scaled / size;
    const rest = digits > 0 ? `.${pad(scaled % size, digits)}` : "";
    const body = seconds ? writeClock(whole, rest) : formatCount(whole) + (ordinal ? findEnding(Number(whole)) : rest);
    return (score < 0 ? "-" : "") + before + body + after;
  };
}

/**
 * Writes a number with zeros before it.
 * @param {bigint} number
 * @param {number} digits
 */
const pad = (number, digits) => String(number).padStart(digits, "0");

/**
 * Writes a length of time: "54.460 s", "1:32.417", "1:02:03.004".
 * @param {bigint} whole seconds
 * @param {string} rest what stands behind the seconds
 */
function writeClock(whole, rest) {
  const [hours, minutes, seconds] = [whole / 3600n, whole / 60n % 60n, whole % 60n];
  if (hours > 0n) return `${formatCount(hours)}:${pad(minutes, 2)}:${pad(seconds, 2)}${rest}`;
  return minutes > 0n ? `${minutes}:${pad(seconds, 2)}${rest}` : `${seconds}${rest} s`;
}

/**
 * Finds the letters behind a place: 1st, 2nd, 3rd, 4th, 11th.
 * @param {number} place
 */
function findEnding(place) {
  const isTeen = place % 100 > 10 && place % 100 < 14;
  return (isTeen ? null : ["th", "st", "nd", "rd"][place % 10]) ?? "th";
}
