// Answers for the planning when the network does not, with the copy the page kept (offline.js). Nothing else is touched.
// @ts-check

/** @typedef {Event & {request: Request, respondWith: (answer: Promise<Response>) => void}} Fetching */
/** @typedef {Event & {waitUntil: (done: Promise<void>) => void}} Lasting */

const COPIES = "planning";
const DAY = 86_400_000; // milliseconds: an older copy tells nothing any more

const worker = /** @type {any} */ (self); // what TypeScript knows of workers does not go with what it knows of pages

worker.addEventListener("install", () => worker.skipWaiting());
worker.addEventListener("activate", (/** @type {Lasting} */ event) => event.waitUntil(worker.clients.claim()));
worker.addEventListener("fetch", (/** @type {Fetching} */ event) => {
  const isPlanning = new URL(event.request.url).pathname.endsWith("/planning");
  if (event.request.mode === "navigate" && event.request.method === "GET" && isPlanning) {
    event.respondWith(fetch(event.request).catch(() => copyOf(event.request)));
  }
});

/** @param {Request} request @returns {Promise<Response>} */
async function copyOf(request) {
  const kept = await caches.match(request, { cacheName: COPIES, ignoreSearch: true, ignoreVary: true });
  const keptAt = Number(kept?.headers.get("x-kept-at") ?? "0");
  if (!kept || Date.now() - keptAt > DAY) return Response.error();
  return new Response(aged(await kept.text(), Date.now() - keptAt), { headers: kept.headers });
}

/** The page with its clock set right, and told since when it is old. @param {string} html @param {number} age */
function aged(html, age) {
  return html.replace(/data-now="([^"]+)" data-rate="([^"]+)"/, (_, now, rate) => {
    const today = new Date(Date.parse(now) + age * Number(rate)).toISOString();
    return `data-now="${today}" data-rate="${rate}" data-kept="${now}"`;
  });
}
