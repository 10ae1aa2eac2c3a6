// The page of a board: asks the API, keeps what it said, says how old that is.
import { leaderboard, player, PLAYER_ID } from "./api.js";
import { age, count, instant, scores, span } from "./format.js";
import * as view from "./view.js";

const board = JSON.parse(document.getElementById("board").textContent);
const columns = board.columns.map((column) => column.name);
const format = scores(board.decimals);
const windows = board.windows.map((window) => window.every);

const LIMIT = 50;
const INTERVAL = board.refresh_seconds * 1000;
const LONGEST_WAIT = Math.max(INTERVAL, 120_000);

// What the reader chose. It stands in the address, so that a link leads to the same view.
const chosen = { window: windows[0], offset: 0, player: null };
// What the table shows: {window, offset, body, asOf}, as the API last said it; null before the first answer.
let shown = null;
// The last answer for each view, so that one seen before is there at once, and also while the API is down.
const seen = new Map();
let skew = 0;
// Players ranked in the chosen window, as far as known.
let total = 0;
let failures = 0;
let request = null;
let lookup = null;
let timer = 0;
let nextTry = 0;
let told = "loading";
// Somebody waits for the answer to a search, not just for the card to be kept fresh.
let awaited = false;

const now = () => Date.now() + skew;
// A tenth more or less, so that the pages opened at one moment do not ask at one moment for ever.
const about = (milliseconds) => milliseconds * (0.9 + 0.2 * Math.random());

function schedule() {
  clearTimeout(timer);
  if (document.hidden) return;
  const wait = about(failures === 0 ? INTERVAL : Math.min(INTERVAL * 2 ** (failures - 1), LONGEST_WAIT));
  nextTry = Date.now() + wait;
  timer = setTimeout(refresh, wait);
}

async function refresh() {
  clearTimeout(timer);
  request?.abort();
  const mine = (request = new AbortController());
  const { window, offset } = chosen;
  try {
    const answer = await leaderboard(window, offset, LIMIT, mine.signal);
    failures = 0;
    if (!accept(answer, window, offset)) return;
  } catch (error) {
    if (mine.signal.aborted) return;
    failures += 1;
    console.info(`The ranking could not be loaded: ${error.message}`);
    if (!isShown()) withhold();
  }
  view.showBusy(false);
  schedule();
  tick();
  if (chosen.player !== null) await followPlayer();
}

/** Shows an answer; false when it told that another page must be asked for, which is then under way. */
function accept(answer, window, offset) {
  // The Date header has whole seconds; following each of its roundings would make the countdown stutter.
  if (Math.abs(answer.skew - skew) > 2000) skew = answer.skew;
  const { entries, players } = answer.body;
  if (entries.length === 0 && offset > 0) {
    // The window has reset, or players were removed: the page that was open is gone.
    go({ offset: lastPage(players) < offset ? lastPage(players) : 0 });
    return false;
  }
  const same = isShown();
  const answered = { window, offset, body: answer.body, asOf: instant(answer.asOf) };
  seen.set(`${window} ${offset}`, answered);
  show(answered, same);
  if (!same) view.announce(entries.length === 0 ? "No one is ranked yet" : document.getElementById("range").textContent);
  return true;
}

const isShown = () => shown?.window === chosen.window && shown.offset === chosen.offset;

function show(answered, animate) {
  shown = answered;
  const { entries, players } = shown.body;
  total = players;
  view.showRows(entries, columns, format, chosen.player, animate);
  view.showEmpty(entries.length === 0);
  view.showPager(shown.offset, entries.length, players, LIMIT);
}

/** Takes the rows away that are not those of the view chosen: under its heading they would be a lie. */
function withhold() {
  shown = null;
  view.showRows([], columns, format, null, false);
  view.showEmpty(null);
  view.showPager(chosen.offset, 0, total, LIMIT);
}

const lastPage = (players) => Math.max(0, Math.floor((players - 1) / LIMIT) * LIMIT);

// Every second: the countdown, and how old the data is.
function tick() {
  const ends = shown?.window === chosen.window ? instant(shown.body.next_reset_at) : undefined;
  if (ends === undefined) {
    view.showReset("\u00a0", "", "\u00a0");
  } else if (ends === null) {
    view.showReset("Resets", "Never", span(null, null));
  } else {
    const when = span(instant(shown.body.window?.starts_at), instant(shown.body.window?.ends_at));
    view.showReset(ends > now() ? "Resets in" : "Resetting now", Math.max(0, ends - now()), when);
  }
  const [state, text] = condition();
  view.showState(state, text);
  if (state !== told && (state === "stale" || state === "down")) view.announce(text);
  if (state === "live" && (told === "stale" || told === "down")) view.announce("The ranking is up to date again.");
  told = state;
}

/** What the bar says of the data: [state, text]. */
function condition() {
  const old = shown?.asOf == null ? null : now() - shown.asOf;
  if (failures > 0) {
    const again = nextTry > Date.now() ? `Retrying in ${Math.ceil((nextTry - Date.now()) / 1000)} s.` : "Retrying now.";
    return ["down", `Can’t reach the leaderboard. ${old === null ? "" : `Results are ${age(old)} old. `}${again}`];
  }
  if (shown === null) return ["loading", "Loading the ranking…"];
  if (old === null) return ["live", "Waiting for the first results"];
  if (old > board.stale_seconds * 1000) return ["stale", `Out of date: these results are ${age(old)} old.`];
  const players = total > 0 ? ` · ${count(total)} ${total === 1 ? "player" : "players"}` : "";
  return ["live", `Updated ${old < 5000 ? "just now" : `${age(old)} ago`}${players}`];
}

/** Changes what is chosen, shows what is known at once, and asks for the rest. */
function go(change) {
  const turned = "window" in change || "offset" in change;
  if ("window" in change) total = 0;
  Object.assign(chosen, change);
  const address = new URLSearchParams();
  if (chosen.window !== windows[0]) address.set("window", chosen.window);
  if (chosen.offset > 0) address.set("offset", chosen.offset);
  if (chosen.player !== null) address.set("player", chosen.player);
  history.replaceState(null, "", `${address}` !== "" ? `#${address}` : location.pathname + location.search);
  view.showWindow(chosen.window);
  if (!turned) return;
  const kept = seen.get(`${chosen.window} ${chosen.offset}`);
  if (kept && !isShown()) show(kept, false);
  view.showBusy(!kept);
  tick();
  refresh();
}

/** Takes the choice from the address; what makes no sense there is left out. */
function fromAddress() {
  const address = new URLSearchParams(location.hash.slice(1));
  const window = address.get("window");
  const offset = Number(address.get("offset"));
  const id = address.get("player");
  chosen.player = id !== null && PLAYER_ID.test(id) ? id : null;
  document.getElementById("player").value = chosen.player ?? "";
  view.showFound(null);
  view.showMessage(chosen.player === null ? "" : "Searching…");
  awaited = chosen.player !== null;
  go({
    window: windows.includes(window) ? window : windows[0],
    offset: Number.isSafeInteger(offset) && offset > 0 ? offset - (offset % LIMIT) : 0,
  });
}

async function followPlayer() {
  lookup?.abort();
  const mine = (lookup = new AbortController());
  const { player: id, window } = chosen;
  try {
    const answer = await player(id, window, mine.signal);
    view.showFound(answer, columns, format);
    if (answer === null) view.showMessage("There is no such player in this window: ", id);
    else view.showMessage("");
    if (awaited) view.announce(answer === null ? "No such player in this window" : document.getElementById("found").innerText);
    awaited = false;
  } catch (error) {
    if (mine.signal.aborted) return;
    // A card that is shown already stays; the bar above the ranking says that the API is down.
    if (awaited) view.showMessage("The search can’t be answered right now. Please try again.");
  }
}

function search(event) {
  event.preventDefault();
  const id = document.getElementById("player").value.trim();
  view.showFound(null);
  if (!PLAYER_ID.test(id)) {
    lookup?.abort();
    go({ player: null });
    view.markFollowed(null);
    view.showMessage(id === "" ? "Enter a player’s id." : "That is not a player id. One starts with a letter or a digit and has up to 128 letters, digits and . _ ~ : @ -");
    view.announce(document.getElementById("search-message").textContent);
    return;
  }
  view.showMessage("Searching…");
  go({ player: id });
  view.markFollowed(id);
  awaited = true;
  followPlayer();
}

function clearSearch() {
  lookup?.abort();
  go({ player: null });
  view.markFollowed(null);
  view.showFound(null);
  view.showMessage("");
  document.getElementById("player").value = "";
  document.getElementById("player").focus();
}

function turnPage(event) {
  const button = event.target.closest("[data-page]");
  if (button === null || button.getAttribute("aria-disabled") === "true") return;
  const last = lastPage(total);
  const target = { first: 0, previous: chosen.offset - LIMIT, next: chosen.offset + LIMIT, last }[button.dataset.page];
  go({ offset: Math.min(Math.max(0, target), last) });
  document.getElementById("ranking").scrollIntoView({ block: "start" });
}

function chooseWindow(tab) {
  tab.focus();
  if (tab.dataset.window === chosen.window) return;
  view.showFound(null);
  view.showMessage(chosen.player === null ? "" : "Searching…");
  awaited = chosen.player !== null;
  go({ window: tab.dataset.window, offset: 0 });
}

function onTabKey(event) {
  const tabs = [...document.querySelectorAll("[data-window]")];
  const at = tabs.indexOf(event.target);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (at === -1 || to === undefined) return;
  event.preventDefault();
  chooseWindow(tabs[(to + tabs.length) % tabs.length]);
}

let resetSeen = 0;
function everySecond() {
  if (document.hidden) return;
  tick();
  const ends = instant(shown?.body.next_reset_at);
  if (ends !== null && ends <= now() && ends !== resetSeen) {
    // The window has just ended: ask once, soon, at a moment of this page's own; after that as always.
    resetSeen = ends;
    clearTimeout(timer);
    timer = setTimeout(refresh, Math.random() * Math.min(INTERVAL, 5000));
  }
}

function onVisibility() {
  if (document.hidden) clearTimeout(timer);
  else refresh();
}

document.querySelector("[role=tablist]").addEventListener("click", (event) => {
  const tab = event.target.closest("[data-window]");
  if (tab !== null) chooseWindow(tab);
});
document.querySelector("[role=tablist]").addEventListener("keydown", onTabKey);
document.getElementById("pager").addEventListener("click", turnPage);
document.getElementById("search").addEventListener("submit", search);
document.getElementById("found-close").addEventListener("click", clearSearch);
document.getElementById("retry").addEventListener("click", refresh);
document.addEventListener("visibilitychange", onVisibility);
addEventListener("online", refresh);
addEventListener("hashchange", fromAddress);
setInterval(everySecond, 1000);
fromAddress();
