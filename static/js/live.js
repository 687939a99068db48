// Keeps a page that names its topics up to date, and lets forms wait until it shows what they did.
// @ts-check
import { allSaved } from "./autosave.js";
import { listen, mark, speak, tint } from "./changes.js";
import { found, lost } from "./connection.js";
import { hasReached } from "./cursor.js";
import { Line } from "./line.js";
import { copySoon } from "./offline.js";
import { apply } from "./patches.js";
import { refetch } from "./refetch.js";

const RELOADED = "live-reloaded-at";
const TOO_SOON = 10_000; // milliseconds: a page that is refused again right after it was reloaded stays as it is

/** @type {Line | null} */
let line = null;
let connected = false;
/** @type {Set<() => void>} */
const waiting = new Set();

/** Follow the topics of the page. */
export function start() {
  const { liveTopics, liveCursor, liveFair, lang } = document.body.dataset;
  if (!liveTopics) return;
  listen();
  const query = new URLSearchParams({ topics: liveTopics, lang: lang ?? "fr" });
  if (liveFair) query.set("fair", liveFair);
  line = new Line(query, liveCursor ?? "", { frame: show, lost: cut, refused: () => void refused() });
  const check = () => line?.check();
  addEventListener("online", check);
  addEventListener("offline", cut);
  addEventListener("pageshow", (event) => event.persisted && check());
  addEventListener("pagehide", () => line?.drop());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && check());
  line.open();
}

/** Follow one more topic (a part that was opened), or again only those of the page. @param {string | null} topic */
export function follow(topic) {
  if (!line) return;
  const { liveTopics } = document.body.dataset;
  line.query.set("topics", topic ? `${liveTopics} ${topic}` : (liveTopics ?? ""));
  line.drop();
  line.open();
}

/** Whether the page shows what lies at `cursor`, at the latest after `patience` milliseconds. @param {string} cursor @param {number} patience @returns {Promise<boolean>} */
export function reached(cursor, patience) {
  if (!line) return Promise.resolve(false);
  return new Promise((resolve) => {
    const answer = () => {
      const there = line !== null && hasReached(line.cursor, cursor);
      if (!there && performance.now() < until) return;
      waiting.delete(answer);
      clearTimeout(timer);
      resolve(there);
    };
    const until = performance.now() + patience;
    const timer = setTimeout(answer, patience + 1);
    waiting.add(answer);
    answer();
  });
}

/** @param {import("./line.js").Frame} frame */
function show(frame) {
  const changed = apply(frame.patches);
  if (connected) {
    tint(changed);
  } else if (found(changed.length > 0)) {
    mark(changed);
  }
  connected = true;
  if (frame.patches.length) {
    speak();
    copySoon();
  }
  for (const answer of [...waiting]) answer();
}

function cut() {
  connected = false;
  lost();
}

/** The session is over or a right is gone: the server says what there is to see now, once nothing typed would be lost. */
async function refused() {
  const before = Number(sessionStorage.getItem(RELOADED) ?? "0");
  cut();
  if (Date.now() - before < TOO_SOON) return;
  await allSaved();
  sessionStorage.setItem(RELOADED, String(Date.now()));
  location.reload();
}

/** Draw the page anew where it stands. */
export async function renew() {
  const cursor = await refetch();
  if (cursor && line && !hasReached(line.cursor, cursor)) line.cursor = cursor;
}
