/**
 * Switches between the light and the dark theme. A classic script in the head, so that the theme is set before the first
 * paint.
 */
"use strict";
{
  const KEY = "leaderboards.theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  // Storage may be forbidden (private windows, embedded pages): then the choice lasts for this visit.
  /** @type {string | null} */
  let choice = null;
  try {
    choice = localStorage.getItem(KEY);
  } catch { /* follow the system */ }

  /** Picks the theme: the address's in a frame or on a wall, the reader's choice, else the system's. */
  const pickTheme = () => {
    const wanted = root.dataset.embed ?? root.dataset.tv;
    if (wanted === "light" || wanted === "dark") return wanted;
    if (choice === "light" || choice === "dark") return choice;
    return system.matches ? "dark" : "light";
  };

  /** Picks the theme that the button switches to. */
  const pickOpposite = () => (pickTheme() === "dark" ? "light" : "dark");

  /** Sets the theme of the page and the label of the button, which exists once the body is parsed. */
  const showTheme = () => {
    const shown = new URLSearchParams(location.hash.slice(1));
    for (const name of ["embed", "clear", "tv"]) {
      const value = shown.get(name);
      if (value === null) delete root.dataset[name];
      else root.dataset[name] = value;
    }
    root.dataset.theme = pickTheme();
    document.getElementById("theme")?.setAttribute("aria-label", `Switch to the ${pickOpposite()} theme`);
  };

  /** Switches the theme and remembers it. */
  const switchTheme = () => {
    choice = pickOpposite();
    try {
      localStorage.setItem(KEY, choice);
    } catch { /* as above */ }
    showTheme();
  };

  showTheme();
  system.addEventListener("change", showTheme);
  addEventListener("hashchange", showTheme);
  document.addEventListener("DOMContentLoaded", () => {
    showTheme();
    document.getElementById("theme")?.addEventListener("click", switchTheme);
  });
}
