/**
 * Shows what an entry has attached. Players can write it: it goes in as text, and only where the board's author said so
 * as a link, to an https address and to nothing else.
 * @module
 */
import { board } from "./settings.js";
import { makeElement } from "./view.js";

/**
 * Shows the attached fields of an entry, in the board's order.
 * @param {HTMLElement} place
 * @param {Record<string, string> | undefined} attached
 */
export function showAttached(place, attached = {}) {
  const shown = board.attached.filter(({ field }) => Object.hasOwn(attached, field));
  const text = JSON.stringify(shown.map(({ field }) => attached[field]));
  // Only after a change: a new link would lose the keyboard's focus.
  if (place.dataset.shown === text) return;
  place.dataset.shown = text;
  place.replaceChildren(...shown.map((each) => createField(each, attached[each.field] ?? "")));
}

/**
 * Creates what shows one attached field.
 * @param {Page.Attached} field
 * @param {string} text
 */
function createField({ title, link }, text) {
  const address = link ? readAddress(text) : null;
  if (address !== null) {
    const anchor = makeElement("a", "link", title);
    anchor.href = address.href;
    anchor.rel = "noopener noreferrer nofollow";
    anchor.target = "_blank";
    // The host as the browser reads it: letters of other scripts that look like those of a known name stand as xn--.
    anchor.title = address.host;
    return anchor;
  }
  const fact = makeElement("span", "fact");
  const value = makeElement("bdi", "value", text);
  value.title = text;
  fact.append(makeElement("span", "label", title), " ", value);
  return fact;
}

/**
 * Reads an https address without a name or a password in it; null for any other text.
 * @param {string} text
 */
function readAddress(text) {
  if (!/^https:\/\/[^\s/\\@?#]+([/?#]\S*)?$/i.test(text) || !URL.canParse(text)) return null;
  const address = new URL(text);
  return address.protocol === "https:" && !address.username && !address.password ? address : null;
}
