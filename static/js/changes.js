// Shows calmly what has just changed, and says aloud what matters: the words an element carries in data-say.
// @ts-check

const QUIET = 10_000; // milliseconds between two things said
const MARKED = 30_000; // how long what changed while one was away keeps its mark

let saidAt = Number.NEGATIVE_INFINITY;
let timer = 0;
/** What was said last by each element, by id. @type {Map<string, string>} */
const said = new Map();

/** @param {Element[]} elements */
export function tint(elements) {
  for (const element of elements) restart(element, "just-changed", 1000);
}

/** What changed while the page was not connected. @param {Element[]} elements */
export function mark(elements) {
  for (const element of elements) restart(element, "changed-away", MARKED);
}

/** @param {Element} element @param {string} name @param {number} lasts */
function restart(element, name, lasts) {
  element.classList.remove(name);
  requestAnimationFrame(() => element.classList.add(name));
  setTimeout(() => element.classList.remove(name), lasts);
}

/** Remember what the page says as it is drawn, so that only news is spoken. */
export function listen() {
  for (const element of speakers()) said.set(element.id, element.dataset.say ?? "");
}

/** Say what is new, at most once in ten seconds: the newest, when there was more. */
export function speak() {
  let news = "";
  for (const element of speakers()) {
    const words = element.dataset.say ?? "";
    if (words && said.get(element.id) !== words) news = words;
    said.set(element.id, words);
  }
  if (!news) return;
  clearTimeout(timer);
  timer = setTimeout(say, Math.max(0, saidAt + QUIET - performance.now()), news);
}

/** @param {string} words */
function say(words) {
  saidAt = performance.now();
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = words;
}

/** @returns {HTMLElement[]} */
function speakers() {
  return [...document.querySelectorAll("[id][data-say]")].filter((element) => element instanceof HTMLElement);
}
