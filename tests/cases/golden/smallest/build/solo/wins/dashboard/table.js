/**
 * Shows the ranking as a table. Text from a player or an author goes in as text, never as markup.
 * @module
 */
import { showAttached } from "./attached.js";
import { formatCount } from "./format.js";
import { createElement, find, findAll, findOne, formatScores, labelPlayer, setText, setTextAndTitle } from "./view.js";

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

/** How many ranks, and how many rows at most, are shown larger than the rest. */
const PODIUM = 3;

/**
 * Shows entries. A player keeps the same row, so that readers see it move.
 * @param {Api.Entry[]} entries
 * @param {object} options
 * @param {Page.Column[]} options.columns
 * @param {string | null} [options.followed] id of the player that is followed
 * @param {number | null} [options.first] position of the first entry, from 0; null where it is not known
 * @param {boolean} [options.animate] false when the rows before belong to another view
 */
export function showRows(entries, { columns, followed = null, first = 0, animate = false }) {
  const rows = find("rows");
  /** @type {Map<string | undefined, { row: HTMLTableRowElement, top: number, scores: string | undefined }>} */
  const before = new Map();
  for (const row of rows.rows) {
    before.set(row.dataset.player, { row, top: row.offsetTop, scores: row.dataset.scores });
  }
  const next = entries.map((entry, index) => {
    const row = before.get(entry.player_id)?.row ?? createRow(columns);
    fillRow(row, entry, columns);
    // Ranks can be shared: if ten players are first, only three rows are larger than the rest.
    row.classList.toggle("podium", entry.rank <= PODIUM && index < PODIUM && !first);
    return row;
  });
  const focused = document.activeElement;
  rows.replaceChildren(...next);
  // A link in a row that is put in its place anew would lose the keyboard's focus.
  if (focused instanceof HTMLElement && rows.contains(focused)) focused.focus({ preventScroll: true });
  markFollowed(followed);
  fitColumns(next);
  if (!animate || reducedMotion.matches) return;
  for (const row of next) animateRow(row, before.get(row.dataset.player));
}

/**
 * Marks the row of the player that is followed.
 * @param {string | null} id
 */
export function markFollowed(id) {
  for (const row of find("rows").rows) {
    const isFollowed = row.dataset.player === id;
    row.classList.toggle("followed", isFollowed);
    if (isFollowed) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/**
 * Scrolls to the first row of a rank, or of a worse one; to the last row where all are better.
 * @param {number} rank
 */
export function revealRank(rank) {
  const rows = [...find("rows").rows];
  (rows.find((row) => Number(row.dataset.rank) >= rank) ?? rows.at(-1))?.scrollIntoView({ block: "center" });
}

/**
 * Creates an empty row.
 * @param {Page.Column[]} columns
 */
function createRow(columns) {
  const rank = createElement("td", "rank");
  rank.append(createElement("span", "place"));
  const player = createElement("th", "player");
  player.scope = "row";
  const who = createElement("div", "who");
  who.append(createElement("bdi", "name"), createElement("bdi", "id"));
  player.append(who, createElement("div", "attached"));
  const row = document.createElement("tr");
  row.append(rank, player, ...columns.map(() => createElement("td", "score")));
  return row;
}

/**
 * Writes an entry into a row.
 * @param {HTMLTableRowElement} row
 * @param {Api.Entry} entry
 * @param {Page.Column[]} columns
 */
function fillRow(row, entry, columns) {
  const [name, id] = labelPlayer(entry);
  const texts = formatScores(entry, columns);
  row.dataset.rank = String(entry.rank);
  row.dataset.player = entry.player_id;
  row.dataset.scores = texts.join("|");
  setText(findOne(".place", row), formatCount(entry.rank));
  setTextAndTitle(findOne(".name", row), name);
  setTextAndTitle(findOne(".id", row), id);
  showAttached(findOne(".attached", row), entry.attached);
  findAll(".score", row).forEach((cell, index) => setText(cell, texts[index] ?? ""));
}

/**
 * Measures the longest of some texts, in characters.
 * @param {string[]} texts
 */
const measureLongest = (texts) => Math.max(0, ...texts.map((text) => text.length));

/**
 * Reads a number from a property of an element's own style; 0 if it is not set.
 * @param {HTMLElement} element
 * @param {string} property
 */
const readNumber = (element, property) => Number(element.style.getPropertyValue(property));

/**
 * Makes columns as wide as their longest text. They never shrink while the page is open, so that names do not jump about.
 * @param {HTMLTableRowElement[]} rows
 */
function fitColumns(rows) {
  const table = find("table");
  const headings = findAll("thead .score", table);
  const scores = rows.map((row) => findAll(".score", row).map((cell) => cell.textContent));
  const widths = headings.map((heading, index) => {
    const width = Math.max(
      // A heading may wrap between its words, not within one; and its letters are wider than digits.
      headings.length > 1 ? Math.ceil(1.25 * Math.min(10, measureLongest(heading.textContent.split(" ")))) : 6,
      measureLongest(scores.map((texts) => texts[index] ?? "")),
      readNumber(heading, "--digits"),
    );
    heading.style.setProperty("--digits", String(width));
    return width;
  });
  const places = rows.map((row) => findOne(".place", row).textContent);
  const rankWidth = Math.max(3, measureLongest(places), readNumber(table, "--rank-digits"));
  table.style.setProperty("--rank-digits", String(rankWidth));
  table.style.setProperty("--columns", String(widths.length));
  table.style.setProperty("--all-digits", String(widths.reduce((sum, width) => sum + width, 0)));
  makeFrameReachable();
}

/** Lets the keyboard reach the table's frame where columns are wider than the screen, so that it can be scrolled. */
function makeFrameReachable() {
  const frame = find("frame");
  if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
  else frame.removeAttribute("tabindex");
}
addEventListener("resize", makeFrameReachable);

/**
 * Animates what has changed in a row: its place, its scores, or that it is new.
 * @param {HTMLTableRowElement} row
 * @param {{ top: number, scores: string | undefined } | undefined} before its place and scores; undefined for a new row
 */
function animateRow(row, before) {
  if (before === undefined) {
    row.animate({ opacity: [0, 1] }, { duration: 400, easing: "ease-out" });
    return;
  }
  const distance = before.top - row.offsetTop;
  if (distance !== 0) {
    const transform = [`translateY(${distance}px)`, "none"];
    row.animate({ transform }, { duration: 550, easing: "cubic-bezier(.2, .8, .2, 1)" });
  }
  if (before.scores !== row.dataset.scores) {
    const flash = getComputedStyle(row).getPropertyValue("--flash");
    for (const cell of findAll(".score", row)) {
      cell.animate({ backgroundColor: [flash, "transparent"] }, { duration: 1400, easing: "ease-out" });
    }
  }
}
