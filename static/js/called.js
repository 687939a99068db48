// Tells somebody who is called, or asked to come now: in the title of the page, by a sound they have asked for, by a
// notification they have allowed. The words come from the page: [data-called] is there while they are called,
// [data-offered] while a place waits for their yes. Asks the server nothing.
// @ts-check

const KEPT = "sound";
const AGAIN = 8000; // milliseconds between two chimes
const CHIMES = 4;
const NOTES = [
  { pitch: 659, delay: 0 },
  { pitch: 880, delay: 0.22 },
];

const own = document.title;
/** @type {AudioContext | null} */
let audio = null;
let told = "";
/** @type {number[]} */
let chimes = [];

/** Two soft notes. @param {AudioContext} context */
function chime(context) {
  for (const { pitch, delay } of NOTES) {
    const note = context.createOscillator();
    const volume = context.createGain();
    const begin = context.currentTime + delay;
    note.frequency.value = pitch;
    volume.gain.setValueAtTime(0.0001, begin);
    volume.gain.exponentialRampToValueAtTime(0.4, begin + 0.03);
    volume.gain.exponentialRampToValueAtTime(0.0001, begin + 0.9);
    note.connect(volume).connect(context.destination);
    note.start(begin);
    note.stop(begin + 1);
  }
  document.documentElement.dataset.chimed = String(Number(document.documentElement.dataset.chimed ?? "0") + 1);
}

/** @returns {boolean} */
function isWanted() {
  try {
    return sessionStorage.getItem(KEPT) === "on";
  } catch {
    return audio !== null;
  }
}

/** @param {boolean} wanted */
function want(wanted) {
  try {
    sessionStorage.setItem(KEPT, wanted ? "on" : "off");
  } catch {
    // Without storage the choice lasts as long as the page.
  }
  if (wanted) {
    audio ??= new AudioContext();
    void audio.resume();
    chime(audio);
    if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
  } else {
    silence();
    void audio?.close();
    audio = null;
  }
  draw();
}

function silence() {
  for (const each of chimes) clearTimeout(each);
  chimes = [];
}

/** @param {string} words */
function notify(words) {
  if (document.visibilityState === "visible" || !("Notification" in window)) return;
  if (Notification.permission !== "granted") return;
  try {
    const notification = new Notification(words, { tag: "called", icon: "/static/icon.svg", requireInteraction: true });
    notification.onclick = () => {
      window.focus();
      notification.close();
    };
  } catch {
    // Some telephones allow notifications to service workers alone.
  }
}

/** The button says whether the sound is on; a patch brings it as the server drew it. */
function draw() {
  const on = isWanted() && audio !== null;
  for (const button of document.querySelectorAll("button[data-sound]")) {
    if (!(button instanceof HTMLElement)) continue;
    const text = (on ? button.dataset.on : button.dataset.off) ?? "";
    if (button.textContent !== text) button.textContent = text;
    if (button.getAttribute("aria-pressed") !== String(on)) button.setAttribute("aria-pressed", String(on));
  }
}

function look() {
  draw();
  const offer = document.querySelector("[data-offered]:not([hidden])");
  const screen = document.querySelector("[data-called] [data-title]") ?? offer;
  const words = screen instanceof HTMLElement ? (screen.dataset.title ?? "") : "";
  const title = words || own;
  if (document.title !== title) document.title = title;
  const called = document.querySelector("[data-called]")?.getAttribute("data-called") ?? "";
  const call = called || (offer instanceof HTMLElement ? `offer-${offer.dataset.offered}` : "");
  if (call === told) return;
  told = call;
  silence();
  if (!call) return;
  window.scrollTo(0, 0);
  notify(words);
  // The one thing that does not wait for its turn to be said.
  const announcer = document.getElementById("announcer");
  if (announcer && screen instanceof HTMLElement) announcer.textContent = screen.dataset.say ?? words;
  if (!audio || !isWanted()) return;
  const context = audio;
  for (let n = 0; n < CHIMES; n += 1) chimes.push(setTimeout(chime, n * AGAIN, context));
}

/** Watch for the call, on a page that has a planning. */
export function start() {
  if (!document.querySelector(".planning")) return;
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("button[data-sound]"))
      want(!(isWanted() && audio !== null));
  });
  // After a reload a sound needs a touch of the page again, not another consent.
  document.addEventListener(
    "pointerdown",
    () => {
      if (!isWanted() || audio) return;
      audio = new AudioContext();
      draw();
    },
    { capture: true },
  );
  look();
  new MutationObserver(look).observe(document.body, {
    childList: true,
    subtree: true,
    attributeFilter: ["data-called", "hidden"],
  });
}
