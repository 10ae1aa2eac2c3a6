import { formatAddress } from "./address.js";
import { fetchLeaderboard, fetchNeighbours, fetchWindows, Missing, Refused } from "./api.js";
import { recallPlayer } from "./device.js";
import { announceView, showLastAnswer, showTime, showView, showWindow, showWindows } from "./display.js";
import { lastPageOffset } from "./paging.js";
import * as search from "./search.js";
import { board } from "./settings.js";
import { columns, findChosenView, findViewOfWindow, keyOf, kinds, LIMIT, now, state } from "./state.js";
import { hasEnded } from "./status.js";
import { markFollowed } from "./table.js";
import { announce, showBusy, showMessage } from "./view.js";
import { closes, describeGap } from "./windows.js";

const SPAN = 5;

export const INTERVAL = board.refresh_seconds * 1000;

const LONGEST_WAIT = Math.max(INTERVAL, 120_000);

const WINDOWS_INTERVAL = Math.max(INTERVAL, 60_000);

const WINDOWS_TIMEOUT = 15_000;

const LEAST_SKEW_CHANGE = 2000;

let request = null;

let timer = 0;

let windowsAskedAt = -Infinity;

export function beginRequest() {
  request?.abort();
  request = new AbortController();
  return request;
}

export function stopRefreshing() {
  clearTimeout(timer);
}

export function refreshAfter(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(() => refresh(), milliseconds);
}

const withJitter = (milliseconds) => milliseconds * (0.9 + 0.2 * Math.random());

const waitAfter = (failures) => Math.min(INTERVAL * 2 ** (failures - 1), LONGEST_WAIT);

function scheduleRefresh() {
  clearTimeout(timer);
  if (document.hidden) return;
  const usual = findViewOfWindow()?.body.window?.sealed ? LONGEST_WAIT : INTERVAL;
  const { failures } = state;
  const wait = withJitter(failures === 0 ? usual : waitAfter(failures));
  state.nextTry = Date.now() + wait;
  refreshAfter(wait);
}

export async function refresh(pin = null) {
  clearTimeout(timer);
  const { signal } = beginRequest();
  const asked = { ...state.chosen };
  try {
    const answer = await fetchChosen(asked, pin, signal);
    if (!acceptAnswer(answer)) return;
    refreshWindows(answer.body.window);
  } catch (error) {
    if (signal.aborted) return;
    if (!acceptFailure(error, asked)) return;
  }
  showBusy(false);
  scheduleRefresh();
  showTime();
  await refreshFollowed();
}

async function fetchChosen({ window, offset, player }, pin, signal) {
  if (findViewOfWindow()?.gap && !await isOn(window, signal)) throw new Missing("no window is on");
  if (offset === null && player !== null) return fetchNeighbours(player, window, SPAN, pin, signal);
  return fetchLeaderboard(window, offset ?? 0, LIMIT, pin, signal);
}

function noteSkew(skew) {
  if (Math.abs(skew - state.skew) > LEAST_SKEW_CHANGE) state.skew = skew;
}

function acceptAnswer({ body, asOf, skew }, gap = false) {
  const { chosen } = state;
  state.failures = 0;
  state.reason = null;
  noteSkew(skew);
  if (body.entries.length === 0 && chosen.offset !== null && chosen.offset > 0) {
    const last = lastPageOffset(body.players, LIMIT);
    choose({ offset: last < chosen.offset ? last : 0 }, { replace: true });
    return false;
  }
  const isSame = findChosenView() !== null;
  const view = { key: keyOf(chosen), window: chosen.window, offset: chosen.offset, body, asOf, gap };
  state.views.set(view.key, view);
  showView(view, isSame);
  if (!isSame) announceView();
  return true;
}

function acceptFailure(error, { window, offset, player }) {
  if (error instanceof Missing) {
    if (offset === null) {
      if (player !== null) search.noteMissing(player, window, null, isOver());
      return chooseInstead({ offset: findViewOfWindow()?.offset ?? 0 });
    }
    const kind = kinds.find((each) => each === window);
    if (kind === undefined) {
      showMessage("This board does not have the window ", window, " any more. This is the present one.");
      announce(`This board does not have the window ${window} any more`);
      return chooseInstead({ window: kinds[0], offset: 0 });
    }
    if (closes(kind)) return acceptGap();
  }
  state.failures += 1;
  state.reason = error instanceof Refused || error instanceof Missing ? error.message : null;
  console.info("The ranking could not be loaded:", error);
  if (findChosenView() === null) showLastAnswer();
  return true;
}

function chooseInstead(change) {
  choose(change, { replace: true });
  return false;
}

function acceptGap() {
  const answer = { body: { entries: [], players: 0, window: null }, asOf: null, skew: state.skew };
  if (!acceptAnswer(answer, true)) return false;
  refreshWindows(null);
  return true;
}

async function refreshFollowed() {
  const { player, window } = state.chosen;
  if (player === null) return;
  if (findViewOfWindow()?.gap) search.refuse(`${describeGap(window).sentence}, so no player is ranked in it.`);
  else await search.follow(player, window, findChosenView()?.asOf ?? null, columns, waitAfter, isOver());
}

function isOver() {
  const view = findViewOfWindow();
  return view !== null && hasEnded(view, kinds, now());
}

async function refreshWindows(window) {
  const listed = state.windows.find((each) => each.id === window?.id);
  const isUpToDate = window === null || (listed?.sealed === window.sealed && listed.ends_at === window.ends_at);
  const wait = isUpToDate ? WINDOWS_INTERVAL : INTERVAL;
  if (!kinds.some(closes) || Date.now() - windowsAskedAt < wait) return;
  try {
    await listWindows(AbortSignal.timeout(WINDOWS_TIMEOUT));
  } catch (error) {
    console.info("The windows could not be listed:", error);
  }
}

async function listWindows(signal) {
  windowsAskedAt = Date.now();
  const { body, skew } = await fetchWindows(signal);
  noteSkew(skew);
  state.windows = body.windows;
  state.upcoming = body.upcoming ?? [];
  showWindows();
}

async function isOn(kind, signal) {
  await listWindows(signal);
  return state.windows.some((each) => each.every === kind && each.current);
}

export function choose(change, { replace = false, rank = null } = {}) {
  const isPageTurn = !replace && !("window" in change) && !("player" in change);
  const turned = isPageTurn ? findViewOfWindow() : null;
  const pin = turned !== null && !turned.body.window?.sealed ? turned.asOf : null;
  if ("window" in change) state.players = 0;
  state.rankToReveal = rank;
  Object.assign(state.chosen, change);
  writeAddress(replace);
  showWindow();
  markFollowed(state.chosen.player);
  const last = state.views.get(keyOf(state.chosen));
  if (last !== undefined && findChosenView() === null && (pin === null || last.asOf === pin)) showView(last, false);
  showBusy(findChosenView() === null);
  showTime();
  refresh(pin);
}

function writeAddress(replace) {
  const hash = formatAddress(state.chosen, kinds, recallPlayer());
  if (hash === location.hash) return;
  const address = hash || location.pathname + location.search;
  if (replace) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
}
