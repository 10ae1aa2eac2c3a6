/**
 * Shows the ranking: the first three on a podium, all others in a table. Text from a player or an author goes in as text,
 * never as markup.
 * @module
 */
import { showAttached } from "./attached.js";
import { formatCount } from "./format.js";
import { isEmbedded } from "./frame.js";
import { find, findAll, findOne, formatScores, labelPlayer, makeElement, setText, setTextAndTitle } from "./view.js";

const reducedMotion = matchMedia("(prefers-reduced-motion: reduce)");

/** How many places the podium has. */
const PODIUM = 3;

/** The most columns that there is room for on the podium. */
const MOST_COLUMNS = 3;

/**
 * Shows entries. A player keeps the same row.
 * @param {Api.Entry[]} entries
 * @param {object} options
 * @param {Page.Column[]} options.columns
 * @param {string | null} [options.followed] id of the player that is followed
 * @param {number | null} [options.first] position of the first entry, from 0; null where it is not known
 * @param {Map<string, number>} [options.before] ranks to compare with
 * @param {boolean} [options.animate] false when the rows before belong to another view
 */
export function showRows(entries, { columns, followed = null, first = 0, before = new Map(), animate = false }) {
  /** @type {Map<string, { element: HTMLElement, rank: string | undefined, scores: string | undefined }>} */
  const previous = new Map();
  for (const element of findAll(".entry")) {
    const { player, rank, scores } = element.dataset;
    previous.set(`${element.localName} ${player}`, { element, rank, scores });
  }
  const winners = first === 0 && !isEmbedded() ? countWinners(entries, columns) : 0;
  const next = entries.map((entry, index) => {
    const isWinner = index < winners;
    const element = previous.get(`${isWinner ? "li" : "tr"} ${entry.player_id}`)?.element ??
      (isWinner ? createCard(columns) : createRow(columns));
    fill(element, entry, columns, before.get(entry.player_id));
    return element;
  });
  const focused = document.activeElement;
  find("podium").replaceChildren(...next.slice(0, winners));
  find("podium").hidden = winners === 0;
  find("rows").replaceChildren(...next.slice(winners));
  find("table").hidden = winners > 0 && winners === next.length;
  // A link in an entry that is put in its place anew would lose the keyboard's focus.
  if (focused instanceof HTMLElement && focused.closest(".entry")) focused.focus({ preventScroll: true });
  markFollowed(followed);
  fitColumns(next, columns.length);
  if (!animate || reducedMotion.matches) return;
  for (const element of next) animateEntry(element, previous.get(`${element.localName} ${element.dataset.player}`));
}

/**
 * Shows the headings of columns in place of others; rows and cards are then made anew.
 * @param {Page.Column[]} columns
 */
export function showHeadings(columns) {
  const own = findAll("thead .score");
  const titles = columns.map(({ title }) => title);
  if (own.map((heading) => heading.textContent).join() === titles.join()) return;
  for (const element of [...own, ...findAll(".entry")]) element.remove();
  findOne("thead tr").append(...titles.map((title) => makeElement("th", "score", title)));
}

/**
 * Counts the entries for the podium: three or none. With ties more than three may have the first three ranks: then none of
 * them stands out, and the table has them all.
 * @param {Api.Entry[]} entries
 * @param {Page.Column[]} columns
 */
function countWinners(entries, columns) {
  const last = entries[PODIUM - 1];
  const isFull = last !== undefined && last.rank <= PODIUM;
  return isFull && (entries[PODIUM]?.rank ?? Infinity) > PODIUM && columns.length <= MOST_COLUMNS ? PODIUM : 0;
}

/**
 * Marks the entry of the player that is followed.
 * @param {string | null} id
 */
export function markFollowed(id) {
  for (const element of findAll(".entry")) {
    const isFollowed = element.dataset.player === id;
    element.classList.toggle("followed", isFollowed);
    if (isFollowed) element.setAttribute("aria-current", "true");
    else element.removeAttribute("aria-current");
  }
}

/**
 * Scrolls to the first entry of a rank, or of a worse one; to the last where all are better.
 * @param {number} rank
 */
export function revealRank(rank) {
  const entries = findAll(".entry");
  (entries.find((each) => Number(each.dataset.rank) >= rank) ?? entries.at(-1))?.scrollIntoView({ block: "center" });
}

/** Creates an element for a player's name and id. */
function createWho() {
  const who = makeElement("div", "who");
  who.append(makeElement("bdi", "name"), makeElement("bdi", "id"));
  return who;
}

/**
 * Creates an empty row.
 * @param {Page.Column[]} columns
 */
function createRow(columns) {
  const rank = makeElement("td", "rank");
  rank.append(makeElement("span", "place"), makeElement("span", "moved"));
  const player = makeElement("th", "player");
  player.scope = "row";
  player.append(createWho(), makeElement("div", "attached"));
  const row = makeElement("tr", "entry");
  row.append(rank, player, ...columns.map(() => makeElement("td", "score")));
  return row;
}

/**
 * Creates an empty card of the podium. The first column needs no heading: it is what the board ranks by.
 * @param {Page.Column[]} columns
 */
function createCard(columns) {
  const card = makeElement("li", "entry");
  card.append(makeElement("span", "place"), createWho());
  for (const [index, { title }] of columns.entries()) {
    const line = makeElement("p", "line", index === 0 ? "" : `${title} `);
    line.append(makeElement("span", "score"));
    card.append(line);
  }
  card.append(makeElement("div", "attached"), makeElement("span", "moved"));
  return card;
}

/**
 * Writes an entry into a row or a card.
 * @param {HTMLElement} element
 * @param {Api.Entry} entry
 * @param {Page.Column[]} columns
 * @param {number} [before] the rank to compare with
 */
function fill(element, entry, columns, before = entry.rank) {
  const [name, id] = labelPlayer(entry);
  const texts = formatScores(entry, columns);
  element.dataset.rank = String(entry.rank);
  element.dataset.player = entry.player_id;
  element.dataset.scores = texts.join("|");
  setText(findOne(".place", element), formatCount(entry.rank));
  setTextAndTitle(findOne(".name", element), name);
  setTextAndTitle(findOne(".id", element), id);
  findAll(".score", element).forEach((cell, index) => setText(cell, texts[index] ?? ""));
  showAttached(findOne(".attached", element), entry.attached);
  showMove(findOne(".moved", element), before - entry.rank);
}

/**
 * Shows how many ranks a player has won or lost since this device saw them last.
 * @param {HTMLElement} element
 * @param {number} ranks
 */
function showMove(element, ranks) {
  const hasMoved = Number.isFinite(ranks) && ranks !== 0;
  element.dataset.moved = ranks > 0 ? "up" : "down";
  element.hidden = !hasMoved;
  setText(element, hasMoved ? formatCount(Math.abs(ranks)) : "");
  element.title = hasMoved ? `${ranks > 0 ? "Up" : "Down"} ${element.textContent} since you last looked` : "";
  element.role = "img";
  element.setAttribute("aria-label", element.title);
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
 * @param {HTMLElement[]} entries
 * @param {number} columns
 */
function fitColumns(entries, columns) {
  const table = find("table");
  const scores = entries.map((entry) => findAll(".score", entry).map((cell) => cell.textContent));
  const widths = findAll("thead .score", table).map((heading, index) => {
    const width = Math.max(
      // A heading may wrap between its words, not within one; and its letters are wider than digits.
      columns > 1 ? Math.ceil(1.25 * Math.min(10, measureLongest(heading.textContent.split(" ")))) : 6,
      measureLongest(scores.map((texts) => texts[index] ?? "")),
      readNumber(heading, "--digits"),
    );
    heading.style.setProperty("--digits", String(width));
    return width;
  });
  const places = entries.map((entry) => findOne(".place", entry).textContent);
  const rankWidth = Math.max(3, measureLongest(places), readNumber(table, "--rank-digits"));
  table.style.setProperty("--rank-digits", String(rankWidth));
  table.style.setProperty("--columns", String(columns));
  table.style.setProperty("--all-digits", String(widths.reduce((sum, width) => sum + width, 0)));
  find("podium").style.setProperty("--digits", String(widths[0] ?? 0));
}

/** Says where columns are wider than the screen; lets the keyboard reach their frame then, so that it can be scrolled. */
function showOverflow() {
  const frame = find("frame");
  const isWider = frame.scrollWidth > frame.clientWidth;
  if (isWider) frame.tabIndex = 0;
  else frame.removeAttribute("tabindex");
  find("more").hidden = !isWider;
  frame.classList.toggle("goes-on", frame.scrollLeft + frame.clientWidth < frame.scrollWidth - 1);
}
// Not only a resized window changes them: longer scores, larger letters and a hidden ranking do too.
const sizes = new ResizeObserver(showOverflow);
sizes.observe(find("frame"));
sizes.observe(find("table"));
find("frame").addEventListener("scroll", showOverflow, { passive: true });

/**
 * Animates what has changed in an entry: its rank, its scores, or that it is new. Nothing slides: rows that pass one
 * another could not be read.
 * @param {HTMLElement} element
 * @param {{ rank: string | undefined, scores: string | undefined } | undefined} before undefined for a new entry
 */
function animateEntry(element, before) {
  const { rank, scores } = element.dataset;
  if (before?.rank !== rank) element.animate({ opacity: [0, 1] }, { duration: 450, easing: "ease-out" });
  if (before === undefined || before.scores === scores) return;
  const flash = getComputedStyle(element).getPropertyValue("--flash");
  for (const cell of findAll(".score", element)) {
    cell.animate({ backgroundColor: [flash, "transparent"] }, { duration: 1400, easing: "ease-out" });
  }
}
