/**
 * Finds the page's elements, and shows all but the table. Text from a player or an author goes in as text, never
 * as markup.
 * @module
 */
import { formatCount, splitCountdown } from "./format.js";
import { board } from "./settings.js";

/**
 * Finds the element with an id of index.html.
 * @template {keyof Page.Elements} Id
 * @param {Id} id
 */
export const find = (id) => /** @type {Page.Elements[Id]} */ (document.getElementById(id));

/**
 * Finds every element that a selector matches.
 * @param {string} selector
 * @param {ParentNode} parent
 */
export function findAll(selector, parent = document) {
  return /** @type {HTMLElement[]} */ ([...parent.querySelectorAll(selector)]);
}

/**
 * Finds the element that a selector matches, which must exist.
 * @param {string} selector
 * @param {ParentNode} parent
 */
export function findOne(selector, parent = document) {
  const [element] = findAll(selector, parent);
  if (element === undefined) throw new Error(`the page has no ${selector}`);
  return element;
}

/**
 * Sets a text if it has changed: setting the same one again would drop selections and wake screen readers.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Sets a text that may be cut off, and the same as its title: pointing at it shows the whole.
 * @param {HTMLElement} element
 * @param {string} text
 */
export function setTextAndTitle(element, text) {
  setText(element, text);
  element.title = text;
}

/**
 * Creates an element with a class and a text.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} className
 */
export function makeElement(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

/**
 * Labels a player: [name, id], or [id, ""] for one without a name. Where the board hides ids, there are none in it.
 * @param {Api.Entry} entry
 * @returns {[string, string]}
 */
export function labelPlayer(entry) {
  if (board.hide_player_ids) return [entry.name || "Unnamed player", ""];
  return entry.name ? [entry.name, entry.player_id] : [entry.player_id, ""];
}

/**
 * Writes the numbers of an entry, one for each column; the first one is its score.
 * @param {Api.Scores} scores
 * @param {Page.Column[]} columns
 */
export const formatScores = (scores, columns) =>
  columns.map(({ name, format }, index) => format(index === 0 ? scores.score : scores.columns[name]));

/**
 * Shows the ranking or, in its place, why it has no entries.
 * @param {[string, string] | null} reason [title, text]; null for the ranking
 */
export function showEmpty(reason) {
  find("empty").hidden = reason === null;
  find("frame").hidden = reason !== null;
  if (reason === null) return;
  setText(find("empty-title"), reason[0]);
  setText(find("empty-text"), reason[1]);
}

/**
 * Shows whether the table waits for an answer.
 * @param {boolean} isBusy
 */
export function showBusy(isBusy) {
  find("table").setAttribute("aria-busy", String(isBusy));
}

/**
 * Shows how current the data is.
 * @param {Page.Condition} condition
 * @param {string[]} parts as `composeText` takes them
 */
export function showCondition(condition, parts) {
  find("state").dataset.state = condition;
  composeText(find("state-text"), parts, "");
  find("retry").hidden = condition !== "down";
}

/**
 * Announces a text to screen readers. Only for changes that a person would want to be interrupted for.
 * @param {string} text
 */
export const announce = (text) => setText(find("announcement"), text);

/**
 * Shows the countdown and the period of the window.
 * @param {string} label "Resets in"
 * @param {number | string} left milliseconds, or a word in place of a countdown
 * @param {string} period when the window starts and ends
 */
export function showReset(label, left, period) {
  setText(find("reset-label"), label);
  setText(find("span"), period);
  /** @type {[string, string][]} */
  const parts = typeof left === "number" ? splitCountdown(left) : [[left, ""]];
  const countdown = find("countdown");
  const text = parts.flat().join("");
  if (countdown.dataset.shown === text) return;
  countdown.dataset.shown = text;
  const spans = [];
  for (const [digits, unit] of parts) {
    spans.push(makeElement("span", "digits", digits), makeElement("span", "unit", unit));
  }
  countdown.replaceChildren(...spans);
}

/**
 * Shows what can be chosen from a list: of each kind of window the current one and those of the past.
 * @param {HTMLSelectElement} select
 * @param {[string, [string, string][]][]} kinds each as [heading, choices]; a choice is [value, text]
 * @param {string} chosen
 */
export function showOptions(select, kinds, chosen) {
  const text = JSON.stringify(kinds);
  // Only after a change: new options would close a list that is open.
  if (select.dataset.shown !== text) {
    select.dataset.shown = text;
    select.replaceChildren(...kinds.flatMap(([heading, choices]) => createOptions(heading, choices)));
  }
  select.hidden = select.options.length < 2;
  if (select.value !== chosen) select.value = chosen;
}

/**
 * Creates the options of a kind of window, below its heading where there are several.
 * @param {string} heading
 * @param {[string, string][]} choices
 */
function createOptions(heading, choices) {
  const options = choices.map(([value, label]) => new Option(label, value));
  if (options.length < 2) return options;
  const group = document.createElement("optgroup");
  group.label = heading;
  group.append(...options);
  return [group];
}

/**
 * Shows which part of the ranking is on the page, and the buttons that lead to other parts.
 * @param {string[]} parts the text of the range, as `composeText` takes it; empty while it is not known
 * @param {number | null} first position of the first row, from 0; null for the entries around a player
 * @param {number} players
 * @param {number} limit rows of a full page
 */
export function showPager(parts, first, players, limit) {
  composeText(find("range"), parts, "");
  const isAround = first === null;
  const isFirst = first === 0;
  const isLast = (first ?? 0) + limit >= players;
  find("pager").hidden = players <= limit && isFirst;
  find("jump").hidden = players <= limit;
  /** @type {Record<string, boolean>} */
  const leadsNowhere = { first: isFirst, previous: isFirst, next: isLast, last: isLast };
  for (const button of findAll("[data-page]")) {
    const page = button.dataset.page ?? "";
    button.hidden = isAround !== (page === "whole");
    // Not `disabled`: on the last page that would take the keyboard's focus away.
    button.setAttribute("aria-disabled", String(leadsNowhere[page] ?? false));
  }
}

/**
 * Shows the message under the search field.
 * @param {...string} parts as `composeText` takes them
 */
export const showMessage = (...parts) => composeText(find("search-message"), parts, "id");

/**
 * Composes a text of parts. Every second part is a player's or a reader's: it is isolated, so that its direction of
 * writing does not change that of the rest.
 * @param {HTMLElement} element
 * @param {string[]} parts
 * @param {string} className of every second part
 */
export function composeText(element, parts, className) {
  // Setting the same text again would drop selections and wake screen readers.
  if (element.textContent === parts.join("")) return;
  element.replaceChildren(
    ...parts.map((part, index) => (index % 2 ? makeElement("bdi", className, part) : part)),
  );
}

/** Hides the card of the player that was found. */
export function hideFound() {
  find("found").hidden = true;
}

/**
 * Shows the card of the player that was found.
 * @param {Api.FoundEntry} entry
 * @param {number} players
 * @param {Page.Column[]} columns
 * @param {string} gap how far it is to the next place; "" where that is not known
 */
export function showFound(entry, players, columns, gap) {
  const [name, id] = labelPlayer(entry);
  /** @type {(scores: Api.Scores) => string} */
  const describe = (scores) => {
    const texts = formatScores(scores, columns);
    return columns.map(({ title }, index) => `${title} ${texts[index]}`).join(" · ");
  };
  find("found").hidden = false;
  setText(find("found-rank"), `Rank ${formatCount(entry.rank)} of ${formatCount(players)}`);
  setTextAndTitle(find("found-name"), name);
  setTextAndTitle(find("found-id"), id);
  setText(find("found-score"), describe(entry));
  setText(find("found-gap"), gap);
  const { pending } = entry;
  const pendingText = pending && (columns.length > 1 ? describe(pending) : formatScores(pending, columns)[0]);
  setText(find("found-pending"), pendingText ? `${pendingText} now, counted at the next update` : "");
  setText(find("found-percentile"), describePercentile(entry.percentile, players));
}

/**
 * Describes how many of the others a player is ahead of.
 * @param {number | undefined} percentile
 * @param {number} players
 */
function describePercentile(percentile, players) {
  if (percentile === undefined) return "";
  if (players < 2) return "The only player so far";
  return percentile === 100 ? "Ahead of everyone else" : `Ahead of ${formatCount(percentile)}% of the others`;
}
