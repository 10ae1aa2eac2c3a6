/**
 * The page in a frame of another site, `#embed` in its address before the reader's choice, and on a screen on a wall,
 * `#tv`. theme.js reads them, so that they are known before the first paint, and style.css leaves out what belongs to a
 * page of its own.
 * @module
 */
import { find, findAll } from "./view.js";

/** Finds out whether the page is in a frame of another site. */
export const isEmbedded = () => document.documentElement.dataset.embed !== undefined;

/**
 * Writes the address of a choice so that the page stays as it is shown.
 * @param {string} shown the part of the present address from # on
 * @param {string} chosen that of the choice: "" or from # on
 */
export function keepFrame(shown, chosen) {
  const kept = shown.slice(1).split("&").filter((part) => /^(embed|clear|tv)(=|$)/.test(part));
  const parts = [...kept, chosen.slice(1)].filter((part) => part !== "");
  return parts.length === 0 ? "" : `#${parts.join("&")}`;
}

/** Seconds that each page stands on a wall: time to find a name among some ten. */
const STAY = 12;

/** Seconds that the present one has stood. */
let stood = 0;

/** Turns the page on a wall, once a second: to the first row that is not shown whole, behind the last one to the top. */
export function turnOnWall() {
  if (document.documentElement.dataset.tv === undefined || ++stood < STAY) return;
  stood = 0;
  const ranking = find("ranking");
  const { bottom } = ranking.getBoundingClientRect();
  const next = findAll("#rows .entry").find((row) => row.getBoundingClientRect().bottom > bottom + 1);
  if (next === undefined) ranking.scrollTop = 0;
  else next.scrollIntoView();
}
