/**
 * Lists all boards: who leads each, how many play, and when it resets. Text from players and authors goes in as text,
 * never as markup.
 * @module
 */
import { formatCount, formatZone, LOCALE, parseTime } from "../standard/dashboard/format.js";
import { makeScoreFormat } from "../standard/dashboard/numbers.js";

/**
 * A board, as boards.json describes it.
 * @typedef {object} Board
 * @property {string} team
 * @property {string} board its name
 * @property {string} title
 * @property {string | null} game
 * @property {string} accent
 * @property {boolean} hide_player_ids
 * @property {"public" | "iam"} access
 * @property {string | null} page the address of its page, where the YAML says it
 * @property {Page.Reading} column how scores are written
 */

/**
 * What is known of a board: its last answer, or why there is none.
 * @typedef {object} Known
 * @property {Page.Ranking | null} ranking
 * @property {string | null} why
 */

/** Milliseconds from one round of questions to the next: ranks of a minute ago do for a list. */
const ROUND = 60_000;

/** Milliseconds after which a board that does not answer has failed. */
const PATIENCE = 10_000;

/** Boards that are asked at once. */
const AT_ONCE = 6;

/** @type {Intl.DateTimeFormatOptions} */
const RESET = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" };
const resetFormat = new Intl.DateTimeFormat(LOCALE, RESET);
const resetWithYearFormat = new Intl.DateTimeFormat(LOCALE, { ...RESET, year: "numeric" });

const UNREACHABLE = "It does not answer: it is down, or does not let this site read it.";

/** @type {Board[]} */
let boards = [];

/**
 * Addresses of pages by the board's name: what addresses.json adds to boards.json.
 * @type {Record<string, unknown>}
 */
let addresses = {};

/** @type {Map<Board, Known>} */
const known = new Map();

/** When the boards were asked last, in epoch milliseconds; Infinity while they are, so that no round overtakes another. */
let asked = 0;

/**
 * Finds an element of the page by its id.
 * @template {typeof HTMLElement} T
 * @param {string} id
 * @param {T} type
 * @returns {InstanceType<T>}
 */
function find(id, type) {
  const element = document.getElementById(id);
  if (element instanceof type) return /** @type {InstanceType<T>} */ (element);
  throw new Error(`the page has no ${id}`);
}

/**
 * Creates an element with a text. A name may be written from right to left: it keeps its direction to itself.
 * @param {string} tag
 * @param {string} className
 * @param {string} text
 */
function create(tag, className, text) {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  element.dir = "auto";
  return element;
}

/**
 * Finds the address of a board's page; null where there is none that a link may lead to.
 * @param {Board} board
 */
function findPage(board) {
  const added = addresses[board.board];
  const written = typeof added === "string" ? added : board.page;
  if (written === null || !URL.canParse(written, location.href)) return null;
  const url = new URL(written, location.href);
  // A page here may be read as this one is, any other only in private.
  return url.protocol === "https:" || url.origin === location.origin ? url : null;
}

/**
 * Asks a board who leads it.
 * @param {Board} board
 * @returns {Promise<Known>}
 */
async function ask(board) {
  const before = known.get(board)?.ranking ?? null;
  if (board.access === "iam") return { ranking: null, why: "Only programs that sign their requests may read it." };
  const page = findPage(board);
  if (page === null) return { ranking: null, why: "Its address is not known here: addresses.json has none." };
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const answer = await fetch(new URL("v1/leaderboard?limit=1", page), { signal, credentials: "omit" });
    const body = await answer.json();
    if (!answer.ok) {
      return { ranking: null, why: typeof body.detail === "string" ? body.detail : `It answers ${answer.status}.` };
    }
    // The address may be another program's: what that says must not take the other boards off the list.
    if (!Array.isArray(body.entries)) return { ranking: null, why: "What answers at its address is no leaderboard." };
    return { ranking: body, why: null };
  } catch (error) {
    const isLate = error instanceof DOMException && error.name === "TimeoutError";
    return { ranking: before, why: isLate ? "It does not answer in time." : UNREACHABLE };
  }
}

/** Asks all boards, a few at a time, and shows each answer when it is there. */
async function askAll() {
  const began = Date.now();
  asked = Infinity;
  const waiting = [...boards];
  const work = async () => {
    for (let board = waiting.shift(); board !== undefined; board = waiting.shift()) {
      known.set(board, await ask(board));
      showBoard(board);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work)).finally(() => asked = began);
  arrange();
  const silent = boards.filter((board) => known.get(board)?.why).length;
  const failed = silent === 0 ? "" : ` ${formatCount(silent)} of them say why they have no figures.`;
  find("announcement", HTMLElement).textContent = `${count(boards.length, "board")}.${failed}`;
}

/**
 * Writes a number of things.
 * @param {number} number
 * @param {string} thing
 */
const count = (number, thing) => `${formatCount(number)} ${thing}${number === 1 ? "" : "s"}`;

/** @type {Map<Board, HTMLElement>} */
const cards = new Map();

/**
 * Shows what is known of a board.
 * @param {Board} board
 */
function showBoard(board) {
  const card = cards.get(board) ?? document.createElement("li");
  cards.set(board, card);
  card.className = "board";
  card.style.setProperty("--accent", board.accent);
  const heading = create("h2", "", "");
  const page = findPage(board);
  const link = create(page === null ? "bdi" : "a", "", board.title);
  if (link instanceof HTMLAnchorElement && page !== null) link.href = page.href;
  heading.append(link);
  const from = create("p", "from", board.game === null ? board.team : `${board.team} · ${board.game}`);
  const hadFocus = card.contains(document.activeElement);
  card.replaceChildren(heading, from, ...describe(board, known.get(board)));
  if (hadFocus) link.focus();
}

/**
 * Describes who leads a board, how many play and when it resets, or why that is not known.
 * @param {Board} board
 * @param {Known | undefined} found
 */
function describe(board, found) {
  if (found === undefined) return [create("p", "facts", "Asking…")];
  const { ranking, why } = found;
  const shown = [];
  if (ranking !== null) {
    const [first] = ranking.entries;
    const leader = create("p", "leader", "");
    if (first === undefined) leader.append(create("span", "", "Nobody has scored yet"));
    else {
      const anonymous = board.hide_player_ids ? "Unnamed player" : first.player_id;
      const format = makeScoreFormat(board.column);
      leader.append(create("bdi", "", first.name || anonymous), create("strong", "", format(first.score)));
    }
    const reset = describeReset(parseTime(ranking.next_reset_at));
    shown.push(leader, create("p", "facts", `${count(ranking.players, "player")} · ${reset}`));
  }
  if (why !== null) shown.push(create("p", "why", why));
  return shown;
}

/**
 * Says when a board resets, in the reader's time zone, which it names; with the year unless it is this one.
 * @param {number | null} time epoch milliseconds; null for never
 */
function describeReset(time) {
  if (time === null) return "never resets";
  const isThisYear = new Date(time).getFullYear() === new Date().getFullYear();
  return `resets ${(isThisYear ? resetFormat : resetWithYearFormat).format(time)} ${formatZone(time)}`;
}

/** @type {Record<string, (one: Board, other: Board) => number>} */
const ORDERS = {
  team: (one, other) => one.team.localeCompare(other.team),
  title: () => 0,
  players: (one, other) => playersOf(other) - playersOf(one),
  reset: (one, other) => resetOf(one) - resetOf(other),
};

/** @param {Board} board */
const playersOf = (board) => known.get(board)?.ranking?.players ?? -1;

/** @param {Board} board */
const resetOf = (board) => parseTime(known.get(board)?.ranking?.next_reset_at) ?? Number.MAX_SAFE_INTEGER;

/** Shows the boards of the chosen team in the chosen order. */
function arrange() {
  const team = find("team", HTMLSelectElement).value;
  const order = ORDERS[find("order", HTMLSelectElement).value] ?? (() => 0);
  const shown = boards.filter((board) => team === "" || board.team === team);
  shown.sort((one, other) => order(one, other) || one.title.localeCompare(other.title));
  const list = find("boards", HTMLElement);
  const focused = document.activeElement;
  list.replaceChildren(...shown.flatMap((board) => cards.get(board) ?? []));
  if (focused instanceof HTMLElement && list.contains(focused)) focused.focus({ preventScroll: true });
  const many = shown.length === boards.length ? "" : ` of ${formatCount(boards.length)}`;
  find("state", HTMLElement).textContent = boards.length === 0
    ? "There is no board yet."
    : `${count(shown.length, "board")}${many}`;
}

/** Chooses the team and the order that the page's address says. */
function chooseFromAddress() {
  const wanted = new URLSearchParams(location.hash.slice(1));
  for (const id of ["team", "order"]) {
    const select = find(id, HTMLSelectElement);
    const value = wanted.get(id) ?? "";
    const isKnown = [...select.options].some((option) => option.value === value);
    select.value = isKnown ? value : select.options[0]?.value ?? "";
  }
  arrange();
}

/** Writes the chosen team and order to the page's address. */
function onChoice() {
  const wanted = new URLSearchParams();
  const [team, order] = ["team", "order"].map((id) => find(id, HTMLSelectElement).value);
  if (team) wanted.set("team", team);
  if (order && order !== "team") wanted.set("order", order);
  history.replaceState(null, "", wanted.size > 0 ? `#${wanted}` : location.pathname + location.search);
  arrange();
}

/** Asks again when a minute is over and somebody looks. */
function askInTime() {
  if (!document.hidden && Date.now() - asked >= ROUND) askAll();
}

/**
 * Reads a JSON file beside the page.
 * @param {string} name
 */
async function read(name) {
  const answer = await fetch(name, { cache: "no-cache" });
  return answer.ok ? await answer.json() : null;
}

/** Loads the list of boards, and asks each of them. */
async function start() {
  const [list, added] = await Promise.all([read("boards.json"), read("addresses.json").catch(() => null)]);
  boards = list.boards;
  addresses = added ?? {};
  const teams = [...new Set(boards.map((board) => board.team))].sort();
  find("team", HTMLSelectElement).append(...teams.map((team) => new Option(team, team)));
  find("wish", HTMLElement).hidden = boards.length < 2;
  for (const board of boards) showBoard(board);
  chooseFromAddress();
  addEventListener("hashchange", chooseFromAddress);
  find("wish", HTMLElement).addEventListener("change", onChoice);
  find("wish", HTMLElement).addEventListener("submit", (event) => event.preventDefault());
  document.addEventListener("visibilitychange", askInTime);
  setInterval(askInTime, 5000);
  await askAll();
}

start().catch(() => {
  find("state", HTMLElement).textContent = "The list of boards could not be loaded. Load the page again.";
});
