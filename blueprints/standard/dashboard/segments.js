/**
 * Shows in which values of segments players are ranked: a list to choose one from, and a player's ranks within each.
 * Games and players write the values: they go in as text, never as markup.
 * @module
 */
import { fetchSegments } from "./api.js";
import { formatCount } from "./format.js";
import { board } from "./settings.js";
import { state } from "./state.js";
import { composeText, find, showOptions } from "./view.js";

/** Milliseconds between two calls for the values of one window. */
const SEGMENTS_INTERVAL = 300_000;

/** The window whose values were last asked for, and when that was, in epoch milliseconds. */
let listedWindow = "";
let listedAt = 0;

/**
 * The list to choose from: what stands above the values of a segment, and each value with its text.
 * @type {[string, [string, string][]][]}
 */
let groups = [];

/**
 * Asks for the values that somebody is in, where the board has segments: once for each window, and now and then; and
 * anew where the last call failed.
 * @param {Api.Window | null} window
 */
export function refreshSegments(window) {
  if (!board.segments.length || !window) return;
  if (window.id === listedWindow && Date.now() - listedAt < SEGMENTS_INTERVAL) return;
  listedWindow = window.id;
  listedAt = Date.now();
  fetchSegments(window.id, new AbortController().signal).then(({ body }) => {
    // The reader may have gone on to another window, whose values came sooner.
    if (window.id !== listedWindow) return;
    groups = body.segments.map(({ name, title, values }) => [
      title,
      values.map(({ value, players }) => [
        `${name}:${value}`,
        `${value} (${formatCount(players)})`,
      ]),
    ]);
    showSegments();
  }).catch((error) => {
    // The next answer of the ranking asks for them again.
    if (window.id === listedWindow) listedWindow = "";
    console.info(error);
  });
}

/** Shows the list of values. The chosen one is in it, even before the list has come. */
export function showSegments() {
  if (!board.segments.length) return;
  const select = find("segment");
  const { segment } = state.chosen;
  showOptions(select, [["", [["", "Everyone"]]], ...groups], segment ?? "");
  if (segment && select.value !== segment) select.add(new Option(readValue(segment), segment, false, true));
  // It keeps its room before the list has come.
  select.hidden = false;
}

/**
 * Reads the value out of "country:BR".
 * @param {string} segment
 */
export const readValue = (segment) => segment.slice(segment.indexOf(":") + 1);

/**
 * Shows a player's ranks within each value, and among all where those are not shown already.
 * @param {Api.FoundEntry} entry
 */
export function showStandings({ overall, segments = {} }) {
  /** @type {(standing: Api.Standing) => string} */
  const describe = ({ rank, players }) => ` ${formatCount(rank)} of ${formatCount(players)}. `;
  const parts = Object.values(segments).flatMap((each) => [each.value, describe(each)]);
  composeText(find("found-segments"), ["", ...parts, "", overall ? `Overall${describe(overall)}` : ""], "");
}
