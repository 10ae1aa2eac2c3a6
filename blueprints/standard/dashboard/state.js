/**
 * Holds the board's settings, what the reader chose, and what the API last answered.
 * @module
 */
import { makeScoreFormat } from "./numbers.js";
import { board } from "./settings.js";

/**
 * The score columns, the most significant first. Each writes its numbers with decimal places of its own.
 * @type {Page.Column[]}
 */
export let columns = [];

/**
 * Takes columns of the settings, or those that an answer describes, as the score columns.
 * @param {(Page.ColumnSettings | Api.DescribedColumn)[]} all
 */
export function takeColumns(all) {
  columns = all.map(({ name, title, ...more }) => {
    const reading = { ...more, ...("reading" in more ? more.reading : {}) };
    return {
      name,
      title,
      format: makeScoreFormat(reading),
      // How far one place is from another is no place itself.
      formatGap: makeScoreFormat({ ...reading, ordinal: false }),
    };
  });
}
takeColumns(board.columns);

// The generator gives a board at least one window.
const [firstWindow, ...otherWindows] = board.windows;

/**
 * The board's kinds of window; the page opens with the first.
 * @type {Page.Kinds}
 */
export const kinds = [firstWindow.every, ...otherWindows.map((window) => window.every)];

/** What the page calls the current window of each kind. */
export const labels = new Map(board.windows.map((window) => [window.every, window.label]));

/** Rows of a full page. */
export const LIMIT = 50;

/**
 * What the page shows and knows; loading.js and display.js change it.
 * @type {Page.State}
 */
export const state = {
  // What the reader chose. It is kept in the address (address.js), so that a link leads to the same view.
  chosen: { window: kinds[0], segment: null, offset: 0, player: null },
  // The view that the table shows; null before the first answer.
  shown: null,
  // The last answer to each choice, by its key: shown at once when it is chosen again, and while the API is down.
  views: new Map(),
  // The current and the kept windows.
  windows: [],
  // The windows that start next, one of each kind that has one.
  upcoming: [],
  // Milliseconds that the server's clock is ahead of this one.
  skew: 0,
  // Players ranked in the chosen window, as far as known.
  players: 0,
  // Calls that failed since the last answer.
  failures: 0,
  // What the API said of the last failure; null where it said nothing.
  reason: null,
  // When the API is asked again, by this machine's clock, in epoch milliseconds.
  nextTry: 0,
  // The rank to scroll to once its page is shown.
  rankToReveal: null,
};

/** Reads the server's clock, in epoch milliseconds. */
export const now = () => Date.now() + state.skew;

/**
 * Gives the parts of a choice that say which ranking it is about, as the API takes them.
 * @param {Page.Choice} choice
 */
export const scopeOf = ({ window, segment }) => ({ window, ...(segment && { segment }) });

/**
 * Names a choice of entries: a ranking with an offset or, for the entries around a player, with that player.
 * @param {Page.Choice} choice
 */
export const keyOf = ({ window, segment, offset, player }) => [window, offset ?? `@${player}`, segment].join(" ");

/** Finds the view that is shown, if it is the chosen one; else null. */
export const findChosenView = () => (state.shown?.key === keyOf(state.chosen) ? state.shown : null);

/** Finds the view that is shown, if it is of the chosen ranking, whichever part of it; else null. */
export const findViewOfWindow = () => {
  const { shown, chosen } = state;
  return shown?.window === chosen.window && shown.segment === chosen.segment ? shown : null;
};
