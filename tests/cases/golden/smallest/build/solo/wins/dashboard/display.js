/**
 * Shows the state on the page: the ranking, its window, and how current both are.
 * @module
 */
import { board, columns, findViewOfWindow, keyOf, kinds, labels, LIMIT, now, state } from "./state.js";
import * as status from "./status.js";
import * as table from "./table.js";
import * as view from "./view.js";
import { closes, describeGap, findKind, listChoices, nameWindow } from "./windows.js";

/**
 * The condition that was last shown, so that a change of it can be announced.
 * @type {Page.Condition}
 */
let announcedCondition = "loading";

/**
 * Shows a view of the ranking.
 * @param {Page.View} next
 * @param {boolean} animate whether the rows on the page belong to the same view
 */
export function showView(next, animate) {
  state.shown = next;
  const { chosen, rankToReveal } = state;
  const { entries, players } = next.body;
  state.players = players;
  // This must come before showRows: while the table is hidden, its rows have no positions to move from.
  view.showEmpty(explainEmpty());
  table.showRows(entries, { columns, followed: chosen.player, first: chosen.offset, animate });
  view.showPager(status.describeRange(next.body, chosen.offset, chosen.player), chosen.offset, players, LIMIT);
  showWindow();
  if (rankToReveal !== null) table.revealRank(rankToReveal);
  state.rankToReveal = null;
}

/** Shows the last answer to the present choice. Without one it removes the rows, which belong to another choice. */
export function showLastAnswer() {
  const last = state.views.get(keyOf(state.chosen));
  if (last !== undefined) return showView(last, false);
  state.shown = null;
  view.showEmpty(null);
  table.showRows([], { columns });
  view.showPager([], state.chosen.offset, state.players, LIMIT);
}

/** Announces to screen readers which entries are shown, or why there are none. */
export function announceView() {
  view.announce(explainEmpty()?.[0] ?? view.find("range").textContent);
}

/** Shows the chosen window: its tab, the list of the others of its kind, the table's caption. */
export function showWindow() {
  const { window } = state.chosen;
  const kind = findKind(window, kinds) ?? kinds[0];
  const shown = findViewOfWindow();
  const isOn = state.windows.length === 0 || state.windows.some((each) => each.every === kind && each.current);
  const isGap = shown?.gap || (closes(kind) && !isOn);
  const label = isGap ? `Now: ${describeGap(kind).word.toLowerCase()}` : labels.get(kind) ?? kind;
  const isFinal = shown?.body.window?.sealed === true;
  const year = new Date(now()).getFullYear();
  view.showKind(kind);
  view.showChoices(closes(kind) ? listChoices(state.windows, kind, label, window, year, isFinal) : null, window);
  view.setText(view.find("caption"), `${board.title}, ${window === kind ? label : nameWindow(window, kind)}`);
}

/** Updates what depends on the list of windows. */
export function showWindows() {
  showWindow();
  if (findViewOfWindow() !== null) view.showEmpty(explainEmpty());
}

/** Shows what changes every second: the countdown, and how old the data is. */
export function showTime() {
  const retries = { failures: state.failures, next: state.nextTry - Date.now() };
  const staleAfter = board.stale_seconds * 1000;
  const [condition, text] = status.describeCondition(state.shown, retries, staleAfter, now());
  view.showReset(...status.describeReset(findViewOfWindow(), state.upcoming, kinds, now()));
  view.showCondition(condition, text);
  announceCondition(condition, text);
}

/**
 * Announces to screen readers when the data becomes stale or the API goes down, and when either is over.
 * @param {Page.Condition} condition
 * @param {string} text
 */
function announceCondition(condition, text) {
  /** @type {(each: Page.Condition) => boolean} */
  const isBad = (each) => each === "stale" || each === "down";
  if (condition !== announcedCondition && isBad(condition)) view.announce(text);
  if (condition === "live" && isBad(announcedCondition)) view.announce("The ranking is up to date again.");
  announcedCondition = condition;
}

/** Explains why the view that is shown has no entries; null where it has some. */
const explainEmpty = () => state.shown && status.explainEmpty(state.shown, state.windows, kinds, now());
