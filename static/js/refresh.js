// Asks again for a part of the page that is true for a minute only: [data-refresh="address" data-every="seconds"].
// @ts-check

const LEAST = 4000; // milliseconds between two askings

let asked = 0;
let timer = 0;

/** @param {HTMLElement} part */
async function ask(part) {
  asked = performance.now();
  if (document.visibilityState === "hidden" || part.contains(document.activeElement) || part.matches(":hover")) return;
  try {
    const answer = await fetch(part.dataset.refresh ?? "", { headers: { accept: "text/html" } });
    if (!answer.ok) return;
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = parsed.getElementById(part.id);
    if (fresh && part.isConnected) part.replaceWith(document.adoptNode(fresh));
  } catch {
    // Offline: what is shown says when it was true.
  }
}

function askSoon() {
  clearTimeout(timer);
  timer = setTimeout(askAll, Math.max(0, asked + LEAST - performance.now()));
}

function askAll() {
  for (const part of document.querySelectorAll("[data-refresh]")) void ask(/** @type {HTMLElement} */ (part));
}

/** Keep such parts fresh: now and then, and when the live part of the page has changed. */
export function start() {
  const part = document.querySelector("[data-refresh]");
  if (!(part instanceof HTMLElement)) return;
  setInterval(askAll, Number(part.dataset.every ?? "60") * 1000);
  const beside = document.querySelector(".planning");
  if (beside) new MutationObserver(askSoon).observe(beside, { childList: true, subtree: true });
}
