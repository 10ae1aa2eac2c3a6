import { formatCount, splitCountdown } from "./format.js";
import { board } from "./settings.js";

export const find = (id) => /** @type {Page.Elements[Id]} */ (document.getElementById(id));

export function findAll(selector, parent = document) {
  return /** @type {HTMLElement[]} */ ([...parent.querySelectorAll(selector)]);
}

export function findOne(selector, parent = document) {
  const [element] = findAll(selector, parent);
  if (element === undefined) throw new Error(`the page has no ${selector}`);
  return element;
}

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function setTextAndTitle(element, text) {
  setText(element, text);
  element.title = text;
}

export function createElement(tag, className, text = "") {
  const element = document.createElement(tag);
  element.className = className;
  element.textContent = text;
  return element;
}

export function labelPlayer(entry) {
  if (board.hide_player_ids) return [entry.name || "Unnamed player", ""];
  return entry.name ? [entry.name, entry.player_id] : [entry.player_id, ""];
}

export const formatScores = (scores, columns) =>
  columns.map(({ name, format }, index) => format(index === 0 ? scores.score : scores.columns[name]));

export function showEmpty(reason) {
  find("empty").hidden = reason === null;
  find("frame").hidden = reason !== null;
  if (reason === null) return;
  setText(find("empty-title"), reason[0]);
  setText(find("empty-text"), reason[1]);
}

export function showBusy(isBusy) {
  find("table").setAttribute("aria-busy", String(isBusy));
}

export function showCondition(condition, parts) {
  find("state").dataset.state = condition;
  composeText(find("state-text"), parts, "");
  find("retry").hidden = condition !== "down";
}

export const announce = (text) => setText(find("announcement"), text);

export function showReset(label, left, period) {
  setText(find("reset-label"), label);
  setText(find("span"), period);
  const parts = typeof left === "number" ? splitCountdown(left) : [[left, ""]];
  const countdown = find("countdown");
  const text = parts.flat().join("");
  if (countdown.dataset.shown === text) return;
  countdown.dataset.shown = text;
  const spans = [];
  for (const [digits, unit] of parts) {
    spans.push(createElement("span", "digits", digits), createElement("span", "unit", unit));
  }
  countdown.replaceChildren(...spans);
}

export function showChoices(kinds, chosen) {
  const select = find("window");
  const text = JSON.stringify(kinds);
  if (select.dataset.shown !== text) {
    select.dataset.shown = text;
    select.replaceChildren(...kinds.flatMap(([heading, choices]) => createOptions(heading, choices)));
  }
  select.hidden = select.options.length < 2;
  if (select.value !== chosen) select.value = chosen;
}

function createOptions(heading, choices) {
  const options = choices.map(([value, label]) => new Option(label, value));
  if (options.length < 2) return options;
  const group = document.createElement("optgroup");
  group.label = heading;
  group.append(...options);
  return [group];
}

export function showPager(parts, first, players, limit) {
  composeText(find("range"), parts, "");
  const isAround = first === null;
  const isFirst = first === 0;
  const isLast = (first ?? 0) + limit >= players;
  find("pager").hidden = players <= limit && isFirst;
  find("jump").hidden = players <= limit;
  const leadsNowhere = { first: isFirst, previous: isFirst, next: isLast, last: isLast };
  for (const button of findAll("[data-page]")) {
    const page = button.dataset.page ?? "";
    button.hidden = isAround !== (page === "whole");
    button.setAttribute("aria-disabled", String(leadsNowhere[page] ?? false));
  }
}

export const showMessage = (...parts) => composeText(find("search-message"), parts, "id");

function composeText(element, parts, className) {
  if (element.textContent === parts.join("")) return;
  element.replaceChildren(
    ...parts.map((part, index) => (index % 2 ? createElement("bdi", className, part) : part)),
  );
}

export function hideFound() {
  find("found").hidden = true;
}

export function showGap(text) {
  setText(find("found-gap"), text);
}

export function showFound({ entry, players }, columns) {
  const [name, id] = labelPlayer(entry);
  const describe = (scores) => {
    const texts = formatScores(scores, columns);
    return columns.map(({ title }, index) => `${title} ${texts[index]}`).join(" · ");
  };
  find("found").hidden = false;
  setText(find("found-rank"), `Rank ${formatCount(entry.rank)} of ${formatCount(players)}`);
  setTextAndTitle(find("found-name"), name);
  setTextAndTitle(find("found-id"), id);
  setText(find("found-score"), describe(entry));
  const { pending } = entry;
  const pendingText = pending && (columns.length > 1 ? describe(pending) : formatScores(pending, columns)[0]);
  setText(find("found-pending"), pendingText ? `${pendingText} now, counted at the next update` : "");
  setText(find("found-percentile"), describePercentile(entry.percentile, players));
}

function describePercentile(percentile, players) {
  if (players < 2) return "The only player so far";
  return percentile === 100 ? "Ahead of everyone else" : `Ahead of ${formatCount(percentile)}% of the others`;
}
