/**
 * Searches for a player: the message of the search, and the card of the player that was found.
 * @module
 */
import { showAttached } from "./attached.js";
import { rememberPlayer } from "./device.js";
import { showStandings } from "./segments.js";
import { announce, find, hideFound, showFound, showMessage } from "./view.js";

/** Whether a reader waits for the answer to a search; false while the card is only kept fresh. */
let isAwaited = false;

/** How many searches have begun or ended: an answer that comes after the next one is of no use. */
export let rounds = 0;

/** Whether the player is the reader's once found: a reader looks for themself, and a link may lead to anybody. */
let isOwn = false;

/**
 * Begins a search, or ends it. Either way the card of the last search is hidden.
 * @param {string | null} id null for no search
 * @param {boolean} own whether to remember the player as the reader's once found
 */
export function beginSearch(id, own = false) {
  rounds += 1;
  find("matches").hidden = true;
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
 * Says that a window does not have a player.
 * @param {string} id
 * @param {string} window
 * @param {boolean} isOver whether the window has ended
 * @param {string | null} segment
 */
export function noteMissing(id, window, isOver, segment = null) {
  const ending = segment
    ? " is not ranked here"
    : isOver
    ? " did not score in this window"
    : ` has not scored ${window === "all_time" ? "" : "in this window "}yet`;
  hideFound();
  showMessage("", id, ending);
  if (isAwaited) announce(id + ending);
  isAwaited = false;
}

/**
 * Says that the API gave no answer, to a reader who waits for one. A card that is shown already stays.
 * @param {string | null} reason what the API said of it
 */
export function noteFailure(reason) {
  if (!isAwaited) return;
  showMessage(
    ...reason === null ? ["The search can’t be answered right now."] : ["The search can’t be answered: ", reason],
  );
  isAwaited = false;
}

/**
 * Shows the card of the player that was found.
 * @param {Api.FoundEntry} entry
 * @param {number} players
 * @param {Page.Column[]} columns
 * @param {string} gap how far it is to the next place
 */
export function showPlayer(entry, players, columns, gap) {
  // What was said since the card is shown, such as the link to share, stays while the card is only kept fresh.
  if (find("found").hidden) showMessage("");
  showFound(entry, players, columns, gap);
  showStandings(entry);
  showAttached(find("found-attached"), entry.attached);
  // Once: with each refresh it would undo what the reader did on another page of this host since.
  if (isOwn) rememberPlayer(entry.player_id);
  isOwn = false;
  if (isAwaited) announce(find("found").innerText);
  isAwaited = false;
}
