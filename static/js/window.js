// Says whether booking is open as the fair's clock goes on: the words are all on the page, one of them is shown.
// @ts-check
import { fairNow } from "./ticking.js";

/** Keep the words right while the page is open. */
export function start() {
  if (!document.querySelector("[data-window-state]")) return;
  setInterval(update, 5000);
}

function update() {
  const now = fairNow();
  for (const each of document.querySelectorAll("[data-window-state]")) {
    const { windowOpens, windowCloses, windowState } = /** @type {HTMLElement} */ (each).dataset;
    const state =
      now < Date.parse(windowOpens ?? "") ? "before" : now < Date.parse(windowCloses ?? "") ? "open" : "after";
    if (state === windowState) continue;
    /** @type {HTMLElement} */ (each).dataset.windowState = state;
    for (const words of each.querySelectorAll("[data-window]")) {
      /** @type {HTMLElement} */ (words).hidden = /** @type {HTMLElement} */ (words).dataset.window !== state;
    }
  }
}
