/**
 * Reads the board's settings, which the page carries as JSON.
 * @module
 */

/** @type {Page.Board} */
export const board = JSON.parse(document.getElementById("board")?.textContent ?? "");
