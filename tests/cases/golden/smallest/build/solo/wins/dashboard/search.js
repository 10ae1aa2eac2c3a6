/**
 * Searches for a player: the card beside the ranking, which is kept fresh, and the message of the search.
 * @module
 */
import { fetchPlayer, Missing } from "./api.js";
import { announce, find, hideFound, showFound, showMessage } from "./view.js";

/**
 * The call that is under way.
 * @type {AbortController | null}
 */
let request = null;

/** Whether a reader waits for the answer to a search; false while the card is only kept fresh. */
let isAwaited = false;

/**
 * Begins a search, or ends it. Either way the card of the last search is hidden.
 * @param {string | null} id null for no search
 */
export function begin(id) {
  request?.abort();
  isAwaited = id !== null;
  hideFound();
  showMessage(isAwaited ? "Searching…" : "");
}

/**
 * Ends the search and says why.
 * @param {string} text
 */
export function refuse(text) {
  begin(null);
  showMessage(text);
  announce(text);
}

/**
 * Shows the card of a player, or says that the window does not have the player.
 * @param {string} id
 * @param {string} window
 * @param {string | null} pin the snapshot that the ranking is from, as in api.js
 * @param {string[]} columns
 * @param {Page.FormatScore} formatScore
 */
export async function follow(id, window, pin, columns, formatScore) {
  request?.abort();
  const controller = request = new AbortController();
  try {
    const { body } = await fetchPlayer(id, window, pin, controller.signal);
    showFound(body, columns, formatScore);
    showMessage("");
    if (isAwaited) announce(find("found").innerText);
  } catch (error) {
    if (controller.signal.aborted) return;
    if (!(error instanceof Missing)) {
      // A card that is shown already stays; the bar above the ranking says that the API is down.
      if (isAwaited) showMessage("The search can’t be answered right now. Please try again.");
      return;
    }
    hideFound();
    showMessage("There is no such player in this window: ", id);
    if (isAwaited) announce("No such player in this window");
  }
  isAwaited = false;
}
