/**
 * Starts the page of a board, and does what the reader and the browser ask for.
 * @module
 */
import { formatAddress, parseAddress } from "./address.js";
import { fetchLeaderboard, PLAYER_ID } from "./api.js";
import { recallPlayer, rememberPlayer, storeRanks } from "./device.js";
import { showTime } from "./display.js";
import { parseTime } from "./format.js";
import { turnOnWall } from "./frame.js";
import { beginRequest, choose, INTERVAL, refreshAfter, refreshNow, stopRefreshing } from "./loading.js";
import { searchNames } from "./names.js";
import { findPageOfRank, lastPageOffset } from "./paging.js";
import { beginSearch, refuseSearch } from "./search.js";
import { board } from "./settings.js";
import { findViewOfWindow, kinds, LIMIT, now, scopeOf, state } from "./state.js";
import { find, showBusy, showMessage } from "./view.js";

/**
 * The end of the last window whose successor the page has asked for, in epoch milliseconds.
 * @type {number | null}
 */
let handledEnd = null;

/**
 * Calls a function at each event of a type that comes from an element.
 * @template {keyof HTMLElementEventMap} Type
 * @param {keyof Page.Elements} id
 * @param {Type} type
 * @param {(event: HTMLElementEventMap[Type]) => void} act
 */
const onEvent = (id, type, act) => /** @type {HTMLElement} */ (find(id)).addEventListener(type, act);

/** Chooses what the page's address says. */
function chooseFromAddress() {
  const own = recallPlayer();
  const choice = parseAddress(location.hash, kinds, LIMIT, own, board.segments);
  find("player").value = choice.player === own ? "" : choice.player ?? "";
  beginSearch(choice.player);
  choose(choice, { replace: true });
}

/**
 * Chooses a ranking and shows its first page, or the entries around a player if the page shows those now.
 * @param {Partial<Page.Choice>} change a window, or a value of a segment
 */
function chooseRanking(change) {
  beginSearch(state.chosen.player);
  choose({ ...change, offset: state.chosen.offset === null ? null : 0 });
}

/** Stops following a player, and stays on the same page of the ranking. */
function stopFollowing() {
  beginSearch(null);
  if (state.chosen.player !== null) choose({ player: null, offset: state.chosen.offset ?? 0 });
}

/**
 * Searches for the player whose id, or on boards that search them whose name, is in the field.
 * @param {SubmitEvent} event
 */
function onSearch(event) {
  event.preventDefault();
  const id = find("player").value.trim();
  if (board.search !== "id" && id !== "") {
    stopFollowing();
    return searchNames(id);
  }
  if (PLAYER_ID.test(id)) {
    beginSearch(id, true);
    return choose({ player: id, offset: null });
  }
  stopFollowing();
  const rule = "One starts with a letter or a digit and has up to 128 letters, digits and . _ ~ : @ -";
  refuseSearch(id === "" ? `Enter a player’s ${board.search}.` : `That is not a player id. ${rule}`);
}

/** Clears the search, and forgets whose player it was. */
function onSearchClear() {
  rememberPlayer(null);
  stopFollowing();
  find("player").value = "";
  find("player").focus();
}

/** Shows the entries around the player that is followed. */
function onFoundShow() {
  if (state.chosen.offset !== null) choose({ offset: null });
  find("ranking").scrollIntoView({ block: "start" });
}

/** Shares a link that opens the page at the player: by the device's own means, else through the clipboard. */
async function onFoundShare() {
  const hash = formatAddress({ ...state.chosen, offset: null }, kinds, null);
  const url = location.origin + location.pathname + hash;
  try {
    // Not every browser has it, whatever its type says.
    if (typeof navigator.share === "function") return await navigator.share({ title: document.title, url });
    await navigator.clipboard.writeText(url);
    showMessage("The link is on the clipboard.");
  } catch (error) {
    // Who closed the list of ways to share wants none.
    if (error instanceof DOMException && error.name === "AbortError") return;
    showMessage("This link opens at the player: ", url);
  }
}

/**
 * Turns to the page whose button was pressed.
 * @param {MouseEvent} event
 */
function onPageButton(event) {
  const button = findSource(event, "[data-page]");
  if (button === null || button.getAttribute("aria-disabled") === "true") return;
  const offset = state.chosen.offset ?? 0;
  const last = lastPageOffset(state.players, LIMIT);
  /** @type {Record<string, number>} */
  const targets = { first: 0, whole: 0, previous: offset - LIMIT, next: offset + LIMIT, last };
  const target = targets[button.dataset.page ?? ""] ?? 0;
  choose({ offset: Math.min(Math.max(0, target), last) });
  find("ranking").scrollIntoView({ block: "start" });
}

/**
 * Goes to the rank in the field.
 * @param {SubmitEvent} event
 */
async function onJump(event) {
  event.preventDefault();
  const rank = find("rank").valueAsNumber;
  const scope = scopeOf(state.chosen);
  const pin = findViewOfWindow()?.asOf ?? null;
  const { signal } = beginRequest(true);
  showBusy(true);
  /** @type {(position: number) => Promise<number>} */
  const fetchRank = async (position) => {
    const { body } = await fetchLeaderboard(scope, position, 1, null, pin, signal);
    return body.entries[0]?.rank ?? Infinity;
  };
  // After a failure the reader stays on the same page, and its bar says that the API is down.
  const offset = await findPageOfRank(rank, state.players, LIMIT, fetchRank).catch(() => state.chosen.offset ?? 0);
  if (!signal.aborted) choose({ offset }, { rank });
}

/** Shows the time that has passed, and asks for the next window when the one that is shown has ended. */
function onSecond() {
  if (document.hidden) return;
  showTime();
  turnOnWall();
  const window = state.shown?.body.window;
  const ends = parseTime(window?.ends_at);
  if (ends === null || ends > now() || ends === handledEnd || window?.sealed) return;
  // It asks soon and only once, after a random wait, so that not every page asks at the same moment.
  handledEnd = ends;
  refreshAfter(Math.random() * Math.min(INTERVAL, 5000));
}

/** Asks for nothing while nobody sees the page, and at once when somebody does, or when there is a network again. */
function onVisibility() {
  if (document.hidden) {
    stopRefreshing();
    storeRanks();
  } else refreshNow();
}

/**
 * Finds the element that an event came from: the innermost that a selector matches; else null.
 * @param {Event} event
 * @param {string} selector
 */
function findSource(event, selector) {
  const element = event.target instanceof Element ? event.target.closest(selector) : null;
  return element instanceof HTMLElement ? element : null;
}

onEvent("window", "change", () => chooseRanking({ window: find("window").value }));
onEvent("segment", "change", () => chooseRanking({ segment: find("segment").value || null }));
onEvent("pager", "click", onPageButton);
onEvent("jump", "submit", onJump);
onEvent("search", "submit", onSearch);
onEvent("found-close", "click", onSearchClear);
onEvent("found-show", "click", onFoundShow);
onEvent("found-share", "click", onFoundShare);
onEvent("retry", "click", refreshNow);
document.addEventListener("visibilitychange", onVisibility);
addEventListener("online", onVisibility);
addEventListener("hashchange", chooseFromAddress);
setInterval(onSecond, 1000);
chooseFromAddress();
