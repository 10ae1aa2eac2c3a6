import { formatAge, formatCount, formatPeriod, parseTime } from "./format.js";
import { closes, describeGap } from "./windows.js";

const BLANK = "\u00a0";

export function hasEnded(view, kinds, now) {
  const { window } = view.body;
  if (!window) return false;
  const ends = parseTime(window.ends_at);
  const isCurrent = kinds.some((kind) => kind === view.window);
  return window.sealed || (!isCurrent && closes(window.every) && ends !== null && ends <= now);
}

export function describeReset(view, upcoming, kinds, now) {
  if (view === null) return [BLANK, "", BLANK];
  if (view.gap) return describeStart(view.window, upcoming, now);
  const { window } = view.body;
  const ends = parseTime(window?.ends_at);
  if (!window || ends === null) return ["Resets", "Never", formatPeriod(null, null, now)];
  const period = formatPeriod(parseTime(window.starts_at), ends, now);
  if (hasEnded(view, kinds, now)) return ["Ended", window.sealed ? "Final" : "Not final yet", period];
  const [before, due] = nameEnd(view.body, window.every);
  return [ends > now ? before : due, Math.max(0, ends - now), period];
}

function nameEnd({ next_reset_at: resets, next_starts_at: starts }, kind) {
  if (!closes(kind)) return ["Moves on in", "Moving on now"];
  const isFollowed = !resets || !starts || resets === starts;
  return isFollowed ? ["Resets in", "Resetting now"] : ["Ends in", "Ending now"];
}

function describeStart(kind, upcoming, now) {
  const next = upcoming.find((window) => window.every === kind);
  const starts = parseTime(next?.starts_at);
  if (starts === null) return [BLANK, describeGap(kind).word, BLANK];
  const period = formatPeriod(starts, parseTime(next?.ends_at), now);
  return [starts > now ? "Starts in" : "Starting now", Math.max(0, starts - now), period];
}

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
  if (view.gap) return ["live", [describeGap(view.window).sentence]];
  if (age === null) return ["live", ["Waiting for the first results"]];
  const total = view.body.players;
  const players = total > 0 ? ` · ${formatCount(total)} ${total === 1 ? "player" : "players"}` : "";
  if (view.body.window?.sealed) return ["live", [`Final results${players}`]];
  if (age > staleAfter) return ["stale", [`Out of date: these results are ${formatAge(age)} old.`]];
  return ["live", [`Updated ${age < 5000 ? "just now" : `${formatAge(age)} ago`}${players}`]];
}

export const explainFailure = (reason) => [
  "The ranking can’t be shown",
  reason ?? "The leaderboard can’t be reached. This page tries again by itself.",
];

export function describeDistance(entries, player, columns) {
  const at = entries.findIndex((entry) => entry.player_id === player);
  const own = entries[at];
  if (own === undefined) return "";
  const isFirst = own.rank === 1;
  const other = isFirst
    ? entries.find(({ rank }) => rank > 1)
    : entries.slice(0, at).findLast(({ rank }) => rank < own.rank);
  if (other === undefined) return "";
  for (const [index, { name, title, formatGap }] of columns.entries()) {
    const [mine, theirs] = [own, other].map(({ score, columns }) => index === 0 ? score : columns[name]);
    if (mine === undefined || theirs === undefined || mine === theirs) continue;
    const size = `${columns.length > 1 ? `${title}: ` : ""}${formatGap(Math.abs(mine - theirs))}`;
    return `${size} ${isFirst ? "ahead of" : "to"} rank ${formatCount(other.rank)}`;
  }
  return isFirst ? "" : `Level with rank ${formatCount(other.rank)}, which came first`;
}

export function describeRange({ entries, players }, offset, player) {
  if (entries.length === 0) return [];
  if (offset !== null) {
    return [`${formatCount(offset + 1)}–${formatCount(offset + entries.length)} of ${formatCount(players)}`];
  }
  return ["Around ", entries.find((entry) => entry.player_id === player)?.name ?? player ?? ""];
}
