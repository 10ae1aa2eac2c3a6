"""Answers that a page has got and does not see before the test lets it: so they come in whatever order a test wants."""

from __future__ import annotations

from playwright.sync_api import Page

_HOLD = """
window.held = [];
const ask = window.fetch;
window.fetch = async (address, options = {}) => {
  const answer = await ask(address, options);
  if (!String(address).includes(window.holds)) return answer;
  const body = await answer.text();
  const given = new Response(body, answer);
  const each = {};
  const goes = new Promise((go, fail) => {
    each.go = go;
    options.signal?.addEventListener("abort", () => fail(options.signal.reason));
  });
  window.held.push(each);
  await goes.finally(() => window.held = window.held.filter((other) => other !== each));
  // A task later the page has done what it does with the answer.
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => each.done();
  given.json = async () => {
    port2.postMessage(0);
    return JSON.parse(body);
  };
  return given;
};
"""
_RELEASE = "number => new Promise((done) => { const each = window.held[number]; each.done = done; each.go(); })"


def hold_answers(page: Page, part: str) -> None:
    """Hold each answer from an address that has a part, on a page that is not loaded yet."""
    page.add_init_script(f"window.holds = {part!r};{_HOLD}")


def wait_for_held(page: Page, count: int) -> None:
    """Wait until the page has got so many answers that it does not see."""
    # On its clock, which may stand, no function can be asked again and again.
    while page.evaluate("window.held.length") < count:
        page.wait_for_timeout(20)


def release_answer(page: Page, number: int) -> None:
    """Let the page see one of the held answers, the oldest of which is 0, and wait until it has done so."""
    page.evaluate(_RELEASE, number)


def release_all(page: Page) -> None:
    """Let the page see all answers, those that are held and those to come."""
    page.evaluate("window.holds = '#'; for (const each of window.held) { each.done = () => {}; each.go(); }")
