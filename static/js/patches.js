// Puts the server's newest HTML of an element in its place, without taking anything from the person who uses it:
// focus, caret, typed text, scroll and what they opened stay, and a list does not reorder under their pointer.
// @ts-check
import { Idiomorph } from "../vendor/idiomorph.js";
import { isBeingTyped } from "./autosave.js";

/** @typedef {{target: string, html: string | null}} Patch */

const REST = 5000; // milliseconds a reordering waits for a pointer that does not leave

/** Reorderings that wait for the pointer, newest HTML by element id. @type {Map<string, {html: string, timer: number}>} */
const waiting = new Map();

/** The button pressed last: a list shows at once what was done in it. @type {{button: Element | null, at: number}} */
let pressed = { button: null, at: 0 };
document.addEventListener("submit", ({ submitter }) => (pressed = { button: submitter, at: performance.now() }), true);

/** How anything is morphed here. @type {import("../vendor/idiomorph.js").Config} */
export const keeping = {
  morphStyle: "outerHTML",
  // Not for the element that has the focus alone: a focused button would keep its old words with a new address.
  // What is typed is kept by `mayChange`, whether it has the focus or not.
  ignoreActiveValue: false,
  callbacks: { beforeNodeMorphed: mayChange, beforeAttributeUpdated: mayChangeAttribute },
};

/** Apply patches in their order. @param {Patch[]} patches @returns {Element[]} what shows something else now */
export function apply(patches) {
  return patches.flatMap(({ target, html }) => {
    forget(target);
    const element = document.getElementById(target);
    if (!element) return [];
    if (html === null) {
      element.remove();
      return [];
    }
    if (reordersUnderPointer(element, html)) {
      postpone(target, html);
      return [];
    }
    return morph(element, html);
  });
}

/** @param {Element} element @param {string} html @returns {Element[]} */
function morph(element, html) {
  const before = words(element);
  Idiomorph.morph(element, html, keeping);
  const now = document.getElementById(element.id);
  if (!now) return [];
  return [...words(now)]
    .filter(([id, text]) => before.get(id) !== text)
    .flatMap(([id]) => document.getElementById(id) ?? []);
}

/**
 * What each smallest named part of an element says, by id; running times are left out.
 * @param {Element} element
 * @returns {Map<string, string>}
 */
function words(element) {
  const found = new Map();
  for (const part of [element, ...element.querySelectorAll("[id]")]) {
    if (part.querySelector("[id]")) continue;
    const copy = /** @type {Element} */ (part.cloneNode(true));
    for (const running of copy.querySelectorAll("[data-clock], [data-timer], [data-until], [data-overdue]"))
      running.remove();
    found.set(part.id, (copy.textContent ?? "").replace(/\s+/g, " "));
  }
  return found;
}

/** @param {Element} old @param {Node} _new @returns {boolean} */
function mayChange(old, _new) {
  if (isBeingTyped(old)) return false;
  if (old instanceof HTMLInputElement) {
    return old.value === old.defaultValue && old.checked === old.defaultChecked;
  }
  if (old instanceof HTMLTextAreaElement) return old.value === old.defaultValue;
  if (old instanceof HTMLOptionElement) return old.selected === old.defaultSelected;
  return true;
}

/** What somebody opened stays open. @param {string} name @param {Element} element @returns {boolean} */
function mayChangeAttribute(name, element) {
  return !(name === "open" && (element instanceof HTMLDetailsElement || element instanceof HTMLDialogElement));
}

/** @param {Element} element @param {string} html @returns {boolean} */
function reordersUnderPointer(element, html) {
  if (!element.matches(":hover") || !matchMedia("(hover: hover)").matches) return false;
  if (element.contains(pressed.button) && performance.now() - pressed.at < REST) return false;
  const parsed = new DOMParser().parseFromString(`<template>${html}</template>`, "text/html").querySelector("template");
  const next = parsed ? ids(parsed.content) : [];
  const now = ids(element);
  const common = new Set(next.filter((id) => now.includes(id)));
  const inOrder = next.filter((id) => common.has(id));
  return now.filter((id) => common.has(id)).some((id, place) => id !== inOrder[place]);
}

/** @param {Element | DocumentFragment} root @returns {string[]} */
function ids(root) {
  return [...root.querySelectorAll("[id]")].map((part) => part.id);
}

/** @param {string} target @param {string} html */
function postpone(target, html) {
  waiting.set(target, { html, timer: setTimeout(release, REST, target) });
  document.getElementById(target)?.addEventListener("pointerleave", () => release(target), { once: true });
}

/** @param {string} target */
function forget(target) {
  clearTimeout(waiting.get(target)?.timer);
  waiting.delete(target);
}

/** @param {string} target */
function release(target) {
  const entry = waiting.get(target);
  const element = document.getElementById(target);
  forget(target);
  if (entry && element) morph(element, entry.html);
}
