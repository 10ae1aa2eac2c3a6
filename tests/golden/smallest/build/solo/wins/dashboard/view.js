// What the page shows. Whatever a player or an author wrote goes in as text, never as markup.
import { count, countdown } from "./format.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");
const find = (id) => document.getElementById(id);
const write = (element, text) => {
  // Writing the same text again would restart selections and wake screen readers.
  if (element.textContent !== text) element.textContent = text;
};

/** An element with a class and a text. */
function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/**
 * Shows a page of entries: rows keep their player, so that changes can be seen to move.
 * @param entries as the API gives them
 * @param columns names of the score columns, the first one first
 * @param format score -> text
 * @param followed id of the player that was searched for, or null
 * @param animate false when the rows belong to another window or page than those shown before
 */
export function showRows(entries, columns, format, followed, animate) {
  const rows = find("rows");
  const before = new Map();
  for (const row of rows.rows) {
    before.set(row.dataset.player, { row, top: row.offsetTop, scores: row.dataset.scores });
  }
  const next = entries.map((entry) => {
    const row = before.get(entry.player_id)?.row ?? newRow(columns);
    fill(row, entry, columns, format);
    row.classList.toggle("followed", entry.player_id === followed);
    return row;
  });
  rows.replaceChildren(...next);
  fitColumns(next);
  if (animate && !still.matches) for (const row of next) move(row, before.get(row.dataset.player));
}

/** What stands for a player: the name, or the id of one who has none; and the id beside a name. */
const named = (entry) => (entry.name ? [entry.name, entry.player_id] : [entry.player_id, ""]);
const values = (entry, columns) => columns.map((column, index) => (index === 0 ? entry.score : entry.columns?.[column]));

function titled(element, text) {
  write(element, text);
  element.title = text;
}

function newRow(columns) {
  const row = document.createElement("tr");
  const who = element("th", "player");
  who.scope = "row";
  const line = element("div", "who");
  line.append(element("bdi", "name"), element("bdi", "id"));
  who.append(line);
  row.append(element("td", "rank"), who, ...columns.map(() => element("td", "score")));
  row.firstElementChild.append(element("span", "place"));
  return row;
}

function fill(row, entry, columns, format) {
  const [name, id] = named(entry);
  row.dataset.rank = entry.rank;
  row.dataset.player = entry.player_id;
  write(row.querySelector(".place"), count(entry.rank));
  titled(row.querySelector(".name"), name);
  titled(row.querySelector(".id"), id);
  const texts = values(entry, columns).map(format);
  row.dataset.scores = texts.join("|");
  row.querySelectorAll(".score").forEach((cell, index) => write(cell, texts[index]));
}

/** Columns are as wide as their longest text, and never shrink while the page is open: names do not jump about. */
function fitColumns(rows) {
  const style = find("table").style;
  const widen = (property, selector) => {
    const longest = Math.max(0, ...rows.flatMap((row) => [...row.querySelectorAll(selector)].map((cell) => cell.textContent.length)));
    if (longest > Number(style.getPropertyValue(property))) style.setProperty(property, longest);
  };
  widen("--rank-digits", ".place");
  widen("--score-digits", ".score");
}

function move(row, was) {
  if (!was) {
    row.animate({ opacity: [0, 1] }, { duration: 400, easing: "ease-out" });
    return;
  }
  const distance = was.top - row.offsetTop;
  if (distance !== 0) {
    row.animate({ transform: [`translateY(${distance}px)`, "none"] }, { duration: 550, easing: "cubic-bezier(.2, .8, .2, 1)" });
  }
  if (was.scores !== row.dataset.scores) {
    const flash = getComputedStyle(row).getPropertyValue("--flash");
    for (const cell of row.querySelectorAll(".score")) {
      cell.animate({ backgroundColor: [flash, "transparent"] }, { duration: 1400, easing: "ease-out" });
    }
  }
}

/** Either the table, or in its place that nobody is ranked, or (null: not known yet) neither. */
export function showEmpty(empty) {
  find("empty").hidden = empty !== true;
  find("table").classList.toggle("bare", empty === true);
}

export function showBusy(busy) {
  find("table").setAttribute("aria-busy", String(busy));
}

/** state: loading | live | stale | down; text: what the bar says. */
export function showState(state, text) {
  find("state").dataset.state = state;
  write(find("state-text"), text);
  find("retry").hidden = state !== "down";
}

/** Tells those who cannot see the change. Only for what a person would want to be interrupted for. */
export const announce = (text) => write(find("announcement"), text);

/** label: "Resets in"; left: milliseconds, or a word in place of a countdown; span: when the window runs. */
export function showReset(label, left, span) {
  write(find("reset-label"), label);
  write(find("span"), span);
  const parts = typeof left === "number" ? countdown(left) : [[left, ""]];
  const place = find("countdown");
  const text = parts.flat().join("");
  if (place.dataset.shown === text) return;
  place.dataset.shown = text;
  place.replaceChildren(...parts.flatMap(([digits, unit]) => [element("span", "digits", digits), element("span", "unit", unit)]));
}

export function showWindow(window) {
  for (const tab of document.querySelectorAll("[data-window]")) {
    const selected = tab.dataset.window === window;
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
    if (selected && find("ranking").hasAttribute("aria-labelledby")) find("ranking").setAttribute("aria-labelledby", tab.id);
  }
}

/** first: position of the first row shown, from 0; shown: how many rows; players: in all; limit: rows of a full page. */
export function showPager(first, shown, players, limit) {
  const text = shown === 0 ? "" : `${count(first + 1)}–${count(first + shown)} of ${count(players)}`;
  write(find("range"), text);
  find("pager").hidden = players <= limit && first === 0;
  const ends = { first: first === 0, previous: first === 0, next: first + limit >= players, last: first + limit >= players };
  for (const button of document.querySelectorAll("[data-page]")) {
    // Not `disabled`: that would throw the keyboard's focus away at the last page.
    button.setAttribute("aria-disabled", String(ends[button.dataset.page]));
  }
  return text;
}

/** The message under the search field: a text, or parts of which every second one was typed by somebody. */
export function showMessage(...parts) {
  find("search-message").replaceChildren(...parts.map((part, index) => (index % 2 ? element("bdi", "id", part) : part)));
}

/** A found player's card; null takes it away. */
export function showFound(answer, columns, format) {
  find("found").hidden = answer === null;
  if (answer === null) return;
  const { entry, players } = answer;
  const [name, id] = named(entry);
  write(find("found-rank"), `Rank ${count(entry.rank)} of ${count(players)}`);
  titled(find("found-name"), name);
  titled(find("found-id"), id);
  write(find("found-score"), values(entry, columns).map((value, index) => `${heading(columns[index])} ${format(value)}`).join(" · "));
  write(find("found-percentile"), standing(entry.percentile, players));
}

function standing(percentile, players) {
  if (players < 2) return "The only player so far";
  return percentile === 100 ? "Ahead of everyone else" : `Ahead of ${count(percentile)}% of the others`;
}

const heading = (column) => {
  const words = column.replaceAll("_", " ");
  return words[0].toUpperCase() + words.slice(1);
};

export function markFollowed(id) {
  for (const row of find("rows").rows) row.classList.toggle("followed", row.dataset.player === id);
}
