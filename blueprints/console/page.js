// Asks the server for the page again, and puts in place what has changed of it. What is open stays open.

const seconds = Number(document.body.dataset.refreshSeconds);
const header = document.querySelector("header");
const state = document.getElementById("state");
const pause = document.getElementById("pause");
let paused = false;

/** @param {Document} page */
const show = (page) => {
  const open = new Set([...document.querySelectorAll("details[open]")].map((each) => each.id));
  for (const each of page.querySelectorAll("details")) each.open = open.has(each.id);
  for (const fresh of page.querySelectorAll("main > section")) {
    const shown = document.getElementById(fresh.id);
    // What a person is in keeps its focus: it is brought up to date once they have left it.
    if (shown && shown.outerHTML !== fresh.outerHTML && !shown.contains(document.activeElement)) {
      shown.replaceWith(document.adoptNode(fresh));
    }
  }
  const fresh = page.getElementById("state");
  if (state && fresh) state.replaceChildren(...fresh.childNodes);
  header?.removeAttribute("data-state");
};

const refresh = async () => {
  if (!paused && !document.hidden) {
    try {
      const answer = await fetch(location.pathname, { cache: "no-store", signal: AbortSignal.timeout(30_000) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(text.trim());
      // Who paused it meanwhile sees what was there then.
      if (!paused) show(new DOMParser().parseFromString(text, "text/html"));
    } catch (error) {
      if (header?.dataset.state !== "lost" && state) {
        const why = error instanceof Error && !(error instanceof TypeError) ? ` (${error.message})` : "";
        state.append(` No newer values can be had: what runs here does not answer${why}.`);
      }
      header?.setAttribute("data-state", "lost");
    }
  }
  setTimeout(refresh, seconds * 1000);
};

pause?.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", String(paused));
});

setTimeout(refresh, seconds * 1000);
