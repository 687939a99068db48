// Moves the ring of a rail along with the fair's clock, from where the estimate was published to the end of its range.
// @ts-check
import { fairNow } from "./ticking.js";

/** @param {HTMLElement | SVGElement} rail @param {number} now */
function place(rail, now) {
  const start = Date.parse(rail.dataset.start ?? "");
  const end = Date.parse(rail.dataset.end ?? "");
  const share = Math.min(98, Math.max(2, ((now - start) / (end - start)) * 100));
  const ring = rail.querySelector(".rail-now");
  const at = `${share.toFixed(1)}%`;
  if (ring && ring.getAttribute("cx") !== at) ring.setAttribute("cx", at);
}

function tick() {
  const now = fairNow();
  for (const rail of document.querySelectorAll("[data-rail]")) place(/** @type {SVGElement} */ (rail), now);
}

/** Follow the rails of the page, also those that a patch brings. */
export function start() {
  if (!document.querySelector(".planning")) return;
  tick();
  setInterval(tick, 1000);
  new MutationObserver(tick).observe(document.body, { childList: true, subtree: true });
}
