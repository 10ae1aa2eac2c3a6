/**
 * Asks the API for what the reader chose, again and again, and keeps what it answers.
 * @module
 */
import { formatAddress } from "./address.js";
import { fetchLeaderboard, fetchNeighbours, fetchWindows, Missing, Refused } from "./api.js";
import { recallPlayer } from "./device.js";
import { announceView, showLastAnswer, showTime, showView, showWindow, showWindows } from "./display.js";
import { isEmbedded, keepFrame } from "./frame.js";
import { lastPageOffset } from "./paging.js";
import { noteFailure, noteMissing, refuseSearch, showPlayer } from "./search.js";
import { readValue, refreshSegments } from "./segments.js";
import { board } from "./settings.js";
import { columns, findChosenView, findViewOfWindow, keyOf, kinds, LIMIT, now, scopeOf, state } from "./state.js";
import { describeDistance, hasEnded } from "./status.js";
import { markFollowed } from "./table.js";
import { announce, showBusy, showMessage } from "./view.js";
import { closes, describeGap } from "./windows.js";

/** Entries on each side of a player. */
const SPAN = 5;

/** Milliseconds between two calls for the ranking. */
export const INTERVAL = board.refresh_seconds * 1000;

/** Milliseconds between two calls after many failures, and for a window whose ranks are final. */
const LONGEST_WAIT = Math.max(INTERVAL, 120_000);

/** Milliseconds between two calls for the list of windows. */
const WINDOWS_INTERVAL = Math.max(INTERVAL, 60_000);

/** Milliseconds that the list of windows may take. */
const WINDOWS_TIMEOUT = 15_000;

/** A smaller change of the clock's skew, in milliseconds, is ignored: the Date header has whole seconds only. */
const LEAST_SKEW_CHANGE = 2000;

/**
 * The call for the ranking that is under way.
 * @type {AbortController | null}
 */
let request = null;

/** Whether that call only looks where to turn to: then `choose` follows, which asks for the ranking. */
let isLooking = false;

/** The id of the timer for the next call; 0 for none. */
let timer = 0;

/** When the list of windows was last asked for, in epoch milliseconds. */
let windowsAskedAt = -Infinity;

/** How often it was asked for, and for which time of these it was last shown: an earlier answer may come later. */
let windowsAsked = 0;
let windowsShown = 0;

/**
 * Begins a call for the ranking in place of the one that is under way, and of any wait.
 * @param {boolean} looks whether it only looks where to turn to
 */
export function beginRequest(looks = false) {
  stopRefreshing();
  request?.abort();
  request = new AbortController();
  isLooking = looks;
  return request;
}

/** Stops asking for the ranking, until the next `refresh`. */
export function stopRefreshing() {
  clearTimeout(timer);
  timer = 0;
}

/** Asks for the ranking at once, unless that follows anyway: a call that looks where to turn to goes on to its end. */
export function refreshNow() {
  if (!isLooking) refresh();
}

/**
 * Asks for the ranking after a wait, in place of any wait before.
 * @param {number} milliseconds
 */
export function refreshAfter(milliseconds) {
  clearTimeout(timer);
  timer = setTimeout(refreshNow, milliseconds);
  state.nextTry = Date.now() + milliseconds;
}

/**
 * Makes a wait up to a tenth longer or shorter, so that pages opened at the same moment do not ask at the same moment.
 * @param {number} milliseconds
 */
const withJitter = (milliseconds) => milliseconds * (0.9 + 0.2 * Math.random());

/**
 * Computes the wait after some calls in a row that gave nothing: after each it is twice as long.
 * @param {number} failures at least one
 */
const waitAfter = (failures) => Math.min(INTERVAL * 2 ** (failures - 1), LONGEST_WAIT);

/** Schedules the next call, unless it was while this one was under way. Nothing is asked while the page is hidden. */
function scheduleRefresh() {
  if (document.hidden || timer !== 0) return;
  const usual = findViewOfWindow()?.body.window?.sealed ? LONGEST_WAIT : INTERVAL;
  const { failures } = state;
  refreshAfter(withJitter(failures === 0 ? usual : waitAfter(failures)));
}

/**
 * Asks for what is chosen.
 * @param {string | null} pin the snapshot to read, as in api.js
 */
async function refresh(pin = null) {
  const { signal } = beginRequest();
  const asked = { ...state.chosen };
  try {
    const answer = await fetchChosen(asked, pin, signal);
    if (!acceptAnswer(answer)) return;
    refreshWindows(answer.body.window);
    refreshSegments(answer.body.window);
  } catch (error) {
    if (signal.aborted) return;
    if (!acceptFailure(error, asked)) return;
  }
  showBusy(false);
  scheduleRefresh();
  showTime();
}

/**
 * Fetches the entries of a choice.
 * @param {Page.Choice} choice
 * @param {string | null} pin
 * @param {AbortSignal} signal
 */
async function fetchChosen(choice, pin, signal) {
  const { window, offset, player } = choice;
  // To ask for a window that is not on is an error, for which an alarm may count: the list of windows tells it too.
  if (findViewOfWindow()?.gap && !await isOn(window, signal)) throw new Missing("no window is on");
  const scope = scopeOf(choice);
  if (offset === null && player !== null) return fetchNeighbours(player, scope, SPAN, pin, signal);
  return fetchLeaderboard(scope, offset ?? 0, LIMIT, player, pin, signal);
}

/**
 * Keeps how far the server's clock is ahead, by any answer of the API.
 * @param {number} skew in milliseconds
 */
function noteSkew(skew) {
  // Each Date header is rounded to a second: the countdown would stutter if it followed every small change.
  if (Math.abs(skew - state.skew) > LEAST_SKEW_CHANGE) state.skew = skew;
}

/**
 * Keeps and shows an answer to the present choice. Gives false if it has chosen another page instead.
 * @param {{ body: Page.Ranking, asOf: string | null, skew: number }} answer
 * @param {boolean} gap whether no window of the chosen kind is on, so that the answer is only an empty stand-in
 */
function acceptAnswer({ body, asOf, skew }, gap = false) {
  const { chosen } = state;
  state.failures = 0;
  state.reason = null;
  noteSkew(skew);
  if (body.entries.length === 0 && chosen.offset !== null && chosen.offset > 0) {
    // The window has started anew, or players were removed: the page that was open is gone.
    const last = lastPageOffset(body.players, LIMIT);
    choose({ offset: last < chosen.offset ? last : 0 }, { replace: true });
    return false;
  }
  const isSame = findChosenView() !== null;
  const view = { key: keyOf(chosen), ...chosen, body, asOf, gap };
  state.views.set(view.key, view);
  showView(view, isSame);
  if (!isSame) announceView();
  showFollowed(view);
  return true;
}

/**
 * Shows what a failed call means. Gives false if it has chosen something else instead.
 * @param {unknown} error
 * @param {Page.Choice} asked
 */
function acceptFailure(error, { window, segment, offset, player }) {
  if (error instanceof Missing) {
    if (offset === null) {
      if (player !== null) noteMissing(player, window, isOver(), segment);
      // The page of the ranking that was open stays.
      return chooseInstead({ offset: findViewOfWindow()?.offset ?? 0 });
    }
    if (segment) {
      showMessage("Nobody is ranked in ", readValue(segment), " now. This is everyone.");
      return chooseInstead({ segment: null });
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
  noteFailure(state.reason);
  console.info("The ranking could not be loaded:", error);
  if (findChosenView() === null) showLastAnswer();
  return true;
}

/**
 * Chooses something else in place of what the API does not have. Gives false, for `acceptFailure` to return.
 * @param {Partial<Page.Choice>} change
 */
function chooseInstead(change) {
  choose(change, { replace: true });
  return false;
}

/** Shows that no window of the chosen kind is on, as an empty ranking. Gives what `acceptAnswer` gives. */
function acceptGap() {
  const answer = { body: { entries: [], players: 0, window: null }, asOf: null, skew: state.skew };
  if (!acceptAnswer(answer, true)) return false;
  refreshWindows(null);
  return true;
}

/**
 * Shows what a view tells of the player that is followed.
 * @param {Page.View} view
 */
function showFollowed({ player, window, segment, body, gap }) {
  if (player === null) return;
  if (gap) return refuseSearch(`${describeGap(window).sentence}, so no player is ranked in it.`);
  const around = body.around ?? body.entries;
  const own = around.find((entry) => entry.player_id === player);
  if (own === undefined) return noteMissing(player, window, isOver(), segment);
  showPlayer(own, body.players, columns, describeDistance(around, player, columns));
}

/** Says whether the chosen window has ended, as far as the page knows. */
export function isOver() {
  const view = findViewOfWindow();
  return view !== null && hasEnded(view, kinds, now());
}

/**
 * Asks for the list of windows: now and then, and soon where an answer shows that the list is old.
 * @param {Api.Window | null} window the window of that answer
 */
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

/**
 * Asks for the list of windows, and shows it.
 * @param {AbortSignal} signal
 */
async function listWindows(signal) {
  windowsAskedAt = Date.now();
  const round = ++windowsAsked;
  const { body, skew } = await fetchWindows(signal);
  // Between two windows there is no other answer.
  noteSkew(skew);
  if (round < windowsShown) return;
  windowsShown = round;
  state.windows = body.windows;
  state.upcoming = body.upcoming ?? [];
  showWindows();
}

/**
 * Says whether a window of a kind is on, by the list of windows.
 * @param {string} kind
 * @param {AbortSignal} signal
 */
async function isOn(kind, signal) {
  await listWindows(signal);
  return state.windows.some((each) => each.every === kind && each.current);
}

/**
 * Changes what is chosen, shows at once what is known of it, and asks for the rest.
 * @param {Partial<Page.Choice>} change
 * @param {object} options
 * @param {boolean} [options.replace] whether the browser's Back then skips the choice before
 * @param {number | null} [options.rank] the rank to scroll to
 */
export function choose(change, { replace = false, rank = null } = {}) {
  // Another page of the same ranking is read from the same snapshot, so that nobody is on both pages, or on neither.
  const isPageTurn = !replace && Object.keys(change).join() === "offset";
  const turned = isPageTurn ? findViewOfWindow() : null;
  const pin = turned !== null && !turned.body.window?.sealed ? turned.asOf : null;
  if ("window" in change || "segment" in change) state.players = 0;
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

/**
 * Writes the choice to the page's address.
 * @param {boolean} replace whether it takes the place of the address before, which the browser's Back then skips
 */
function writeAddress(replace) {
  const hash = keepFrame(location.hash, formatAddress(state.chosen, kinds, recallPlayer()));
  if (hash === location.hash) return;
  const address = hash || location.pathname + location.search;
  // The site around a frame would find its own Back button leading through the frame first.
  if (replace || isEmbedded()) history.replaceState(null, "", address);
  else history.pushState(null, "", address);
}
