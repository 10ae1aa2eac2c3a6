import { makeScoreFormat } from "./numbers.js";
import { board } from "./settings.js";

export const columns = board.columns.map(({ name, title, ...reading }) => ({
  name,
  title,
  format: makeScoreFormat(reading),
  formatGap: makeScoreFormat({ ...reading, ordinal: false }),
}));

const [firstWindow, ...otherWindows] = board.windows;

export const kinds = [firstWindow.every, ...otherWindows.map((window) => window.every)];

export const labels = new Map(board.windows.map((window) => [window.every, window.label]));

export const LIMIT = 50;

export const state = {
  chosen: { window: kinds[0], offset: 0, player: null },
  shown: null,
  views: new Map(),
  windows: [],
  upcoming: [],
  skew: 0,
  players: 0,
  failures: 0,
  reason: null,
  nextTry: 0,
  rankToReveal: null,
};

export const now = () => Date.now() + state.skew;

export const keyOf = ({ window, offset, player }) => `${window} ${offset ?? `@${player}`}`;

export const findChosenView = () => (state.shown?.key === keyOf(state.chosen) ? state.shown : null);

export const findViewOfWindow = () => (state.shown?.window === state.chosen.window ? state.shown : null);
