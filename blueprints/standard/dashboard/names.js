/**
 * Searches for players by name, on boards that do: one who is found is followed, of several the reader chooses.
 * @module
 */
import { fetchPlayers, Missing, PLAYER_ID, Refused } from "./api.js";
import { choose, isOver } from "./loading.js";
import { beginSearch, noteFailure, noteMissing, rounds } from "./search.js";
import { board } from "./settings.js";
import { columns, state } from "./state.js";
import { announce, find, formatScores, labelPlayer, makeElement, showMessage } from "./view.js";

/**
 * Searches for a player by id, where that may be one, else by name.
 * @param {string} text
 */
export async function searchNames(text) {
  beginSearch(text);
  const round = rounds;
  const { window } = state.chosen;
  try {
    const { entries, more } = await findPlayers(text, window);
    if (round !== rounds) return;
    const [first] = entries;
    if (entries.length > 1) showMatches(entries, more);
    else if (first !== undefined) pick(first.player_id);
    // Whoever has not scored yet is looked for with each refresh.
    else if (isId(text)) pick(text);
    else noteMissing(text, window, isOver());
  } catch (error) {
    if (round !== rounds) return;
    noteFailure(error instanceof Missing || error instanceof Refused ? error.message : null);
  }
}

/**
 * Says whether a text may be the id of a player that readers may look for.
 * @param {string} text
 */
const isId = (text) => board.search !== "name" && PLAYER_ID.test(text);

/**
 * Finds the player who has an id, else those whose name begins with it.
 * @param {string} text
 * @param {string} window
 */
async function findPlayers(text, window) {
  const { signal } = new AbortController();
  const { body } = await fetchPlayers(isId(text) ? { ids: text } : { name: text }, window, signal);
  if (!isId(text) || body.entries.length > 0) return body;
  return (await fetchPlayers({ name: text }, window, signal)).body;
}

/**
 * Follows a player, who is the reader's own from now on.
 * @param {string} id
 */
function pick(id) {
  beginSearch(id, true);
  choose({ player: id, offset: null });
}

/**
 * Shows players to choose from.
 * @param {Api.Entry[]} entries
 * @param {boolean} [more] whether there are others
 */
function showMatches(entries, more) {
  const text = more ? `The first ${entries.length} so named. Type more for others.` : "Which player?";
  showMessage(text);
  announce(text);
  find("matches").replaceChildren(...entries.map(createMatch));
  find("matches").hidden = false;
}

/**
 * Creates the button by which a player is chosen.
 * @param {Api.Entry} entry
 */
function createMatch(entry) {
  const [name, id] = labelPlayer(entry);
  const button = makeElement("button", "match");
  button.type = "button";
  button.append(
    makeElement("span", "", `${entry.rank}`),
    makeElement("bdi", "name", name),
    makeElement("bdi", "id", id),
    makeElement("span", "score", formatScores(entry, columns)[0]),
  );
  button.addEventListener("click", () => pick(entry.player_id));
  return button;
}
