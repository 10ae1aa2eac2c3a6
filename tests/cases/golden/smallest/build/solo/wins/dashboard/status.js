// What the page says of what it shows. Pure.
// `shown`: {window: what was asked for, body: the answer, asOf, gap: there is no such window now}; `now`: the server's clock.
import { age, count, instant, span } from "./format.js";
import { closes } from "./windows.js";

/** Whether a window is one of the past, and not the current one of its kind about to give way to the next. */
export function ended(shown, kinds, now) {
  const { window } = shown.body;
  const ends = instant(window?.ends_at);
  return Boolean(window?.sealed) || (!kinds.includes(shown.window) && closes(window?.every) && ends !== null && ends <= now);
}

/** The countdown: [label, milliseconds left or a word, when the window runs]. `shown` is null where that is not known. */
export function resetOf(shown, kinds, now) {
  if (shown === null) return ["\u00a0", "", "\u00a0"];
  if (shown.gap) return ["Between seasons", "No season", "\u00a0"];
  const { window } = shown.body;
  const ends = instant(window?.ends_at);
  if (ends === null) return ["Resets", "Never", span(null, null, now)];
  const when = span(instant(window.starts_at), ends, now);
  if (ended(shown, kinds, now)) return ["Ended", window.sealed ? "Final" : "Not final yet", when];
  // A rolling window loses its oldest day then, and keeps the rest.
  const [soon, due] = closes(window.every) ? ["Resets in", "Resetting now"] : ["Moves on in", "Moving on now"];
  return [ends > now ? soon : due, Math.max(0, ends - now), when];
}

/** Why nobody is in the table: [title, text]; null where somebody is. `listed`: windows as the API lists them. */
export function emptiness(shown, listed, kinds, now) {
  if (shown.body.entries.length > 0) return null;
  if (shown.gap) {
    const past = listed.some((window) => window.every === "season" && !window.current);
    return ["No season is on", `The next one will appear here.${past ? " Earlier seasons can be chosen from the list." : ""}`];
  }
  if (ended(shown, kinds, now)) return ["No one was ranked", "Nobody took part before this window ended."];
  return ["No one is ranked yet", "The first players appear here soon after their first activity."];
}

/**
 * What the bar says of the data: [state, text].
 * @param tries {failures: since the last answer, next: milliseconds until the next try}
 * @param stale milliseconds from which on data is out of date
 */
export function condition(shown, tries, stale, now) {
  const made = instant(shown?.asOf);
  const old = made === null ? null : now - made;
  if (tries.failures > 0) {
    const again = tries.next > 0 ? `Retrying in ${Math.ceil(tries.next / 1000)} s.` : "Retrying now.";
    return ["down", `Can’t reach the leaderboard. ${old === null ? "" : `Results are ${age(old)} old. `}${again}`];
  }
  if (shown === null) return ["loading", "Loading the ranking…"];
  if (shown.gap) return ["live", "No season is on"];
  if (old === null) return ["live", "Waiting for the first results"];
  const total = shown.body.players;
  const players = total > 0 ? ` · ${count(total)} ${total === 1 ? "player" : "players"}` : "";
  if (shown.body.window?.sealed) return ["live", `Final results${players}`];
  if (old > stale) return ["stale", `Out of date: these results are ${age(old)} old.`];
  return ["live", `Updated ${old < 5000 ? "just now" : `${age(old)} ago`}${players}`];
}

/** Which entries are shown, in parts of which every second one is a player's: "1–50 of 312", or around whom. `offset` is null for the entries around `player`. */
export function range({ entries, players }, offset, player) {
  if (entries.length === 0) return [];
  if (offset !== null) return [`${count(offset + 1)}–${count(offset + entries.length)} of ${count(players)}`];
  return ["Around ", entries.find((entry) => entry.player_id === player)?.name ?? player];
}
