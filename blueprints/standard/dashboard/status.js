/**
 * Puts into words what the page shows and how current it is. Pure functions.
 *
 * `now` is the server's clock in epoch milliseconds.
 * @module
 */
import { formatAge, formatCount, formatPeriod, parseTime } from "./format.js";
import { closes, describeGap } from "./windows.js";

/** A no-break space: keeps the height of a line that has no text. */
const BLANK = "\u00a0";

/**
 * Says whether a view's window is one of the past. The current window of a kind is not, even when its end has come and
 * the next one is about to begin.
 * @param {Page.View} view
 * @param {Page.Kinds} kinds
 * @param {number} now
 */
export function hasEnded(view, kinds, now) {
  const { window } = view.body;
  if (!window) return false;
  const ends = parseTime(window.ends_at);
  const isCurrent = kinds.some((kind) => kind === view.window);
  return window.sealed || (!isCurrent && closes(window.every) && ends !== null && ends <= now);
}

/**
 * Describes the countdown: [label, milliseconds left or a word, when the window starts and ends].
 * @param {Page.View | null} view null where that is not known
 * @param {Api.Edges[]} upcoming the windows that start next, one of each kind that has one
 * @param {Page.Kinds} kinds
 * @param {number} now
 * @returns {[string, number | string, string]}
 */
export function describeReset(view, upcoming, kinds, now) {
  if (view === null) return [BLANK, "", BLANK];
  if (view.gap) return describeStart(view.window, upcoming, now);
  const { window } = view.body;
  const ends = parseTime(window?.ends_at);
  if (!window || ends === null) return ["Resets", "Never", formatPeriod(null, null, now)];
  const period = formatPeriod(parseTime(window.starts_at), ends, now);
  if (hasEnded(view, kinds, now)) return ["Ended", window.sealed ? "Final" : "Not final yet", period];
  // At its end a rolling window loses its oldest day and keeps the rest.
  const [before, due] = nameEnd(window, view.body, upcoming);
  return [ends > now ? before : due, Math.max(0, ends - now), period];
}

/**
 * Names the end of a window: [before it, when it has come]. The entries around a player do not say what follows it: the
 * list of windows does.
 * @param {Api.Window} window
 * @param {Page.Ranking} ranking
 * @param {Api.Edges[]} upcoming
 * @returns {[string, string]}
 */
function nameEnd({ every, ends_at: ends }, { next_reset_at: resets, next_starts_at: next }, upcoming) {
  if (!closes(every)) return ["Moves on in", "Moving on now"];
  const starts = next ?? upcoming.find((window) => window.every === every)?.starts_at;
  return !starts || starts === (resets ?? ends) ? ["Resets in", "Resetting now"] : ["Ends in", "Ending now"];
}

/**
 * Describes the countdown to the window of a kind that starts next.
 * @param {string} kind
 * @param {Api.Edges[]} upcoming
 * @param {number} now
 * @returns {[string, number | string, string]}
 */
function describeStart(kind, upcoming, now) {
  const next = upcoming.find((window) => window.every === kind);
  const starts = parseTime(next?.starts_at);
  if (starts === null) return [BLANK, describeGap(kind).word, BLANK];
  const period = formatPeriod(starts, parseTime(next?.ends_at), now);
  return [starts > now ? "Starts in" : "Starting now", Math.max(0, starts - now), period];
}

/**
 * Explains why a view has no entries: [title, text]; null where it has some.
 * @param {Page.View} view
 * @param {Api.ListedWindow[]} windows those that the API lists
 * @param {Page.Kinds} kinds
 * @param {number} now
 * @returns {[string, string] | null}
 */
export function explainEmpty(view, windows, kinds, now) {
  if (view.body.entries.length > 0) return null;
  if (view.gap) {
    const gap = describeGap(view.window);
    const hasEarlier = windows.some((window) => window.every === view.window && !window.current);
    const earlier = hasEarlier ? ` ${gap.earlier} can be chosen from the list.` : "";
    return [gap.sentence, `The next one will appear here.${earlier}`];
  }
  if (hasEnded(view, kinds, now)) return ["No one was ranked", "Nobody took part before this window ended."];
  return ["No one is ranked yet", "The first players appear here soon after their first activity."];
}

/**
 * Describes how current the data is: [condition, parts of the bar's text]. Every second part is what the API says.
 * @param {Page.View | null} view
 * @param {{ failures: number, reason: string | null, next: number }} retries calls that failed since the last answer;
 * what the API said of the last of them; milliseconds until the next call
 * @param {number} staleAfter age in milliseconds from which data is out of date
 * @param {number} now
 * @returns {[Page.Condition, string[]]}
 */
export function describeCondition(view, retries, staleAfter, now) {
  const madeAt = parseTime(view?.asOf);
  const age = madeAt === null ? null : now - madeAt;
  if (retries.failures > 0) {
    const again = retries.next > 0 ? `Retrying in ${Math.ceil(retries.next / 1000)} s.` : "Retrying now.";
    const results = age === null ? "" : `Results are ${formatAge(age)} old. `;
    if (retries.reason === null) return ["down", [`Can’t reach the leaderboard. ${results}${again}`]];
    return ["down", ["The leaderboard can’t answer: “", retries.reason, `”. ${results}${again}`]];
  }
  if (view === null) return ["loading", ["Loading the ranking…"]];
  // What changed in which way stands in parentheses, for the board's team.
  if (view.body.notice) return ["stale", ["", view.body.notice.split(" (")[0] ?? ""]];
  if (view.gap) return ["live", [describeGap(view.window).sentence]];
  if (age === null) return ["live", ["Waiting for the first results"]];
  const total = view.body.players;
  const players = total > 0 ? ` · ${formatCount(total)} ${total === 1 ? "player" : "players"}` : "";
  if (view.body.window?.sealed) return ["live", [`Final results${players}`]];
  if (age > staleAfter) return ["stale", [`Out of date: these results are ${formatAge(age)} old.`]];
  return ["live", [`Updated ${age < 5000 ? "just now" : `${formatAge(age)} ago`}${players}`]];
}

/**
 * Explains why there is no ranking to show after calls that failed: [title, text].
 * @param {string | null} reason what the API said of the last of them
 * @returns {[string, string]}
 */
export const explainFailure = (reason) => [
  "The ranking can’t be shown",
  reason ?? "The leaderboard can’t be reached. This page tries again by itself.",
];

/**
 * Describes how far a player is from the next place, or ahead of the one behind; "" where the entries do not tell.
 * @param {Api.Entry[]} entries
 * @param {string} player
 * @param {Page.Column[]} columns
 */
export function describeDistance(entries, player, columns) {
  const at = entries.findIndex((entry) => entry.player_id === player);
  const own = entries[at];
  if (own === undefined) return "";
  const isFirst = own.rank === 1;
  const other = isFirst
    ? entries.find(({ rank }) => rank > 1)
    : entries.slice(0, at).findLast(({ rank }) => rank < own.rank);
  if (other === undefined) return "";
  // Players who are level in a column are told apart by the next one; those who are level in all, by time.
  for (const [index, { name, title, formatGap }] of columns.entries()) {
    const [mine, theirs] = [own, other].map(({ score, columns }) => index === 0 ? score : columns[name]);
    if (mine === undefined || theirs === undefined || mine === theirs) continue;
    const column = columns.length > 1 ? `${title}: ` : "";
    const size = formatGap(Math.abs(mine - theirs));
    return `${column}${size} ${isFirst ? "ahead of" : "to"} rank ${formatCount(other.rank)}`;
  }
  return isFirst ? "" : `Level with rank ${formatCount(other.rank)}, which came first`;
}

/**
 * Describes which entries are shown: ["1–50 of 312"], or ["Around ", a player's name]. Every second part is a player's text.
 * @param {Page.Ranking} ranking
 * @param {number | null} offset null for the entries around `player`
 * @param {string | null} player
 */
export function describeRange({ entries, players }, offset, player) {
  if (entries.length === 0) return [];
  if (offset !== null) {
    return [`${formatCount(offset + 1)}–${formatCount(offset + entries.length)} of ${formatCount(players)}`];
  }
  return ["Around ", entries.find((entry) => entry.player_id === player)?.name ?? player ?? ""];
}
