/**
 * The page in a frame of another site: `#embed` in its address, before the reader's choice. theme.js reads it, so that it
 * is known before the first paint, and style.css leaves out what belongs to a page of its own.
 * @module
 */

/** Finds out whether the page is in a frame of another site. */
export const isEmbedded = () => document.documentElement.dataset.embed !== undefined;

/**
 * Writes the address of a choice so that the page stays as it is shown.
 * @param {string} shown the part of the present address from # on
 * @param {string} chosen that of the choice: "" or from # on
 */
export function keepFrame(shown, chosen) {
  const kept = shown.slice(1).split("&").filter((part) => /^(embed|clear)(=|$)/.test(part));
  const parts = [...kept, chosen.slice(1)].filter((part) => part !== "");
  return parts.length === 0 ? "" : `#${parts.join("&")}`;
}
