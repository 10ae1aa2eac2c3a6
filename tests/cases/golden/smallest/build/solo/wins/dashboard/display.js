import { compareRanks } from "./device.js";
import { board } from "./settings.js";
import { columns, findViewOfWindow, keyOf, kinds, labels, LIMIT, now, state } from "./state.js";
import * as status from "./status.js";
import * as table from "./table.js";
import * as view from "./view.js";
import { closes, describeGap, findKind, HEADINGS, listChoices, nameWindow } from "./windows.js";

let announcedCondition = "loading";

export function showView(next, animate) {
  state.shown = next;
  const { chosen, rankToReveal } = state;
  const { entries, players, window } = next.body;
  state.players = players;
  const before = window && !window.sealed ? compareRanks(window.id, entries) : new Map();
  view.showEmpty(explainEmpty());
  table.showRows(entries, { columns, followed: chosen.player, first: chosen.offset, before, animate });
  view.showPager(status.describeRange(next.body, chosen.offset, chosen.player), chosen.offset, players, LIMIT);
  showWindow();
  showDistance();
  if (rankToReveal !== null) table.revealRank(rankToReveal);
  state.rankToReveal = null;
}

function showDistance() {
  const { shown, chosen } = state;
  const entries = shown?.body.entries ?? [];
  view.showGap(chosen.player === null ? "" : status.describeDistance(entries, chosen.player, columns));
}

export function showLastAnswer() {
  const last = state.views.get(keyOf(state.chosen));
  if (last !== undefined) return showView(last, false);
  state.shown = null;
  view.showEmpty(status.explainFailure(state.reason));
  table.showRows([], { columns });
  view.showPager([], state.chosen.offset, state.players, LIMIT);
}

export function announceView() {
  view.announce(explainEmpty()?.[0] ?? view.find("range").textContent);
}

export function showWindow() {
  const { window } = state.chosen;
  const chosenKind = findKind(window, kinds) ?? kinds[0];
  view.showChoices(
    kinds.map((kind) => [HEADINGS[kind] ?? "", listWindowsOf(kind, chosenKind)]),
    closes(chosenKind) ? window : chosenKind,
  );
  const name = window === chosenKind ? labelCurrent(chosenKind, chosenKind) : nameWindow(window, chosenKind);
  view.setText(view.find("caption"), `${board.title}, ${name}`);
}

function listWindowsOf(kind, chosenKind) {
  const label = labelCurrent(kind, chosenKind);
  if (!closes(kind)) return listChoices([], kind, label, kind, 0, false);
  const year = new Date(now()).getFullYear();
  const isFinal = findViewOfWindow()?.body.window?.sealed === true;
  return listChoices(state.windows, kind, label, kind === chosenKind ? state.chosen.window : kind, year, isFinal);
}

function labelCurrent(kind, chosenKind) {
  const label = labels.get(kind) ?? kind;
  const isListed = state.windows.length === 0 || state.windows.some((each) => each.every === kind && each.current);
  const isGap = (kind === chosenKind && findViewOfWindow()?.gap) || (closes(kind) && !isListed);
  return isGap ? `${label} (${describeGap(kind).note})` : label;
}

export function showWindows() {
  showWindow();
  if (findViewOfWindow() !== null) view.showEmpty(explainEmpty());
}

export function showTime() {
  const retries = { failures: state.failures, reason: state.reason, next: state.nextTry - Date.now() };
  const staleAfter = board.stale_seconds * 1000;
  const [condition, parts] = status.describeCondition(state.shown, retries, staleAfter, now());
  view.showReset(...status.describeReset(findViewOfWindow(), state.upcoming, kinds, now()));
  view.showCondition(condition, parts);
  announceCondition(condition, parts.join(""));
}

function announceCondition(condition, text) {
  const isBad = (each) => each === "stale" || each === "down";
  if (condition !== announcedCondition && isBad(condition)) view.announce(text);
  if (condition === "live" && isBad(announcedCondition)) view.announce("The ranking is up to date again.");
  announcedCondition = condition;
}

const explainEmpty = () => state.shown && status.explainEmpty(state.shown, state.windows, kinds, now());
