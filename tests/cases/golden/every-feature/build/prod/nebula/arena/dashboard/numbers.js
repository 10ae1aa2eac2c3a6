import { formatCount } from "./format.js";

export function makeScoreFormat(
  { decimals, before = "", after = "", digits = decimals, seconds = 0, ordinal = false },
) {
  const size = 10n ** BigInt(digits);
  return (score) => {
    if (typeof score !== "number") return "–";
    const scaled = BigInt(Math.abs(score).toFixed(decimals).replace(".", "")) * BigInt(seconds || 1);
    const whole = scaled / size;
    const rest = digits > 0 ? `.${pad(scaled % size, digits)}` : "";
    const body = seconds ? writeClock(whole, rest) : formatCount(whole) + (ordinal ? findEnding(Number(whole)) : rest);
    return (score < 0 ? "-" : "") + before + body + after;
  };
}

const pad = (number, digits) => String(number).padStart(digits, "0");

function writeClock(whole, rest) {
  const [hours, minutes, seconds] = [whole / 3600n, whole / 60n % 60n, whole % 60n];
  if (hours > 0n) return `${formatCount(hours)}:${pad(minutes, 2)}:${pad(seconds, 2)}${rest}`;
  return minutes > 0n ? `${minutes}:${pad(seconds, 2)}${rest}` : `${seconds}${rest} s`;
}

function findEnding(place) {
  const isTeen = place % 100 > 10 && place % 100 < 14;
  return (isTeen ? null : ["th", "st", "nd", "rd"][place % 10]) ?? "th";
}
