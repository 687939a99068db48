// Saves what is typed in [data-autosave] while it is typed. A patch never takes it away: see isBeingTyped.
// @ts-check
import { reached, renew } from "./live.js";
import { renewToken } from "./token.js";

const PAUSE = 900; // milliseconds without a key before a save
const AGAIN = 4000; // before another try when a save failed
const PATIENCE = 1500; // for the frame of a save: until then one that was drawn before it may still be on its way

/**
 * What waits to be saved, by address: it outlives its fields, should a patch remove them.
 * `theirs` is what somebody else wrote into the same note meanwhile, until it is settled whose stays.
 * @type {Map<string, {body: URLSearchParams, timer: number, sending: boolean, theirs?: string}>}
 */
const waiting = new Map();

/** Who waits until nothing is left to be saved. @type {Set<() => void>} */
const patient = new Set();

/** Addresses saved a moment ago, with the cursor of the save. @type {Map<string, string>} */
const settling = new Map();

/** The field that had the focus when the page was hidden: patches may reach it meanwhile. @type {{id: string, start: number, end: number} | null} */
let left = null;

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
function boxOf(target) {
  return target instanceof Element ? target.closest("[data-autosave]") : null;
}

/** Whether a patch must leave this element as it is: somebody writes there, or what they wrote was saved just now. @param {Node} node */
export function isBeingTyped(node) {
  const box = node instanceof Element ? node.closest("[data-autosave]") : null;
  const address = box instanceof HTMLElement ? (box.dataset.autosave ?? "") : "";
  return waiting.has(address) || settling.has(address);
}

/** Wait until all that was typed is saved. */
export async function allSaved() {
  while (waiting.size > 0) await new Promise((resolve) => patient.add(() => resolve(undefined)));
}

/** Nothing of an address waits any more. @param {string} address */
function isSaved(address) {
  waiting.delete(address);
  for (const go of patient) go();
  patient.clear();
}

/** @param {string} address @returns {HTMLElement[]} */
function boxesOf(address) {
  return /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-autosave]")]).filter(
    (box) => box.dataset.autosave === address,
  );
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

/**
 * What is in the fields is now what the server has: patches may change them once the page has caught up with the save.
 * @param {string} address
 * @param {string} cursor of the save
 */
async function settle(address, cursor) {
  say(address, "saved");
  for (const box of boxesOf(address)) {
    for (const field of box.querySelectorAll("input, textarea")) {
      if (field instanceof HTMLTextAreaElement) field.defaultValue = field.value;
      else if (field instanceof HTMLInputElement) field.defaultChecked = field.checked;
    }
  }
  if (!document.body.dataset.liveTopics) return;
  settling.set(address, cursor);
  const shown = await reached(cursor, PATIENCE);
  if (settling.get(address) === cursor) settling.delete(address);
  if (!shown) await renew();
}

/** Say how the saving goes: in the page's words, or in the server's. @param {string} address @param {string} word */
function say(address, word) {
  for (const box of boxesOf(address)) {
    const state = box.querySelector("[data-autosave-state]");
    if (state instanceof HTMLElement) state.textContent = state.dataset[word] ?? word;
  }
}

/** @param {string} address @param {boolean} [leaving] */
async function save(address, leaving = false) {
  const entry = waiting.get(address);
  if (!entry || entry.sending || (entry.theirs !== undefined && !leaving)) return;
  clearTimeout(entry.timer);
  entry.sending = true;
  const sent = new URLSearchParams(entry.body);
  try {
    const answer = await send(address, sent, leaving);
    if (answer.status >= 500) throw new Error(String(answer.status));
    if (answer.status === 401 || answer.status === 403) return void (await waitForSession(address, entry, answer));
    if (answer.status === 409 && (await isAnothers(address, entry, answer.clone()))) return;
    const typed = entry.body.toString() !== sent.toString();
    if (answer.ok) {
      rebase(address, entry.body, sent);
      delete entry.theirs; // who left while it was open to decide kept both
      showTheirs(address, null);
    }
    if (typed) {
      entry.timer = setTimeout(save, PAUSE, address);
      return;
    }
    isSaved(address);
    if (!answer.ok) say(address, String((await answer.json()).message));
    else void settle(address, answer.headers.get("x-cursor") ?? "");
  } catch {
    say(address, "failed");
    entry.timer = setTimeout(save, AGAIN, address);
  } finally {
    entry.sending = false;
  }
}

/**
 * The session has ended in the middle of a note: it stays, and is saved as soon as somebody has signed in again, in
 * another tab too. Who has the right no longer is told so, and so is who still has to confirm who they are.
 * @param {string} address @param {{timer: number}} entry @param {Response} answer
 */
async function waitForSession(address, entry, answer) {
  say(address, answer.status === 401 ? "signedOut" : String((await answer.json()).message));
  entry.timer = setTimeout(save, (await renewToken()) ? 0 : AGAIN, address);
}

/**
 * What was saved is what the next save begins from.
 * @param {string} address @param {URLSearchParams} body @param {URLSearchParams} saved
 */
function rebase(address, body, saved) {
  for (const name of ["note", "rating", "next_step"]) body.set(`base_${name}`, saved.get(name) ?? "");
  for (const box of boxesOf(address)) {
    for (const field of box.querySelectorAll('input[name^="base_"]')) {
      if (field instanceof HTMLInputElement) field.value = body.get(field.name) ?? "";
    }
  }
}

/**
 * Whether the save was refused because somebody else wrote into the note: then it is shown, and a person decides.
 * @param {string} address @param {{theirs?: string}} entry @param {Response} answer @returns {Promise<boolean>}
 */
async function isAnothers(address, entry, answer) {
  const told = await answer.json();
  if (told.code !== "note_changed") return false;
  entry.theirs = String(told.fields.note);
  say(address, "changed");
  showTheirs(address, entry.theirs);
  return true;
}

/** @param {string} address @param {string | null} theirs null hides it */
function showTheirs(address, theirs) {
  for (const box of boxesOf(address)) {
    const notice = box.querySelector("[data-autosave-conflict]");
    const words = box.querySelector("[data-autosave-theirs]");
    if (words) words.textContent = theirs ?? "";
    if (notice instanceof HTMLElement) notice.hidden = theirs === null;
  }
}

/** Whose words stay. @param {HTMLElement} box @param {string} choice "both", "mine" or "theirs" */
function decide(box, choice) {
  const address = box.dataset.autosave ?? "";
  const entry = waiting.get(address);
  const area = box.querySelector('textarea[name="note"]');
  const base = box.querySelector('input[name="base_note"]');
  if (!entry || entry.theirs === undefined || !(area instanceof HTMLTextAreaElement)) return;
  if (choice === "both") area.value = `${entry.theirs}\n\n${area.value}`;
  if (choice === "theirs") area.value = entry.theirs;
  if (base instanceof HTMLInputElement) base.value = entry.theirs;
  delete entry.theirs;
  entry.body = read(box);
  showTheirs(address, null);
  area.focus();
  say(address, "saving");
  void save(address);
}

/** @param {string} address @param {URLSearchParams} body @param {boolean} leaving @returns {Promise<Response>} */
function send(address, body, leaving) {
  const token = document.querySelector('input[name="csrf"]');
  const headers = { "x-live": "1", "x-csrf-token": token instanceof HTMLInputElement ? token.value : "" };
  // Who leaves is not there to decide: both are kept.
  const sent = leaving ? new URLSearchParams([...body, ["keep_both", "1"]]) : body;
  return fetch(address, { method: "POST", body: sent, keepalive: leaving, headers });
}

/** @param {HTMLElement} box */
function note(box) {
  const address = box.dataset.autosave ?? "";
  const entry = waiting.get(address) ?? { body: new URLSearchParams(), timer: 0, sending: false };
  clearTimeout(entry.timer);
  entry.body = read(box);
  entry.timer = setTimeout(save, PAUSE, address);
  waiting.set(address, entry);
  if (entry.theirs === undefined) say(address, "saving");
}

/** @param {boolean} leaving */
function saveAll(leaving) {
  for (const address of waiting.keys()) void save(address, leaving);
}

document.addEventListener("input", (event) => {
  const box = boxOf(event.target);
  if (box) note(box);
});
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-autosave-keep]") : null;
  const box = boxOf(button);
  if (box && button instanceof HTMLElement) decide(box, button.dataset.autosaveKeep ?? "");
});
document.addEventListener("change", (event) => {
  const box = boxOf(event.target);
  if (box) void save(box.dataset.autosave ?? "");
});
// Before another act, and before the page goes: nothing typed is left behind.
document.addEventListener("submit", () => saveAll(false), { capture: true });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") {
    saveAll(true);
    const field = document.activeElement;
    if (!(field instanceof HTMLTextAreaElement) || !boxOf(field)) return;
    left = { id: field.id, start: field.selectionStart, end: field.selectionEnd };
    field.blur();
  } else if (left) {
    const field = document.getElementById(left.id);
    if (field instanceof HTMLTextAreaElement && document.activeElement === document.body) {
      field.focus({ preventScroll: true });
      field.setSelectionRange(left.start, left.end);
    }
    left = null;
  }
});
addEventListener("pagehide", () => saveAll(true));
