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
 * The player who was not found, so that the same is not asked again and again.
 * @type {{ id: string, window: string, asOf: string | null, times: number, at: number } | null}
 */
let missing = null;

/**
 * Begins a search, or ends it. Either way the card of the last search is hidden.
 * @param {string | null} id null for no search
 */
export function begin(id) {
  request?.abort();
  missing = null;
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
 * Notes that a window does not have a player, and says so.
 * @param {string} id
 * @param {string} window
 * @param {string | null} asOf the snapshot that does not have the player; null where that is not known
 */
export function noteMissing(id, window, asOf) {
  const isKnown = missing !== null && missing.id === id && missing.window === window;
  missing = { id, window, asOf, times: isKnown && missing !== null ? missing.times + 1 : 1, at: Date.now() };
  hideFound();
  showMessage("There is no such player in this window: ", id);
  if (isAwaited) announce("No such player in this window");
  isAwaited = false;
}

/**
 * Says whether a player who was missing is to be asked for again: in another snapshot, and the later the more often that
 * was in vain.
 * @param {string | null} asOf the snapshot that is shown now
 * @param {(times: number) => number} waitAfter milliseconds to wait after so many times in vain
 */
const isDue = (asOf, waitAfter) =>
  missing === null || (asOf !== missing.asOf && Date.now() - missing.at >= waitAfter(missing.times));

/**
 * Shows the card of a player, or says that the window does not have the player.
 * @param {string} id
 * @param {string} window
 * @param {string | null} asOf the snapshot that the ranking is from
 * @param {Page.Column[]} columns
 * @param {(times: number) => number} waitAfter milliseconds to wait after so many times in vain
 */
export async function follow(id, window, asOf, columns, waitAfter) {
  const isMissing = missing !== null && missing.id === id && missing.window === window;
  if (isMissing && !isDue(asOf, waitAfter)) return;
  request?.abort();
  const controller = request = new AbortController();
  // Whoever looks for the same player asks with one address, which caches know, until there is a card to agree with.
  const pin = isMissing ? null : asOf;
  try {
    const { body } = await fetchPlayer(id, window, pin, controller.signal);
    missing = null;
    showFound(body, columns);
    showMessage("");
    if (isAwaited) announce(find("found").innerText);
  } catch (error) {
    if (controller.signal.aborted) return;
    if (!(error instanceof Missing)) {
      // A card that is shown already stays; the bar above the ranking says that the API is down.
      if (isAwaited) showMessage("The search can’t be answered right now. Please try again.");
      return;
    }
    noteMissing(id, window, asOf);
  }
  isAwaited = false;
}
