// Sends forms marked data-live without leaving the page. A second click while one is under way does nothing; the page
// shows the result when its frame comes, or is drawn anew when none does.
// @ts-check
import { allSaved } from "./autosave.js";
import { reached, renew } from "./live.js";
import { clearBeside, say, sayBeside, sayLost } from "./messages.js";
import { renewToken } from "./token.js";

const PATIENCE = 1000; // milliseconds for the frame that shows what was done

/** Addresses that are being sent to. @type {Set<string>} */
const underWay = new Set();

/** Take over the forms of the page, now and after any patch. */
export function start() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || event.defaultPrevented) return;
    const button = event.submitter instanceof HTMLElement ? event.submitter : null;
    if (!form.hasAttribute("data-live")) return;
    event.preventDefault();
    const address = button?.getAttribute("formaction") || form.getAttribute("action") || location.href;
    void send(form, address, button);
  });
}

/** @param {HTMLFormElement} form @param {string} address @param {HTMLElement | null} button */
async function send(form, address, button) {
  if (underWay.has(address)) return;
  underWay.add(address);
  button?.setAttribute("aria-disabled", "true");
  button?.setAttribute("aria-busy", "true");
  say("");
  clearBeside(form);
  try {
    let answer = await post(form, address, button);
    // The page may be older than the session: who signed in again in another tab presses once.
    if (answer.status === 403 && (await renewToken())) answer = await post(form, address, button);
    await settle(form, answer);
  } catch {
    sayLost();
  } finally {
    underWay.delete(address);
    button?.removeAttribute("aria-disabled");
    button?.removeAttribute("aria-busy");
  }
}

/** @param {HTMLFormElement} form @param {string} address @param {HTMLElement | null} button */
function post(form, address, button) {
  const data = new FormData(form, button instanceof HTMLButtonElement ? button : null);
  const files = [...data.values()].some((value) => value instanceof File);
  // Without files a plain form is sent, as a browser would without us.
  const body = files ? data : new URLSearchParams(/** @type {any} */ (data));
  return fetch(address, { method: "POST", body, headers: { "x-live": "1", accept: "application/json, text/html" } });
}

/** @param {HTMLFormElement} form @param {Response} answer */
async function settle(form, answer) {
  if (answer.status === 204) {
    const cursor = answer.headers.get("x-cursor");
    if (!cursor || !(await reached(cursor, PATIENCE))) await renew();
    return;
  }
  if (answer.redirected) return location.assign(answer.url);
  if (answer.status === 401) {
    await allSaved();
    return location.reload();
  }
  const kind = answer.headers.get("content-type") ?? "";
  if (!kind.startsWith("application/json")) {
    if (answer.ok) return location.reload();
    throw new Error(String(answer.status));
  }
  const { message, fields } = await answer.json();
  say(message);
  sayBeside(form, fields ?? {});
  // What was refused was often decided by others a moment ago: show how things stand.
  if (answer.status === 409) await renew();
}
