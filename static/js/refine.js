// Lists that follow their filters without a new page: the same address, fetched, and its results put in place.
// @ts-check

const PAUSE = 250; // milliseconds after the last key

let timer = 0;
let asked = 0;

/** Take over the filters of the page, and let them lie open where there is room beside the list. */
export function start() {
  const fold = document.querySelector("details[data-fold]");
  if (fold instanceof HTMLDetailsElement && matchMedia("(min-width: 60rem)").matches) fold.open = true;
  document.addEventListener("input", (event) => {
    const form = formOf(event);
    if (!form) return;
    clearTimeout(timer);
    timer = setTimeout(refine, PAUSE, form);
  });
  addEventListener("popstate", () => {
    if (document.querySelector("form[data-refine]")) location.reload();
  });
}

/** @param {Event} event @returns {HTMLFormElement | null} */
function formOf(event) {
  const form = event.target instanceof Element ? event.target.closest("form[data-refine]") : null;
  return form instanceof HTMLFormElement && form.action.split("?")[0] === location.href.split("?")[0] ? form : null;
}

/** @param {HTMLFormElement} form */
async function refine(form) {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string" && value.trim()) query.set(name, value);
  const address = query.size ? `${location.pathname}?${query}` : location.pathname;
  const turn = ++asked;
  const answer = await fetch(address, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || turn !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [here, there] = [document.getElementById("results"), page.getElementById("results")];
  if (!here || !there || turn !== asked) return;
  here.replaceWith(document.importNode(there, true));
  history.replaceState(history.state, "", address);
  const announcer = document.getElementById("announcer");
  if (announcer) announcer.textContent = document.getElementById("found")?.textContent ?? "";
}
