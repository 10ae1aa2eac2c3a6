// The player that was searched for: the card beside the ranking, kept fresh, and what is said of a search.
import { Missing, player } from "./api.js";
import { announce, find, showFound, showMessage } from "./view.js";

let lookup = null;
// Somebody waits for the answer to a search, not just for the card to be kept fresh.
let awaited = false;

/** A search begins (id), or there is none (null): the card of the one before goes. */
export function begin(id) {
  lookup?.abort();
  awaited = id !== null;
  showFound(null);
  showMessage(awaited ? "Searching…" : "");
}

/** Says why there is nothing to search for. */
export function refuse(text) {
  begin(null);
  showMessage(text);
  announce(text);
}

/** Shows the card of a player, from the snapshot that the ranking is from (`pin`, as in api.js), or that there is none. */
export async function follow(id, window, pin, columns, format) {
  lookup?.abort();
  const mine = (lookup = new AbortController());
  try {
    const { body } = await player(id, window, pin, mine.signal);
    showFound(body, columns, format);
    showMessage("");
    if (awaited) announce(find("found").innerText);
  } catch (error) {
    if (mine.signal.aborted) return;
    if (!(error instanceof Missing)) {
      // A card that is shown already stays; the bar above the ranking says that the API is down.
      if (awaited) showMessage("The search can’t be answered right now. Please try again.");
      return;
    }
    showFound(null);
    showMessage("There is no such player in this window: ", id);
    if (awaited) announce("No such player in this window");
  }
  awaited = false;
}
