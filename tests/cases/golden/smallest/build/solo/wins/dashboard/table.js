// The ranking as a table. Whatever a player or an author wrote goes in as text, never as markup.
import { count } from "./format.js";
import { element, find, named, titled, values, write } from "./view.js";

const still = matchMedia("(prefers-reduced-motion: reduce)");
const PODIUM = 3;

/**
 * Shows entries: rows keep their player, so that changes can be seen to move.
 * @param entries as the API gives them
 * @param columns names of the score columns, the first one first
 * @param format score -> text
 * @param followed id of the player that was searched for, or null
 * @param first position of the first entry, from 0; null where it is not known
 * @param animate false when the rows belong to another view than those shown before
 */
export function showRows(entries, { columns, format, followed = null, first = 0, animate = false }) {
  const rows = find("rows");
  const before = new Map();
  for (const row of rows.rows) {
    before.set(row.dataset.player, { row, top: row.offsetTop, scores: row.dataset.scores });
  }
  const next = entries.map((entry, index) => {
    const row = before.get(entry.player_id)?.row ?? newRow(columns);
    fill(row, entry, columns, format);
    // Ranks can be shared: however many are first, three rows are larger than the rest.
    row.classList.toggle("podium", entry.rank <= PODIUM && index < PODIUM && !first);
    return row;
  });
  rows.replaceChildren(...next);
  markFollowed(followed);
  fitColumns(next);
  if (animate && !still.matches) for (const row of next) move(row, before.get(row.dataset.player));
}

export function markFollowed(id) {
  for (const row of find("rows").rows) {
    const followed = row.dataset.player === id;
    row.classList.toggle("followed", followed);
    if (followed) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}

/** Brings the first row of this rank, or of a worse one, to where it is seen. */
export function reveal(rank) {
  const row = [...find("rows").rows].find((each) => Number(each.dataset.rank) >= rank);
  (row ?? find("rows").rows[find("rows").rows.length - 1])?.scrollIntoView({ block: "center" });
}

function newRow(columns) {
  const row = document.createElement("tr");
  const who = element("th", "player");
  who.scope = "row";
  const line = element("div", "who");
  line.append(element("bdi", "name"), element("bdi", "id"));
  who.append(line);
  row.append(element("td", "rank"), who, ...columns.map(() => element("td", "score")));
  row.firstElementChild.append(element("span", "place"));
  return row;
}

function fill(row, entry, columns, format) {
  const [name, id] = named(entry);
  row.dataset.rank = entry.rank;
  row.dataset.player = entry.player_id;
  write(row.querySelector(".place"), count(entry.rank));
  titled(row.querySelector(".name"), name);
  titled(row.querySelector(".id"), id);
  const texts = values(entry, columns).map(format);
  row.dataset.scores = texts.join("|");
  row.querySelectorAll(".score").forEach((cell, index) => write(cell, texts[index]));
}

/** Columns are as wide as their longest text, and never shrink while the page is open: names do not jump about. */
function fitColumns(rows) {
  const table = find("table");
  const longest = (texts) => Math.max(0, ...texts.map((text) => text.length));
  const headings = [...table.querySelectorAll("thead .score")];
  const widths = headings.map((heading, index) => {
    const width = Math.max(
      // A heading may wrap, but not within its words, whose letters are wider than digits.
      headings.length > 1 ? Math.ceil(1.25 * Math.min(10, longest(heading.textContent.split(" ")))) : 6,
      longest(rows.map((row) => row.querySelectorAll(".score")[index].textContent)),
      Number(heading.style.getPropertyValue("--digits")),
    );
    heading.style.setProperty("--digits", width);
    return width;
  });
  const ranks = Math.max(3, longest(rows.map((row) => row.querySelector(".place").textContent)), Number(table.style.getPropertyValue("--rank-digits")));
  table.style.setProperty("--rank-digits", ranks);
  table.style.setProperty("--columns", widths.length);
  table.style.setProperty("--all-digits", widths.reduce((sum, width) => sum + width, 0));
  frameColumns();
}

/** Where columns are wider than the screen they are moved within their frame, which the keyboard must then reach. */
function frameColumns() {
  const frame = find("frame");
  if (frame.scrollWidth > frame.clientWidth) frame.tabIndex = 0;
  else frame.removeAttribute("tabindex");
}
addEventListener("resize", frameColumns);

function move(row, was) {
  if (!was) {
    row.animate({ opacity: [0, 1] }, { duration: 400, easing: "ease-out" });
    return;
  }
  const distance = was.top - row.offsetTop;
  if (distance !== 0) {
    row.animate({ transform: [`translateY(${distance}px)`, "none"] }, { duration: 550, easing: "cubic-bezier(.2, .8, .2, 1)" });
  }
  if (was.scores !== row.dataset.scores) {
    const flash = getComputedStyle(row).getPropertyValue("--flash");
    for (const cell of row.querySelectorAll(".score")) {
      cell.animate({ backgroundColor: [flash, "transparent"] }, { duration: 1400, easing: "ease-out" });
    }
  }
}
