/**
 * Searches for a player: the card beside the ranking, which is kept fresh, and the message of the search.
 * @module
 */
import { fetchPlayer, Missing, Refused } from "./api.js";
import { showAttached } from "./attached.js";
import { rememberPlayer } from "./device.js";
import { announce, find, hideFound, showFound, showMessage } from "./view.js";

/**
 * The call that is under way.
 * @type {AbortController | null}
 */
let playerRequest = null;

/** Whether a reader waits for the answer to a search; false while the card is only kept fresh. */
let isAwaited = false;

/**
 * The player who was not found, so that the same is not asked again and again.
 * @type {{ id: string, window: string, asOf: string | null, times: number, at: number } | null}
 */
let missing = null;

/** Whether the player is the reader's once found: a reader looks for themself, and a link may lead to anybody. */
let isOwn = false;

/**
 * Begins a search, or ends it. Either way the card of the last search is hidden.
 * @param {string | null} id null for no search
 * @param {boolean} own whether to remember the player as the reader's once found
 */
export function beginSearch(id, own = false) {
  playerRequest?.abort();
  missing = null;
  isAwaited = id !== null;
  isOwn = own;
  hideFound();
  showMessage(isAwaited ? "Searching…" : "");
}

/**
 * Ends the search and says why.
 * @param {string} text
 */
export function refuseSearch(text) {
  beginSearch(null);
  showMessage(text);
  announce(text);
}

/**
 * Notes that a window does not have a player, and says so.
 * @param {string} id
 * @param {string} window
 * @param {string | null} asOf the snapshot that does not have the player; null where that is not known
 * @param {boolean} isOver whether the window has ended
 */
export function noteMissing(id, window, asOf, isOver) {
  const isKnown = missing !== null && missing.id === id && missing.window === window;
  missing = { id, window, asOf, times: isKnown && missing !== null ? missing.times + 1 : 1, at: Date.now() };
  hideFound();
  const ending = isOver
    ? " did not score in this window"
    : ` has not scored ${window === "all_time" ? "" : "in this window "}yet`;
  showMessage("", id, ending);
  if (isAwaited) announce(id + ending);
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
 * @param {boolean} isOver whether the window has ended
 */
export async function follow(id, window, asOf, columns, waitAfter, isOver) {
  const isMissing = missing !== null && missing.id === id && missing.window === window;
  if (isMissing && !isDue(asOf, waitAfter)) return;
  playerRequest?.abort();
  const controller = playerRequest = new AbortController();
  // Whoever looks for the same player asks with one address, which caches know, until there is a card to agree with.
  const pin = isMissing ? null : asOf;
  try {
    const { body } = await fetchPlayer(id, window, pin, controller.signal);
    missing = null;
    showFound(body, columns);
    showAttached(find("found-attached"), body.entry.attached);
    showMessage("");
    if (isOwn) rememberPlayer(id);
    if (isAwaited) announce(find("found").innerText);
  } catch (error) {
    if (controller.signal.aborted) return;
    if (!(error instanceof Missing)) {
      // A card that is shown already stays; the bar above the ranking says that the API is down.
      const reason = error instanceof Refused ? ["The search can’t be answered: ", error.message] : null;
      if (isAwaited) showMessage(...reason ?? ["The search can’t be answered right now. Please try again."]);
      return;
    }
    noteMissing(id, window, asOf, isOver);
  }
  isAwaited = false;
}
