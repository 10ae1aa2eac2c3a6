import { board } from "./settings.js";
import { createElement } from "./view.js";

export function showAttached(place, attached = {}) {
  const shown = board.attached.filter(({ field }) => Object.hasOwn(attached, field));
  const text = JSON.stringify(shown.map(({ field }) => attached[field]));
  if (place.dataset.shown === text) return;
  place.dataset.shown = text;
  place.replaceChildren(...shown.map((each) => createField(each, attached[each.field] ?? "")));
}

function createField({ title, link }, text) {
  const address = link ? readAddress(text) : null;
  if (address !== null) {
    const anchor = createElement("a", "link", title);
    anchor.href = address.href;
    anchor.rel = "noopener noreferrer nofollow";
    anchor.target = "_blank";
    anchor.title = address.host;
    return anchor;
  }
  const fact = createElement("span", "fact");
  const value = createElement("bdi", "value", text);
  value.title = text;
  fact.append(createElement("span", "label", title), " ", value);
  return fact;
}

function readAddress(text) {
  if (!/^https:\/\/[^\s/\\@?#]+([/?#]\S*)?$/i.test(text) || !URL.canParse(text)) return null;
  const address = new URL(text);
  return address.protocol === "https:" && !address.username && !address.password ? address : null;
}
