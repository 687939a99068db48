// Saves what is typed in [data-autosave] while it is typed. A patch never takes it away: see isBeingTyped.
// @ts-check

const PAUSE = 900; // milliseconds without a key before a save
const AGAIN = 4000; // before another try when a save failed

/**
 * What waits to be saved, by address: it outlives its fields, should a patch remove them.
 * @type {Map<string, {body: URLSearchParams, timer: number, sending: boolean}>}
 */
const waiting = new Map();

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
function boxOf(target) {
  return target instanceof Element ? target.closest("[data-autosave]") : null;
}

/** Whether a patch must leave this element as it is: somebody writes there and it is not saved yet. @param {Node} node */
export function isBeingTyped(node) {
  const box = node instanceof Element ? node.closest("[data-autosave]") : null;
  return box instanceof HTMLElement && waiting.has(box.dataset.autosave ?? "");
}

/** @param {HTMLElement} box @returns {URLSearchParams} */
function read(box) {
  const body = new URLSearchParams();
  for (const field of box.querySelectorAll("input, textarea, select")) {
    const input = /** @type {HTMLInputElement} */ (field);
    if (!input.name || (input.type === "radio" && !input.checked)) continue;
    body.set(input.name, input.value);
  }
  return body;
}

/** @param {string} address @param {"saving" | "failed"} word */
function say(address, word) {
  for (const box of document.querySelectorAll("[data-autosave]")) {
    if (/** @type {HTMLElement} */ (box).dataset.autosave !== address) continue;
    const state = box.querySelector("[data-autosave-state]");
    if (state instanceof HTMLElement) state.textContent = state.dataset[word] ?? "";
  }
}

/** @param {string} address @param {boolean} [leaving] */
async function save(address, leaving = false) {
  const entry = waiting.get(address);
  if (!entry || entry.sending) return;
  clearTimeout(entry.timer);
  entry.sending = true;
  const sent = entry.body.toString();
  const token = document.querySelector('input[name="csrf"]');
  try {
    const answer = await fetch(address, {
      method: "POST",
      body: entry.body,
      keepalive: leaving,
      headers: { "x-live": "1", "x-csrf-token": token instanceof HTMLInputElement ? token.value : "" },
    });
    entry.sending = false;
    if (answer.status >= 500) throw new Error(String(answer.status));
    if (entry.body.toString() === sent) waiting.delete(address);
    else entry.timer = setTimeout(save, PAUSE, address);
    if (answer.ok) return;
    say(address, "failed");
  } catch {
    entry.sending = false;
    say(address, "failed");
    entry.timer = setTimeout(save, AGAIN, address);
  }
}

/** @param {HTMLElement} box */
function note(box) {
  const address = box.dataset.autosave ?? "";
  const before = waiting.get(address);
  if (before) clearTimeout(before.timer);
  say(address, "saving");
  waiting.set(address, {
    body: read(box),
    sending: before?.sending ?? false,
    timer: setTimeout(save, PAUSE, address),
  });
}

/** @param {boolean} leaving */
function saveAll(leaving) {
  for (const address of waiting.keys()) void save(address, leaving);
}

document.addEventListener("input", (event) => {
  const box = boxOf(event.target);
  if (box) note(box);
});
document.addEventListener("change", (event) => {
  const box = boxOf(event.target);
  if (box) void save(box.dataset.autosave ?? "");
});
// Before another act, and before the page goes: nothing typed is left behind.
document.addEventListener("submit", () => saveAll(false), { capture: true });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") saveAll(true);
});
addEventListener("pagehide", () => saveAll(true));
