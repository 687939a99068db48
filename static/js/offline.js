// Keeps a copy of the planning on the telephone, for when it is opened without a network. Signing out takes it away, and
// so does every page that is shown to nobody: a session may have been ended elsewhere, and the next user is another one.
// @ts-check

const SOON = 4000; // milliseconds after the last change: many changes are one copy
export const COPIES = "planning";

const { keep } = document.body.dataset; // the worker's address, on the pages worth keeping
let timer = 0;

/** Let the worker answer when the network does not. */
export function start() {
  if (isNobodys() && "caches" in window) void caches.delete(COPIES);
  if (!keep || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register(keep, { scope: "/fairs/", type: "module" }).catch(() => undefined); // private windows
  copySoon();
}

/** Whether nobody is signed in: the page's forms hold no token. */
function isNobodys() {
  const token = /** @type {HTMLInputElement | null} */ (document.querySelector('#act input[name="csrf"]'));
  return token?.value === "";
}

/** The page shows something else now: keep that. */
export function copySoon() {
  if (!keep || !("caches" in window)) return;
  clearTimeout(timer);
  timer = setTimeout(() => void copy(), SOON);
}

async function copy() {
  const answer = await fetch(location.pathname).catch(() => null);
  if (!answer?.ok || answer.redirected) return;
  const headers = new Headers(answer.headers);
  headers.set("x-kept-at", String(Date.now()));
  const kept = new Response(await answer.text(), { headers });
  await (await caches.open(COPIES)).put(location.pathname, kept);
}
