import { fetchPlayer, Missing, Refused } from "./api.js";
import { showAttached } from "./attached.js";
import { rememberPlayer } from "./device.js";
import { announce, find, hideFound, showFound, showMessage } from "./view.js";

let request = null;

let isAwaited = false;

let missing = null;

let isOwn = false;

export function begin(id, own = false) {
  request?.abort();
  missing = null;
  isAwaited = id !== null;
  isOwn = own;
  hideFound();
  showMessage(isAwaited ? "Searching…" : "");
}

export function refuse(text) {
  begin(null);
  showMessage(text);
  announce(text);
}

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

const isDue = (asOf, waitAfter) =>
  missing === null || (asOf !== missing.asOf && Date.now() - missing.at >= waitAfter(missing.times));

export async function follow(id, window, asOf, columns, waitAfter, isOver) {
  const isMissing = missing !== null && missing.id === id && missing.window === window;
  if (isMissing && !isDue(asOf, waitAfter)) return;
  request?.abort();
  const controller = request = new AbortController();
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
      const reason = error instanceof Refused ? ["The search can’t be answered: ", error.message] : null;
      if (isAwaited) showMessage(...reason ?? ["The search can’t be answered right now. Please try again."]);
      return;
    }
    noteMissing(id, window, asOf, isOver);
  }
  isAwaited = false;
}
