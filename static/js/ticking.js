// Lets times on the page run: the fair's clock, timers of interviews, and things that are over. Asks nobody.
// @ts-check

const page = document.documentElement;
const rate = Number(page.dataset.rate ?? "1");
const began = Date.parse(page.dataset.now ?? "") || Date.now();
const origin = performance.now();
const zone = page.dataset.zone ?? "Europe/Paris";
const hours = new Intl.DateTimeFormat("fr", { hour: "numeric", minute: "2-digit", timeZone: zone, hour12: false });

/** The fair's time in milliseconds, as the server told it when the page was drawn. @returns {number} */
export function fairNow() {
  const demo = document.querySelector("[data-demo-clock]");
  if (demo instanceof HTMLElement) {
    const passed = Date.now() - Date.parse(demo.dataset.since ?? "");
    return Date.parse(demo.dataset.moment ?? "") + passed * Number(demo.dataset.demoClock);
  }
  return began + (performance.now() - origin) * rate;
}

/** A moment as a clock of the fair shows it. @param {number} moment @returns {string} */
export function clockTime(moment) {
  return hours.format(moment).replace(/^0(?=\d)/, "");
}

/** @param {number} milliseconds @returns {string} */
function elapsed(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @param {Element} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} timer @param {number} now */
function runTimer(timer, now) {
  const passed = now - Date.parse(timer.dataset.since ?? "");
  const text = timer.querySelector("[data-timer-text]");
  if (text) write(text, elapsed(passed));
  const length = Number(timer.dataset.length ?? "0") * 1000;
  if (!length) return;
  const share = Math.min(100, Math.max(0, (passed / length) * 100));
  timer.querySelector("[data-timer-bar]")?.setAttribute("width", `${share.toFixed(1)}%`);
  timer.classList.toggle("timer--over", passed > length);
}

/** Bring every running time of the page up to date. */
function tick() {
  const now = fairNow();
  const time = clockTime(now);
  for (const clock of document.querySelectorAll("[data-clock]")) write(clock, time);
  for (const timer of document.querySelectorAll("[data-timer]")) runTimer(/** @type {HTMLElement} */ (timer), now);
  for (const late of document.querySelectorAll("[data-overdue]")) runOverdue(/** @type {HTMLElement} */ (late), now);
  for (const passing of document.querySelectorAll("[data-until]")) {
    const over = Date.parse(/** @type {HTMLElement} */ (passing).dataset.until ?? "") <= now;
    if (/** @type {HTMLElement} */ (passing).hidden !== over) /** @type {HTMLElement} */ (passing).hidden = over;
  }
}

/** "prévu il y a 6 min", from the first whole minute on. @param {HTMLElement} element @param {number} now */
function runOverdue(element, now) {
  const minutes = Math.floor((now - Date.parse(element.dataset.overdue ?? "")) / 60000);
  const text = element.querySelector("[data-overdue-minutes]");
  if (text) write(text, String(Math.max(0, minutes)));
  if (element.hidden !== minutes < 1) element.hidden = minutes < 1;
}

tick();
setInterval(tick, 1000);
// A patch brings times as the server drew them: set them right before they are painted.
new MutationObserver(tick).observe(document.body, { childList: true, subtree: true });
