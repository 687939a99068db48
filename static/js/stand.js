// The page of a stand: choosing a slot, what forbids one to the person who looks, and slots that go while one looks.
// The server's fragments are the same for everybody; what is personal is marked here, again after every patch.
// @ts-check
import { fairNow } from "./ticking.js";

const JUST = 8000; // milliseconds for which a slot says that it was taken this instant
const NEAREST = 3;

/** @typedef {{booking: string, slot: string | undefined, start: number, end: number, stand: string, time: string}} Interview */
/** @typedef {{code: "near" | "overlap" | "limit" | "eligible" | "consent" | "before" | "after" | "late", interview?: Interview}} Reason */

/** @type {HTMLElement} */
let root;
/** @type {HTMLElement} */
let bar;
/** The id of the chosen slot. @type {string | null} */
let chosen = null;
/** How each slot looked last. @type {Map<string, string>} */
const looked = new Map();
/** Slots that others took a moment ago. @type {Set<string>} */
const justTaken = new Set();

/** Take over the page of a stand, if this is one. */
export function start() {
  const [found, choice] = [document.getElementById("stand"), document.getElementById("choice")];
  if (!found || !choice) return;
  [root, bar] = [found, choice];
  chosen = new URLSearchParams(location.search).get("slot");
  for (const slot of slots()) looked.set(idOf(slot), slot.dataset.look ?? "");
  document.addEventListener("click", clicked);
  const main = document.getElementById("main");
  if (main) new MutationObserver(update).observe(main, { childList: true, subtree: true, attributes: true });
  setInterval(update, 5000);
  update();
  if (chosen) document.getElementById(`slot-${chosen}`)?.scrollIntoView({ block: "center" });
}

/** @param {MouseEvent} event */
function clicked(event) {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  if (!button) return;
  const day = button.form?.id === "choose" && button.name === "day" ? button.value : null;
  const slot = button.closest("li")?.dataset.slot ?? (button.closest("[data-nearest]") ? button.value : null);
  if (day) {
    event.preventDefault();
    show(day);
    remember({ day });
  } else if (slot && button.classList.contains("slot")) {
    event.preventDefault();
    if (event.detail < 2) choose(slot); // the second half of a double click would let go of it again
  }
}

/** Choose a slot, or let go of the one that is chosen. @param {string} id */
function choose(id) {
  const slot = document.getElementById(`slot-${id}`);
  if (!slot) return;
  const takeable = slot.dataset.look === "free" || mine(id);
  chosen = chosen === id || !takeable ? null : id;
  remember({ slot: chosen ?? "" });
  const day = slot.closest("[data-day]");
  if (day instanceof HTMLElement) show(day.dataset.day ?? "");
  update();
}

/** Put what is chosen into the address, so that it is there after signing in or reloading. @param {Record<string, string>} values */
function remember(values) {
  const query = new URLSearchParams(location.search);
  query.delete("booked");
  for (const [name, value] of Object.entries(values)) {
    if (value) query.set(name, value);
    else query.delete(name);
  }
  const text = query.toString();
  history.replaceState(history.state, "", text ? `?${text}` : location.pathname);
}

/** @param {string} day */
function show(day) {
  const days = [...root.querySelectorAll("[data-day]")].map((each) => /** @type {HTMLElement} */ (each).dataset.day);
  const shown = String(days.indexOf(day) + 1);
  if (shown !== "0") put(root, "data-shown", shown);
}

/** Mark every slot for this person, and bring the bar up to date. Writes only what differs: it also runs after its own writes. */
function update() {
  noticeTaken();
  const interviews = readInterviews();
  const reasons = new Set();
  for (const slot of slots()) {
    const reason = slot.dataset.look === "free" ? forbids(slot, interviews) : null;
    mark(slot, reason);
    if (reason?.interview && shownNow(slot)) reasons.add(words(reason));
  }
  const note = root.querySelector("[data-reasons]");
  if (note instanceof HTMLElement) {
    write(note, [...reasons].join(" "));
    hide(note, reasons.size === 0);
  }
  for (const [place, button] of [...root.querySelectorAll(".days > *")].entries()) {
    put(button, "aria-current", String(place + 1) === root.dataset.shown ? "true" : null);
  }
  const moving = root.querySelector("[data-moving-notice]");
  if (moving instanceof HTMLElement) hide(moving, isMoved(interviews));
  for (const join of root.querySelectorAll("[data-waitlist-join]")) {
    const id = /** @type {HTMLElement} */ (join).dataset.waitlistJoin ?? "";
    const waits = document.querySelector(`[data-waits="${CSS.escape(id)}"]`) !== null;
    hide(/** @type {HTMLElement} */ (join), waits || !isWanted());
    for (const said of root.querySelectorAll(`[data-waitlist-in="${CSS.escape(id)}"]`)) {
      hide(/** @type {HTMLElement} */ (said), !waits);
    }
  }
  for (const offer of root.querySelectorAll("[data-walk-in]")) {
    const { walkIn } = /** @type {HTMLElement} */ (offer).dataset;
    const here = document.querySelector(`[data-booking][data-stand="${CSS.escape(walkIn ?? "")}"]`) !== null;
    hide(/** @type {HTMLElement} */ (offer), here || !isWanted());
  }
  drawBar(interviews);
}

/** Slots that were free a moment ago and are somebody else's now. */
function noticeTaken() {
  for (const slot of slots()) {
    const [id, look] = [idOf(slot), slot.dataset.look ?? ""];
    if (looked.get(id) === "free" && look === "taken" && !mine(id)) {
      justTaken.add(id);
      setTimeout(() => {
        justTaken.delete(id);
        update();
      }, JUST);
      if (chosen) say(slot, id);
    }
    looked.set(id, look);
  }
}

/** Tell those who do not see it: only while they are choosing. @param {HTMLElement} slot @param {string} id */
function say(slot, id) {
  const said = root.querySelector("[data-said]");
  if (!said || (id !== chosen && !shownNow(slot))) return;
  const other = chosen && chosen !== id ? document.getElementById(`slot-${chosen}`) : null;
  const still = other?.dataset.look === "free" ? ` ${fill(root.dataset.sayStill, other.dataset.when)}` : "";
  write(said, fill(root.dataset.sayTaken, slot.dataset.when) + still);
}

/** @param {HTMLElement} slot @param {Reason | null} reason */
function mark(slot, reason) {
  const button = slot.querySelector("button");
  if (!button) return;
  const id = idOf(slot);
  const own = mine(id);
  const free = slot.dataset.look === "free";
  const { note, style } = look(id, own, reason, free);
  put(button, "data-note", note ?? null);
  for (const name of ["slot--near", "slot--mine", "slot--just-taken"]) toggle(button, name, style === name);
  put(button, "aria-pressed", free || own ? String(id === chosen) : null);
  put(button, "aria-disabled", (free && !reason) || own ? null : "true");
  put(button, "aria-describedby", reason?.interview && shownNow(slot) ? "slot-reason" : null);
}

/** @param {string} id @param {Interview | undefined} own @param {Reason | null} reason @param {boolean} free */
function look(id, own, reason, free) {
  const { noteMine, noteNow, noteNear, noteLate, noteJust, noteChosen } = root.dataset;
  if (own) return { note: own.booking === root.dataset.moving ? noteNow : noteMine, style: "slot--mine" };
  if (justTaken.has(id)) return { note: noteJust, style: "slot--just-taken" };
  if (reason?.code === "overlap") return { note: reason.interview?.stand, style: "slot--mine" };
  if (reason?.code === "near") return { note: noteNear, style: "slot--near" };
  if (reason?.code === "late") return { note: noteLate, style: "slot--near" };
  if (reason) return { note: undefined, style: "slot--near" };
  return { note: free && id === chosen ? noteChosen : undefined, style: "" };
}

/** The first reason why a free slot cannot be taken, as the server would give it. @param {HTMLElement} slot @param {Interview[]} interviews @returns {Reason | null} */
function forbids(slot, interviews) {
  const now = fairNow();
  const [start, end] = [Date.parse(slot.dataset.starts ?? ""), Date.parse(slot.dataset.ends ?? "")];
  if (now < Date.parse(root.dataset.opens ?? "")) return { code: "before" };
  if (now >= Date.parse(root.dataset.closes ?? "")) return { code: "after" };
  if (now + minutes(root.dataset.lead) > start) return { code: "late" };
  const own = document.querySelector("[data-cap]");
  if (!(own instanceof HTMLElement)) return null;
  if (own.dataset.consent) return { code: "consent" };
  if (!isWanted()) return { code: "eligible" };
  const others = interviews.filter((each) => each.booking !== root.dataset.moving);
  const count = Number(own.dataset.count) - (root.dataset.moving ? 1 : 0);
  const overlap = others.find((each) => start < each.end && each.start < end);
  if (overlap) return { code: "overlap", interview: overlap };
  const gap = minutes(own.dataset.gap);
  const near = others.find((each) => start < each.end + gap && each.start - gap < end);
  if (near) return { code: "near", interview: near };
  return count >= Number(own.dataset.cap) ? { code: "limit" } : null;
}

/** Whether the stand looks for one of this person's trades; true of a visitor. @returns {boolean} */
function isWanted() {
  const own = document.querySelector("[data-cap]");
  if (!(own instanceof HTMLElement)) return true;
  const [trades, wanted] = [JSON.parse(own.dataset.trades ?? "[]"), JSON.parse(root.dataset.trades ?? "[]")];
  return !wanted.length || wanted.some((/** @type {string} */ trade) => trades.includes(trade));
}

/** @param {Reason} reason @returns {string} */
function words(reason) {
  const say = /** @type {Record<string, string | undefined>} */ ({
    near: root.dataset.sayNear,
    overlap: root.dataset.sayOverlap,
    limit: root.dataset.sayLimit,
    eligible: root.dataset.sayEligible,
    consent: document.querySelector("[data-consent]")?.getAttribute("data-consent") ?? undefined,
    before: root.dataset.sayBefore,
    after: root.dataset.sayAfter,
    late: root.dataset.sayLate,
  })[reason.code];
  return (say ?? "").replace("{stand}", reason.interview?.stand ?? "").replace("{time}", reason.interview?.time ?? "");
}

/** @param {Interview[]} interviews */
function drawBar(interviews) {
  const slot = chosen ? document.getElementById(`slot-${chosen}`) : null;
  const arrived = !slot && new URLSearchParams(location.search).has("booked");
  if (arrived) return;
  hide(bar, !slot);
  keepPlace(Boolean(slot));
  if (!slot || !chosen) return;
  const own = interviews.find((each) => each.slot === chosen);
  const reason = forbids(slot, interviews);
  const part = own ? "done" : slot.dataset.look !== "free" ? "taken" : reason ? "reason" : "book";
  for (const each of bar.querySelectorAll("[data-part]")) {
    hide(/** @type {HTMLElement} */ (each), /** @type {HTMLElement} */ (each).dataset.part !== part);
  }
  for (const when of bar.querySelectorAll("[data-when]")) write(when, slot.dataset.when ?? "");
  const say = bar.querySelector("[data-reason]");
  if (say && reason) write(say, words(reason));
  if (part === "taken") offerNearest(slot);
  aim(chosen, own);
}

/** Where the bar's buttons lead for this slot. @param {string} id @param {Interview | undefined} own */
function aim(id, own) {
  const form = bar.querySelector("form[data-part]");
  if (form && root.dataset.moving) {
    const field = form.querySelector("[name=slot_id]");
    if (field instanceof HTMLInputElement) field.value = id;
  } else if (form) {
    put(form, "action", `${root.dataset.fair}/slots/${id}/book`);
  }
  const door = bar.querySelector("[data-door]");
  if (door instanceof HTMLAnchorElement) {
    put(door, "href", `${door.dataset.door}?back=${encodeURIComponent(`${root.dataset.path}?slot=${id}`)}`);
  }
  const cancel = bar.querySelector("[data-cancel]");
  if (cancel && own) put(cancel, "formaction", `/bookings/${own.booking}/cancel`);
}

/** The free slots nearest in time to one that is gone, in the bar. @param {HTMLElement} slot */
function offerNearest(slot) {
  const at = Date.parse(slot.dataset.starts ?? "");
  const interviews = readInterviews();
  const near = slots()
    .filter((each) => each.dataset.look === "free" && each !== slot && !forbids(each, interviews))
    .map((each) => ({ each, start: Date.parse(each.dataset.starts ?? "") }))
    .sort((a, b) => Math.abs(a.start - at) - Math.abs(b.start - at) || a.start - b.start)
    .slice(0, NEAREST)
    .sort((a, b) => a.start - b.start);
  for (const [place, item] of [...bar.querySelectorAll("[data-nearest] > li")].entries()) {
    const found = near[place]?.each;
    hide(/** @type {HTMLElement} */ (item), !found);
    const button = item.querySelector("button");
    if (!found || !button) continue;
    const [day, time] = (found.dataset.when ?? "").split(", ");
    button.value = idOf(found);
    write(/** @type {Element} */ (button.querySelector("small")), day ?? "");
    write(/** @type {Element} */ (button.querySelector("span")), time ?? "");
  }
  for (const [name, shown] of [
    ["[data-some]", near.length > 0],
    ["[data-none]", near.length === 0],
  ]) {
    const line = bar.querySelector(String(name));
    if (line instanceof HTMLElement) hide(line, !shown);
  }
}

/** With the bar the page scrolls above it: what one looks at stays where it is. @param {boolean} barred */
function keepPlace(barred) {
  const main = document.getElementById("main");
  if (!main || document.body.classList.contains("has-choice") === barred) return;
  const place = barred ? scrollY : main.scrollTop;
  document.body.classList.toggle("has-choice", barred);
  if (barred) main.scrollTop = place;
  else scrollTo(0, place);
}

/** The person's own live interviews. @returns {Interview[]} */
function readInterviews() {
  return [...document.querySelectorAll("[data-booking][data-starts]")].map((each) => {
    const { booking, slot, starts, ends, name, time } = /** @type {HTMLElement} */ (each).dataset;
    return {
      booking: booking ?? "",
      slot,
      start: Date.parse(starts ?? ""),
      end: Date.parse(ends ?? ""),
      stand: name ?? "",
      time: time ?? "",
    };
  });
}

/** The person's own interview in a slot. @param {string} id */
function mine(id) {
  return readInterviews().find((each) => each.slot === id);
}

/** Whether the interview that was to be moved has arrived at the chosen slot. @param {Interview[]} interviews */
function isMoved(interviews) {
  return interviews.some((each) => each.booking === root.dataset.moving && each.slot === chosen);
}

/** @returns {HTMLElement[]} */
function slots() {
  return /** @type {HTMLElement[]} */ ([...root.querySelectorAll("li[data-slot]")]);
}

/** @param {HTMLElement} slot */
function idOf(slot) {
  return slot.dataset.slot ?? "";
}

/** @param {HTMLElement} slot */
function shownNow(slot) {
  const days = [...root.querySelectorAll("[data-day]")];
  return (
    days.length < 2 ||
    String(days.indexOf(/** @type {Element} */ (slot.closest("[data-day]"))) + 1) === root.dataset.shown
  );
}

/** @param {string | undefined} text @param {string | undefined} when */
function fill(text, when) {
  return (text ?? "").replace("{when}", when ?? "");
}

/** @param {string | undefined} number @returns {number} milliseconds */
function minutes(number) {
  return Number(number ?? "0") * 60_000;
}

/** @param {Element} element @param {string} name @param {string | null} value */
function put(element, name, value) {
  if (element.getAttribute(name) === value) return;
  if (value === null) element.removeAttribute(name);
  else element.setAttribute(name, value);
}

/** @param {Element} element @param {string} name @param {boolean} on */
function toggle(element, name, on) {
  if (element.classList.contains(name) !== on) element.classList.toggle(name, on);
}

/** @param {Element} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** @param {HTMLElement} element @param {boolean} hidden */
function hide(element, hidden) {
  if (element.hidden !== hidden) element.hidden = hidden;
}
