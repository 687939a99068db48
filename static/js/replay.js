// Plays a day again: a scrubber, steps, speeds and jumps to alerts, each a request for what differs from the moment shown.
// @ts-check
import { apply } from "./patches.js";
import { clockTime } from "./ticking.js";

const MINUTE = 60_000;
const TICK = 1000; // milliseconds between two frames while it plays

/** @template {HTMLElement} T @param {string} selector @param {new () => T} kind @param {ParentNode} [within] @returns {T | null} */
function one(selector, kind, within = document) {
  const found = within.querySelector(selector);
  return found instanceof kind ? found : null;
}

/** Make the page of a replay move by itself. Does nothing on other pages. */
export function start() {
  const form = one("[data-replay]", HTMLFormElement);
  const grid = one("[data-wall-grid]", HTMLElement);
  if (form && grid) new Player(form, grid);
}

class Player {
  /** @param {HTMLFormElement} form @param {HTMLElement} grid */
  constructor(form, grid) {
    this.form = form;
    this.grid = grid;
    this.begins = Date.parse(form.dataset.begins ?? "");
    this.ends = Date.parse(form.dataset.ends ?? "");
    this.shown = Date.parse(form.dataset.at ?? "");
    this.wanted = this.shown;
    this.asking = false;
    this.timer = 0;
    this.range = /** @type {HTMLInputElement} */ (one("[data-replay-range]", HTMLInputElement, form));
    this.play = /** @type {HTMLButtonElement} */ (one("[data-replay-play]", HTMLButtonElement, form));
    this.rate = /** @type {HTMLSelectElement} */ (one("[data-replay-rate]", HTMLSelectElement, form));
    this.time = /** @type {HTMLInputElement} */ (one("[data-replay-time]", HTMLInputElement, form));
    this.words = this.play.textContent ?? "";
    for (const part of form.querySelectorAll("[hidden]")) part.removeAttribute("hidden");
    for (const hidden of form.querySelectorAll("input[type=hidden]")) hidden.setAttribute("hidden", "");
    this.listen();
    this.paint();
  }

  listen() {
    this.range.addEventListener("input", () => this.go(this.begins + Number(this.range.value) * MINUTE));
    this.play.addEventListener("click", () => (this.timer ? this.pause() : this.run()));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      const at = this.ofDay(this.time.value);
      if (at !== null) this.go(at);
    });
    document.addEventListener("click", (event) => {
      const target = /** @type {Element} */ (event.target).closest(
        "[data-replay-step], [data-replay-alert], [data-replay-to]",
      );
      if (!(target instanceof HTMLElement) || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const { replayStep, replayAlert, replayTo } = target.dataset;
      if (replayStep) this.go(this.wanted + Number(replayStep) * MINUTE);
      else if (replayAlert) this.go(this.alert(Number(replayAlert)));
      else if (replayTo) this.go(Date.parse(replayTo));
    });
    document.addEventListener("keydown", (event) => {
      const target = /** @type {Element} */ (event.target);
      if (event.key !== " " || target.closest("input, select, textarea, button, a, summary, [role=grid]")) return;
      event.preventDefault();
      this.play.click();
    });
  }

  run() {
    if (this.wanted >= this.ends) this.go(this.begins);
    this.play.textContent = this.play.dataset.pause ?? "";
    this.timer = setInterval(() => {
      if (this.asking) return; // a slow answer slows the film, it does not pile up requests
      this.go(this.wanted + Number(this.rate.value) * TICK);
      if (this.wanted >= this.ends) this.pause();
    }, TICK);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    this.play.textContent = this.words;
  }

  /** @param {number} moment */
  go(moment) {
    this.wanted = Math.min(this.ends, Math.max(this.begins, moment));
    this.paint();
    this.ask();
  }

  /** Fetch what differs between the moment that is shown and the one that is wanted, until they are the same. */
  async ask() {
    if (this.asking) return;
    this.asking = true;
    try {
      while (this.shown !== this.wanted) {
        const at = this.wanted;
        const query = new URLSearchParams({
          day: this.form.dataset.day ?? "",
          at: wallTime(at),
          since: wallTime(this.shown),
        });
        const answer = await fetch(`${this.form.dataset.frames}?${query}`, { headers: { accept: "application/json" } });
        if (!answer.ok) return location.assign(this.address(at));
        const { patches } = await answer.json();
        apply(patches);
        this.shown = at;
        this.form.dataset.at = new Date(at).toISOString();
        history.replaceState(null, "", this.address(at));
      }
    } catch {
      this.pause(); // offline: the moment that is shown stays
      this.wanted = this.shown;
      this.paint();
    } finally {
      this.asking = false;
    }
  }

  /** Show where one is going at once; the wall follows. */
  paint() {
    const text = clockTime(this.wanted);
    this.range.value = String(Math.round((this.wanted - this.begins) / MINUTE));
    this.range.setAttribute("aria-valuetext", text);
    if (document.activeElement !== this.time) this.time.value = wallTime(this.wanted).slice(0, 5);
    const clock = one("[data-replay-clock]", HTMLTimeElement);
    if (clock) {
      clock.textContent = text;
      clock.dateTime = new Date(this.wanted).toISOString();
    }
    this.grid.dataset.moment = new Date(this.wanted).toISOString();
  }

  /** The next alert after the moment that is wanted, or the one before; an end of the day where there is none. @param {number} way */
  alert(way) {
    const moments = [...document.querySelectorAll("[data-replay-to]")].map((each) =>
      Date.parse(/** @type {HTMLElement} */ (each).dataset.replayTo ?? ""),
    );
    const found = moments.filter((moment) => (moment - this.wanted) * way > 0).sort((a, b) => (a - b) * way)[0];
    return found ?? (way > 0 ? this.ends : this.begins);
  }

  /** A time of the day shown, from "10:20". @param {string} value @returns {number | null} */
  ofDay(value) {
    const minutes = /^(\d{1,2}):(\d{2})/.exec(value);
    if (!minutes) return null;
    const first = wallTime(this.begins).split(":").map(Number);
    const passed = Number(minutes[1]) * 60 + Number(minutes[2]) - ((first[0] ?? 0) * 60 + (first[1] ?? 0));
    return this.begins + passed * MINUTE;
  }

  /** @param {number} at */
  address(at) {
    const query = new URLSearchParams(location.search);
    query.set("day", this.form.dataset.day ?? "");
    query.set("at", wallTime(at));
    return `${this.form.action.split("?")[0]}?${query}`;
  }
}

const zone = document.documentElement.dataset.zone ?? "Europe/Paris";
const exact = new Intl.DateTimeFormat("fr", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  timeZone: zone,
  hourCycle: "h23",
});

/** "10:20:05" in the fair's time, as addresses say it. @param {number} moment */
function wallTime(moment) {
  return exact.format(moment);
}
