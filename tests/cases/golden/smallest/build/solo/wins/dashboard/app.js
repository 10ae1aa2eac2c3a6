import { formatAddress, parseAddress } from "./address.js";
import { fetchLeaderboard, PLAYER_ID } from "./api.js";
import { recallPlayer, rememberPlayer, storeRanks } from "./device.js";
import { showTime } from "./display.js";
import { parseTime } from "./format.js";
import { beginRequest, choose, INTERVAL, refresh, refreshAfter, stopRefreshing } from "./loading.js";
import { findPageOfRank, lastPageOffset } from "./paging.js";
import * as search from "./search.js";
import { findViewOfWindow, kinds, LIMIT, now, state } from "./state.js";
import { find, showBusy, showMessage } from "./view.js";

let handledEnd = null;

function chooseFromAddress() {
  const own = recallPlayer();
  const choice = parseAddress(location.hash, kinds, LIMIT, own);
  find("player").value = choice.player === own ? "" : choice.player ?? "";
  search.begin(choice.player);
  choose(choice, { replace: true });
}

function chooseWindow(window) {
  if (window === state.chosen.window) return;
  search.begin(state.chosen.player);
  choose({ window, offset: state.chosen.offset === null ? null : 0 });
}

function stopFollowing() {
  search.begin(null);
  if (state.chosen.player !== null) choose({ player: null, offset: state.chosen.offset ?? 0 });
}

function onSearch(event) {
  event.preventDefault();
  const id = find("player").value.trim();
  if (PLAYER_ID.test(id)) {
    search.begin(id, true);
    return choose({ player: id, offset: null });
  }
  stopFollowing();
  const rule = "One starts with a letter or a digit and has up to 128 letters, digits and . _ ~ : @ -";
  search.refuse(id === "" ? "Enter a player’s id." : `That is not a player id. ${rule}`);
}

function onSearchClear() {
  rememberPlayer(null);
  stopFollowing();
  find("player").value = "";
  find("player").focus();
}

function onFoundShow() {
  if (state.chosen.offset !== null) choose({ offset: null });
  find("ranking").scrollIntoView({ block: "start" });
}

async function onFoundShare() {
  const { window, player } = state.chosen;
  const hash = formatAddress({ window, offset: null, player }, kinds, null);
  const url = location.origin + location.pathname + hash;
  try {
    if (typeof navigator.share === "function") return await navigator.share({ title: document.title, url });
    await navigator.clipboard.writeText(url);
    showMessage("The link is on the clipboard.");
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    showMessage("This link opens at the player: ", url);
  }
}

function onPageButton(event) {
  const button = findSource(event, "[data-page]");
  if (button === null || button.getAttribute("aria-disabled") === "true") return;
  const offset = state.chosen.offset ?? 0;
  const last = lastPageOffset(state.players, LIMIT);
  const targets = { first: 0, whole: 0, previous: offset - LIMIT, next: offset + LIMIT, last };
  const target = targets[button.dataset.page ?? ""] ?? 0;
  choose({ offset: Math.min(Math.max(0, target), last) });
  find("ranking").scrollIntoView({ block: "start" });
}

async function onJump(event) {
  event.preventDefault();
  const rank = find("rank").valueAsNumber;
  const { window } = state.chosen;
  const pin = findViewOfWindow()?.asOf ?? null;
  const { signal } = beginRequest();
  showBusy(true);
  const fetchRank = async (position) => {
    const { body } = await fetchLeaderboard(window, position, 1, pin, signal);
    return body.entries[0]?.rank ?? Infinity;
  };
  const offset = await findPageOfRank(rank, state.players, LIMIT, fetchRank).catch(() => state.chosen.offset ?? 0);
  if (!signal.aborted) choose({ offset }, { rank });
}

function onSecond() {
  if (document.hidden) return;
  showTime();
  const window = state.shown?.body.window;
  const ends = parseTime(window?.ends_at);
  if (ends === null || ends > now() || ends === handledEnd || window?.sealed) return;
  handledEnd = ends;
  refreshAfter(Math.random() * Math.min(INTERVAL, 5000));
}

function onVisibility() {
  if (document.hidden) {
    stopRefreshing();
    storeRanks();
  } else refresh();
}

function findSource(event, selector) {
  const element = event.target instanceof Element ? event.target.closest(selector) : null;
  return element instanceof HTMLElement ? element : null;
}

find("window").addEventListener("change", () => chooseWindow(find("window").value));
find("pager").addEventListener("click", onPageButton);
find("jump").addEventListener("submit", onJump);
find("search").addEventListener("submit", onSearch);
find("found-close").addEventListener("click", onSearchClear);
find("found-show").addEventListener("click", onFoundShow);
find("found-share").addEventListener("click", onFoundShare);
find("retry").addEventListener("click", () => refresh());
document.addEventListener("visibilitychange", onVisibility);
addEventListener("online", onVisibility);
addEventListener("hashchange", chooseFromAddress);
setInterval(onSecond, 1000);
chooseFromAddress();
