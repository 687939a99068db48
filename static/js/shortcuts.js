// Single keys for the cockpit: [data-shortcut="main|extend|absent|note"], and a dialog that tells them.
// They never fire while somebody types, and can be switched off (WCAG 2.1.4); the choice stays on this device.
// @ts-check

const KEPT = "shortcuts";
const SETTLES = 700; // milliseconds during which the main button, just changed, takes no press
const KEYS = new Map([
  [" ", "main"],
  ["+", "extend"],
  ["a", "absent"],
  ["n", "note"],
]);

let address = main()?.getAttribute("formaction") ?? null;
let settling = 0;

/** @returns {boolean} */
function areOn() {
  try {
    return localStorage.getItem(KEPT) !== "off";
  } catch {
    return true;
  }
}

/** @param {boolean} on */
function keep(on) {
  try {
    localStorage.setItem(KEPT, on ? "on" : "off");
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  document.documentElement.dataset.shortcuts = on ? "on" : "off";
}

/** Whether the key belongs to what has the focus: text, a choice, a button, a menu. @param {EventTarget | null} target @param {string} key */
function isTaken(target, key) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("textarea, select, [popover]")) return true;
  if (target instanceof HTMLInputElement) return true;
  return key === " " && target.closest("button, a, summary") !== null;
}

/** @param {string} name @returns {HTMLElement | null} */
function find(name) {
  return document.querySelector(`[data-shortcut="${name}"]`);
}

/** @returns {HTMLElement | null} */
function main() {
  return find("main");
}

/** @returns {HTMLDialogElement | null} */
function help() {
  const dialog = document.getElementById("shortcuts-help");
  return dialog instanceof HTMLDialogElement ? dialog : null;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target instanceof HTMLTextAreaElement && event.target.dataset.shortcut) {
    event.target.blur();
    return;
  }
  if (!help() || event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing) return;
  if (document.querySelector("dialog[open]") || isTaken(event.target, event.key)) return;
  const on = document.documentElement.dataset.shortcuts !== "off";
  if (!on) return;
  if (event.key === "?") {
    event.preventDefault();
    help()?.showModal();
    return;
  }
  const element = find(KEYS.get(event.key.toLowerCase()) ?? "none");
  if (!element) return;
  event.preventDefault();
  if (element instanceof HTMLTextAreaElement) element.focus();
  else element.click();
});

// A press that was meant for "Terminer" must not call the next person because the button has changed meanwhile.
new MutationObserver(() => {
  const button = main();
  const now = button?.getAttribute("formaction") ?? null;
  if (!button || now === address) return;
  if (address !== null) {
    clearTimeout(settling);
    document.documentElement.dataset.settling = "";
    settling = setTimeout(() => delete document.documentElement.dataset.settling, SETTLES);
  }
  address = now;
}).observe(document.body, { attributes: true, attributeFilter: ["formaction"], childList: true, subtree: true });

document.addEventListener(
  "click",
  (event) => {
    const button = event.target instanceof Element ? event.target.closest('[data-shortcut="main"]') : null;
    if (!button || document.documentElement.dataset.settling === undefined) return;
    event.preventDefault();
    event.stopPropagation();
  },
  { capture: true },
);

// An act chosen in a menu closes the menu.
document.addEventListener("submit", (event) => {
  const menu = event.submitter?.closest("[popover]");
  if (menu instanceof HTMLElement && menu.matches(":popover-open")) menu.hidePopover();
});

document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.matches("[data-shortcuts-toggle]"))
    keep(event.target.checked);
});

const toggle = document.querySelector("[data-shortcuts-toggle]");
if (toggle instanceof HTMLInputElement) {
  toggle.checked = areOn();
  document.documentElement.dataset.shortcuts = toggle.checked ? "on" : "off";
}
