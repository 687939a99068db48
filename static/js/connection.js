// The bar that says that a page is not up to date, since when, and afterwards whether something changed.
// @ts-check
import { clockTime, fairNow } from "./ticking.js";

const PATIENCE = 2000; // milliseconds before anything is said
const OFFLINE = 8000; // after it, say since when
const WELCOME = 8000; // how long "back again" stays

const page = document.documentElement;

let since = 0;
let told = false;
/** @type {number[]} */
let timers = [];

// A copy from an earlier time, shown because there was no network: it says so at once.
if (page.dataset.kept) {
  since = performance.now();
  sayOffline(Date.parse(page.dataset.kept));
}

/** The line is cut. */
export function lost() {
  if (since) return;
  since = performance.now();
  const now = fairNow();
  later(PATIENCE, () => show("reconnecting"));
  later(navigator.onLine ? OFFLINE : PATIENCE, () => sayOffline(now));
}

/** @param {number} moment since when what one sees may have changed */
function sayOffline(moment) {
  const place = document.querySelector("[data-connection-since]");
  if (place) place.textContent = clockTime(moment);
  show("offline");
}

/** The line is there again, and the page is up to date. @param {boolean} changed @returns {boolean} whether one was told of the cut */
export function found(changed) {
  const wasTold = told;
  clear();
  since = 0;
  if (wasTold) {
    show(changed ? "changed" : "unchanged");
    later(WELCOME, () => show(null));
  }
  return wasTold;
}

function clear() {
  for (const timer of timers) clearTimeout(timer);
  timers = [];
}

/** @param {number} delay @param {() => void} act */
function later(delay, act) {
  timers.push(setTimeout(act, delay));
}

/** @param {"reconnecting" | "offline" | "changed" | "unchanged" | null} state */
function show(state) {
  const bar = document.getElementById("connection");
  if (!bar) return;
  told = state === "reconnecting" || state === "offline";
  for (const part of bar.querySelectorAll("[data-connection]")) {
    if (part instanceof HTMLElement) part.hidden = part.dataset.connection !== state;
  }
  bar.hidden = state === null;
  page.toggleAttribute("data-offline", told);
}
