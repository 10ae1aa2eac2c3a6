/**
 * Shows the state on the page: the ranking, its window, and how current both are.
 * @module
 */
import { compareRanks } from "./device.js";
import { readValue, showSegments } from "./segments.js";
import { board } from "./settings.js";
import { columns, findViewOfWindow, keyOf, kinds, labels, LIMIT, now, state, takeColumns } from "./state.js";
import { describeCondition, describeRange, describeReset, explainEmpty, explainFailure } from "./status.js";
import { revealRank, showHeadings, showRows } from "./table.js";
import { announce, find, setText, showCondition, showEmpty, showOptions, showPager, showReset } from "./view.js";
import { closes, describeGap, findKind, HEADINGS, listChoices, nameWindow } from "./windows.js";

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
  const { entries, players, window, described_columns: described } = next.body;
  state.players = players;
  // The ranks of a window that has ended do not move any more.
  const ranking = window && [window.id, ...chosen.segment ? [chosen.segment] : []].join(" ");
  const before = ranking && !window.sealed ? compareRanks(ranking, entries) : new Map();
  // The page's own columns may be none of those that ranks have which stand still.
  if (described) {
    takeColumns(described);
    showHeadings(columns);
  }
  // This must come before showRows: while the table is hidden, its rows have no positions to move from.
  showEmpty(explainShown());
  showRows(entries, { columns, followed: chosen.player, first: chosen.offset, before, animate });
  showPager(describeRange(next.body, chosen.offset, chosen.player), chosen.offset, players, LIMIT);
  showWindow();
  if (rankToReveal !== null) revealRank(rankToReveal);
  state.rankToReveal = null;
}

/** Shows the last answer to the present choice. Without one it removes the rows, which belong to another choice. */
export function showLastAnswer() {
  const last = state.views.get(keyOf(state.chosen));
  if (last !== undefined) return showView(last, false);
  state.shown = null;
  showEmpty(explainFailure(state.reason));
  showRows([], { columns });
  showPager([], state.chosen.offset, state.players, LIMIT);
}

/** Announces to screen readers which entries are shown, or why there are none. */
export function announceView() {
  announce(explainShown()?.[0] ?? find("range").textContent);
}

/** Shows the chosen window: in the list of all, and in the table's caption. */
export function showWindow() {
  const { window, segment } = state.chosen;
  const chosenKind = findKind(window, kinds) ?? kinds[0];
  showOptions(
    find("window"),
    kinds.map((kind) => [HEADINGS[kind] ?? "", listWindowsOf(kind, chosenKind)]),
    closes(chosenKind) ? window : chosenKind,
  );
  const name = window === chosenKind ? labelCurrent(chosenKind, chosenKind) : nameWindow(window, chosenKind);
  setText(find("caption"), [board.title, name, ...segment ? [readValue(segment)] : []].join(", "));
  showSegments();
}

/**
 * Lists what a reader can choose of a kind, as `listChoices` does.
 * @param {Api.Kind} kind
 * @param {Api.Kind} chosenKind
 */
function listWindowsOf(kind, chosenKind) {
  const label = labelCurrent(kind, chosenKind);
  if (!closes(kind)) return listChoices([], kind, label, kind, 0, false);
  const year = new Date(now()).getFullYear();
  const isFinal = findViewOfWindow()?.body.window?.sealed === true;
  return listChoices(state.windows, kind, label, kind === chosenKind ? state.chosen.window : kind, year, isFinal);
}

/**
 * Names the current window of a kind, and says so where none is on.
 * @param {Api.Kind} kind
 * @param {Api.Kind} chosenKind
 */
function labelCurrent(kind, chosenKind) {
  const label = labels.get(kind) ?? kind;
  const isListed = state.windows.length === 0 || state.windows.some((each) => each.every === kind && each.current);
  const isGap = (kind === chosenKind && findViewOfWindow()?.gap) || (closes(kind) && !isListed);
  return isGap ? `${label} (${describeGap(kind).note})` : label;
}

/** Updates what depends on the list of windows. */
export function showWindows() {
  showWindow();
  if (findViewOfWindow() !== null) showEmpty(explainShown());
}

/** Shows what changes every second: the countdown, and how old the data is. */
export function showTime() {
  const retries = { failures: state.failures, reason: state.reason, next: state.nextTry - Date.now() };
  const staleAfter = board.stale_seconds * 1000;
  const [condition, parts] = describeCondition(state.shown, retries, staleAfter, now());
  showReset(...describeReset(findViewOfWindow(), state.upcoming, kinds, now()));
  showCondition(condition, parts);
  announceCondition(condition, parts.join(""));
}

/**
 * Announces to screen readers when the data becomes stale or the API goes down, and when either is over.
 * @param {Page.Condition} condition
 * @param {string} text
 */
function announceCondition(condition, text) {
  /** @type {(each: Page.Condition) => boolean} */
  const isBad = (each) => each === "stale" || each === "down";
  if (condition !== announcedCondition && isBad(condition)) announce(text);
  if (condition === "live" && isBad(announcedCondition)) announce("The ranking is up to date again.");
  announcedCondition = condition;
}

/** Explains why the view that is shown has no entries; null where it has some. */
const explainShown = () => state.shown && explainEmpty(state.shown, state.windows, kinds, now());
