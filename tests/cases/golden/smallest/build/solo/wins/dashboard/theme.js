// Light or dark. A classic script in the head, so that the choice stands before the first paint.
"use strict";
{
  const KEY = "leaderboards.theme";
  const system = matchMedia("(prefers-color-scheme: dark)");
  const root = document.documentElement;

  // Storage may be forbidden (private windows, embedded pages): then the choice lasts for this visit.
  let choice = null;
  try {
    choice = localStorage.getItem(KEY);
  } catch { /* follow the system */ }

  const current = () => (choice === "light" || choice === "dark" ? choice : system.matches ? "dark" : "light");
  const opposite = () => (current() === "dark" ? "light" : "dark");

  const show = () => {
    root.dataset.theme = current();
    document.getElementById("theme")?.setAttribute("aria-label", `Switch to the ${opposite()} theme`);
  };

  show();
  system.addEventListener("change", show);
  document.addEventListener("DOMContentLoaded", () => {
    show();
    document.getElementById("theme").addEventListener("click", () => {
      choice = opposite();
      try {
        localStorage.setItem(KEY, choice);
      } catch { /* as above */ }
      show();
    });
  });
}
