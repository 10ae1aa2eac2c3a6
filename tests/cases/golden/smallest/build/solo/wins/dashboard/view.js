// What the page shows beside the ranking. Whatever a player or an author wrote goes in as text, never as markup.
import { count, countdown } from "./format.js";

export const find = (id) => document.getElementById(id);

/** Sets a text. Writing the same one again would restart selections and wake screen readers. */
export function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Sets a text that may be cut off: pointing at it shows the whole. */
export function titled(element, text) {
  write(element, text);
  element.title = text;
}

/** An element with a class and a text. */
export function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

/** What stands for a player: the name, or the id of one who has none; and the id beside a name. */
export const named = (entry) => (entry.name ? [entry.name, entry.player_id] : [entry.player_id, ""]);

/** The numbers of an entry, one for each column. */
export const values = (entry, columns) => columns.map((column, index) => (index === 0 ? entry.score : entry.columns?.[column]));

/** Either the table, or in its place why nobody is in it ([title, text]), or (null: not known yet) neither. */
export function showEmpty(why) {
  find("empty").hidden = why === null;
  find("frame").hidden = why !== null;
  if (why === null) return;
  write(find("empty-title"), why[0]);
  write(find("empty-text"), why[1]);
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

/** Which kind of window is chosen. */
export function showKind(kind) {
  for (const tab of document.querySelectorAll("[data-window]")) {
    const selected = tab.dataset.window === kind;
    tab.setAttribute("aria-selected", String(selected));
    tab.tabIndex = selected ? 0 : -1;
    if (selected && find("ranking").hasAttribute("aria-labelledby")) find("ranking").setAttribute("aria-labelledby", tab.id);
  }
}

/** The current and the past windows of a kind: [[value, text], ...]; null where there is nothing to choose. */
export function showChoices(choices, chosen) {
  const select = find("archive");
  if (select === null) return;
  select.hidden = choices === null;
  if (choices === null) return;
  const text = JSON.stringify(choices);
  // Only what has changed: making the options anew would close a list that is open.
  if (select.dataset.shown !== text) {
    select.dataset.shown = text;
    select.replaceChildren(...choices.map(([value, label]) => new Option(label, value)));
  }
  if (select.value !== chosen) select.value = chosen;
}

/**
 * Which part of the ranking is shown, and where one can go.
 * @param parts what is shown, ["1–50 of 312"], in parts of which every second one is a player's; none while that is not known
 * @param first position of the first row, from 0, or null for the entries around a player
 * @param limit rows of a full page
 */
export function showPager(parts, first, players, limit) {
  if (find("range").textContent !== parts.join("")) compose(find("range"), parts, "");
  const around = first === null;
  find("pager").hidden = players <= limit && first === 0;
  find("jump").hidden = players <= limit;
  const ends = { first: first === 0, previous: first === 0, next: first + limit >= players, last: first + limit >= players, whole: false };
  for (const button of document.querySelectorAll("[data-page]")) {
    button.hidden = around !== (button.dataset.page === "whole");
    // Not `disabled`: that would throw the keyboard's focus away at the last page.
    button.setAttribute("aria-disabled", String(ends[button.dataset.page]));
  }
}

/** The message under the search field: a text, or parts of which every second one was typed by somebody. */
export const showMessage = (...parts) => compose(find("search-message"), parts, "id");

/** Every second part is somebody else's text, whose direction and marks must not reach the rest. */
function compose(place, parts, className) {
  place.replaceChildren(...parts.map((part, index) => (index % 2 ? element("bdi", className, part) : part)));
}

/** A found player's card; null takes it away. */
export function showFound(answer, columns, format) {
  find("found").hidden = answer === null;
  if (answer === null) return;
  const { entry, players } = answer;
  const [name, id] = named(entry);
  const told = (score) => values(score, columns).map((value, index) => `${heading(columns[index])} ${format(value)}`).join(" · ");
  write(find("found-rank"), `Rank ${count(entry.rank)} of ${count(players)}`);
  titled(find("found-name"), name);
  titled(find("found-id"), id);
  write(find("found-score"), told(entry));
  const pending = entry.pending && (columns.length > 1 ? told(entry.pending) : format(entry.pending.score));
  write(find("found-pending"), pending ? `${pending} now, counted at the next update` : "");
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
