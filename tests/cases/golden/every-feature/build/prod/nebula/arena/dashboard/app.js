// The page of a board: asks the API, keeps what it said, says how old that is.
import * as address from "./address.js";
import * as api from "./api.js";
import { instant, scores } from "./format.js";
import { lastPage, pageOfRank } from "./paging.js";
import * as search from "./search.js";
import * as status from "./status.js";
import * as table from "./table.js";
import * as view from "./view.js";
import { choices, closes, kindOf, nameOf } from "./windows.js";

const board = JSON.parse(view.find("board").textContent);
const columns = board.columns.map((column) => column.name);
const format = scores(board.decimals);
const kinds = board.windows.map((window) => window.every);
const labels = new Map(board.windows.map((window) => [window.every, window.label]));

const LIMIT = 50;
const SPAN = 5;
const INTERVAL = board.refresh_seconds * 1000;
const LONGEST_WAIT = Math.max(INTERVAL, 120_000);
const LIST_INTERVAL = Math.max(INTERVAL, 60_000);

// What the reader chose. It stands in the address, so that a link leads to the same view: see address.js.
const chosen = { window: kinds[0], offset: 0, player: null };
// What the table shows: {key, window, body, asOf, gap}, as the API last said it; null before the first answer.
let shown = null;
// The last answer for each view, so that one seen before is there at once, and also while the API is down.
const seen = new Map();
// The current and the kept windows, and when that was asked for.
let listed = [];
let listedAt = -Infinity;
let skew = 0;
// Players ranked in the chosen window, as far as known.
let total = 0;
let failures = 0;
let request = null;
let timer = 0;
let nextTry = 0;
let told = "loading";
// A rank to be brought to the reader's eyes once its page is there.
let sought = null;

const now = () => Date.now() + skew;
// A tenth more or less, so that the pages opened at one moment do not ask at one moment for ever.
const about = (milliseconds) => milliseconds * (0.9 + 0.2 * Math.random());
const keyOf = ({ window, offset, player }) => `${window} ${offset ?? `@${player}`}`;
const isShown = () => shown?.key === keyOf(chosen);
const ofWindow = () => (shown?.window === chosen.window ? shown : null);

function schedule() {
  clearTimeout(timer);
  if (document.hidden) return;
  const usual = ofWindow()?.body.window?.sealed ? LONGEST_WAIT : INTERVAL;
  const wait = about(failures === 0 ? usual : Math.min(INTERVAL * 2 ** (failures - 1), LONGEST_WAIT));
  nextTry = Date.now() + wait;
  timer = setTimeout(() => refresh(), wait);
}

/** Asks for what is chosen. `pin`: the snapshot that it must be from while that can be read, as api.js says. */
async function refresh(pin = null) {
  clearTimeout(timer);
  request?.abort();
  const mine = (request = new AbortController());
  const { window, offset, player } = chosen;
  try {
    const answer = await (offset === null
      ? api.neighbours(player, window, SPAN, pin, mine.signal)
      : api.leaderboard(window, offset, LIMIT, pin, mine.signal));
    if (!accept(answer)) return;
    list(answer.body.window);
  } catch (error) {
    if (mine.signal.aborted) return;
    if (error instanceof api.Missing) {
      if (offset === null) return go({ offset: 0 }, { replace: true });
      if (!kinds.includes(window)) return go({ window: kinds[0], offset: 0 }, { replace: true });
    }
    if (error instanceof api.Missing && window === "season") {
      if (!accept({ body: { entries: [], players: 0, window: null }, asOf: null, skew, gap: true })) return;
      list(null);
    } else {
      failures += 1;
      console.info(`The ranking could not be loaded: ${error.message}`);
      if (!isShown()) recall();
    }
  }
  view.showBusy(false);
  schedule();
  tick();
  if (chosen.player === null) return;
  if (ofWindow()?.gap) search.refuse("No season is on, so no player is ranked in it.");
  else await search.follow(chosen.player, chosen.window, isShown() ? shown.asOf : null, columns, format);
}

/** Shows an answer to what is chosen; false when it told that another page must be asked for, which is then under way. */
function accept({ body, asOf, skew: ahead, gap = false }) {
  failures = 0;
  // The Date header has whole seconds; following each of its roundings would make the countdown stutter.
  if (Math.abs(ahead - skew) > 2000) skew = ahead;
  if (body.entries.length === 0 && chosen.offset > 0) {
    // The window has reset, or players were removed: the page that was open is gone.
    const last = lastPage(body.players, LIMIT);
    go({ offset: last < chosen.offset ? last : 0 }, { replace: true });
    return false;
  }
  const same = isShown();
  const answered = { key: keyOf(chosen), window: chosen.window, body, asOf, gap };
  seen.set(answered.key, answered);
  show(answered, same);
  if (!same) view.announce(emptiness()?.[0] ?? view.find("range").textContent);
  return true;
}

function show(answered, animate) {
  shown = answered;
  const { entries, players } = shown.body;
  total = players;
  // Before the rows: what is hidden has no places that rows could move from.
  view.showEmpty(emptiness());
  table.showRows(entries, { columns, format, followed: chosen.player, first: chosen.offset, animate });
  view.showPager(status.range(shown.body, chosen.offset, chosen.player), chosen.offset, players, LIMIT);
  showWindow();
  if (sought !== null) table.reveal(sought);
  sought = null;
}

/** Shows the last answer to what is chosen; without one it takes the rows away, which under its heading would be a lie. */
function recall() {
  const kept = seen.get(keyOf(chosen));
  if (kept) return show(kept, false);
  shown = null;
  view.showEmpty(null);
  table.showRows([], { columns, format });
  view.showPager([], chosen.offset, total, LIMIT);
}

const emptiness = () => status.emptiness(shown, listed, kinds, now());

// Every second: the countdown, and how old the data is.
function tick() {
  view.showReset(...status.resetOf(ofWindow(), kinds, now()));
  const [state, text] = status.condition(shown, { failures, next: nextTry - Date.now() }, board.stale_seconds * 1000, now());
  view.showState(state, text);
  if (state !== told && (state === "stale" || state === "down")) view.announce(text);
  if (state === "live" && (told === "stale" || told === "down")) view.announce("The ranking is up to date again.");
  told = state;
}

/** Asks which windows there are, now and then, and at once when an answer tells of one that is not known as it is. */
async function list(told) {
  const known = told === null || listed.some((each) => each.id === told.id && each.sealed === told.sealed && each.ends_at === told.ends_at);
  if (!kinds.some(closes) || Date.now() - listedAt < (known ? LIST_INTERVAL : INTERVAL)) return;
  listedAt = Date.now();
  try {
    listed = (await api.windows(AbortSignal.timeout(15_000))).body.windows;
    showWindow();
    if (ofWindow()) view.showEmpty(emptiness());
  } catch (error) {
    console.info(`The windows could not be listed: ${error.message}`);
  }
}

function showWindow() {
  const kind = kindOf(chosen.window, kinds);
  const on = listed.length === 0 || listed.some((window) => window.every === kind && window.current);
  const label = ofWindow()?.gap || (kind === "season" && !on) ? "Now: no season" : labels.get(kind);
  view.showKind(kind);
  const final = ofWindow()?.body.window?.sealed === true;
  view.showChoices(closes(kind) ? choices(listed, kind, label, chosen.window, new Date().getFullYear(), final) : null, chosen.window);
  view.write(view.find("caption"), `${board.title}, ${chosen.window === kind ? label : nameOf(chosen.window, kind)}`);
}

/** Changes what is chosen, shows what is known at once, and asks for the rest. It can be gone back to, unless `replace`. */
function go(change, { replace = false, seek = null } = {}) {
  const turned = !replace && ofWindow() !== null && !("window" in change) && !("player" in change);
  // A page that is turned to is one of the same snapshot: nobody is on both pages, or on neither.
  const pin = turned && !shown.body.window?.sealed ? shown.asOf : null;
  if ("window" in change) total = 0;
  sought = seek;
  Object.assign(chosen, change);
  const to = address.write(chosen, kinds);
  if (to !== location.hash) history[replace ? "replaceState" : "pushState"](null, "", to || location.pathname + location.search);
  showWindow();
  table.markFollowed(chosen.player);
  const kept = seen.get(keyOf(chosen));
  if (kept && !isShown() && (pin === null || kept.asOf === pin)) show(kept, false);
  view.showBusy(!isShown());
  tick();
  refresh(pin);
}

function fromAddress() {
  const read = address.read(location.hash, kinds, LIMIT);
  view.find("player").value = read.player ?? "";
  search.begin(read.player);
  go(read, { replace: true });
}

function onSearch(event) {
  event.preventDefault();
  const id = view.find("player").value.trim();
  if (api.PLAYER_ID.test(id)) {
    search.begin(id);
    return go({ player: id, offset: null });
  }
  stopFollowing();
  search.refuse(id === "" ? "Enter a player’s id." : "That is not a player id. One starts with a letter or a digit and has up to 128 letters, digits and . _ ~ : @ -");
}

function stopFollowing() {
  search.begin(null);
  if (chosen.player !== null) go({ player: null, offset: chosen.offset ?? 0 });
}

function clearSearch() {
  stopFollowing();
  view.find("player").value = "";
  view.find("player").focus();
}

function turnPage(event) {
  const button = event.target.closest("[data-page]");
  if (button === null || button.getAttribute("aria-disabled") === "true") return;
  const last = lastPage(total, LIMIT);
  const target = { first: 0, whole: 0, previous: chosen.offset - LIMIT, next: chosen.offset + LIMIT, last }[button.dataset.page];
  go({ offset: Math.min(Math.max(0, target), last) });
  view.find("ranking").scrollIntoView({ block: "start" });
}

async function jump(event) {
  event.preventDefault();
  const rank = view.find("rank").valueAsNumber;
  const { window } = chosen;
  const pin = ofWindow()?.asOf ?? null;
  request?.abort();
  const mine = (request = new AbortController());
  view.showBusy(true);
  // Where the way there can't be asked for, the page that is shown says so by itself.
  const rankAt = async (at) => (await api.leaderboard(window, at, 1, pin, mine.signal)).body.entries[0]?.rank ?? Infinity;
  const offset = await pageOfRank(rank, total, LIMIT, rankAt).catch(() => chosen.offset ?? 0);
  if (mine.signal.aborted) return;
  go({ offset }, { seek: rank });
}

function chooseWindow(window) {
  if (window === chosen.window) return;
  search.begin(chosen.player);
  // The players around somebody, or the first page: no other page is the same one elsewhere.
  go({ window, offset: chosen.offset === null ? null : 0 });
}

function onTabKey(event) {
  const tabs = [...document.querySelectorAll("[data-window]")];
  const at = tabs.indexOf(event.target);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (at === -1 || to === undefined) return;
  event.preventDefault();
  const tab = tabs[(to + tabs.length) % tabs.length];
  tab.focus();
  chooseWindow(tab.dataset.window);
}

let resetSeen = 0;
function everySecond() {
  if (document.hidden) return;
  tick();
  const ends = instant(shown?.body.window?.ends_at);
  if (ends !== null && ends <= now() && ends !== resetSeen && !shown.body.window.sealed) {
    // The window has just ended: ask once, soon, at a moment of this page's own; after that as always.
    resetSeen = ends;
    clearTimeout(timer);
    timer = setTimeout(() => refresh(), Math.random() * Math.min(INTERVAL, 5000));
  }
}

function onVisibility() {
  if (document.hidden) clearTimeout(timer);
  else refresh();
}

document.querySelector("[role=tablist]").addEventListener("click", (event) => {
  const tab = event.target.closest("[data-window]");
  tab?.focus();
  if (tab !== null) chooseWindow(tab.dataset.window);
});
document.querySelector("[role=tablist]").addEventListener("keydown", onTabKey);
view.find("archive")?.addEventListener("change", (event) => chooseWindow(event.target.value));
view.find("pager").addEventListener("click", turnPage);
view.find("jump").addEventListener("submit", jump);
view.find("search").addEventListener("submit", onSearch);
view.find("found-close").addEventListener("click", clearSearch);
view.find("retry").addEventListener("click", () => refresh());
document.addEventListener("visibilitychange", onVisibility);
addEventListener("online", () => refresh());
addEventListener("hashchange", fromAddress);
setInterval(everySecond, 1000);
fromAddress();
