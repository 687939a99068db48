// Lets wishes be dragged to their place; the buttons beside each do the same without.
// @ts-check

/** @type {HTMLElement | null} */
let dragged = null;

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
function rowOf(target) {
  const row = target instanceof Element ? target.closest("[data-wishes] > [data-rank]") : null;
  return row instanceof HTMLElement ? row : null;
}

/** Send the new rank through one of the row's own buttons. @param {HTMLElement} row @param {string} rank */
function place(row, rank) {
  const button = row.querySelector('button[name="rank"]');
  if (!(button instanceof HTMLButtonElement)) return;
  const before = button.value;
  button.value = rank;
  button.click();
  button.value = before;
}

/** Attach to the page's list of wishes, if it has one. */
export function start() {
  if (!document.querySelector("[data-wishes]")) return;
  document.addEventListener("pointerdown", (event) => {
    const row = rowOf(event.target);
    if (!row || event.pointerType !== "mouse") return;
    row.draggable = !(event.target instanceof Element && event.target.closest("a, button"));
  });
  document.addEventListener("dragstart", (event) => {
    dragged = rowOf(event.target);
    if (event.dataTransfer && dragged) event.dataTransfer.effectAllowed = "move";
    dragged?.classList.add("wish-row--dragged");
  });
  document.addEventListener("dragover", (event) => {
    const over = rowOf(event.target);
    for (const row of document.querySelectorAll(".wish-row--over"))
      if (row !== over) row.classList.remove("wish-row--over");
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    over.classList.add("wish-row--over");
  });
  document.addEventListener("drop", (event) => {
    const over = rowOf(event.target);
    if (!dragged || !over || over === dragged) return;
    event.preventDefault();
    place(dragged, over.dataset.rank ?? "");
  });
  document.addEventListener("dragend", () => {
    for (const row of document.querySelectorAll(".wish-row--dragged, .wish-row--over")) {
      row.classList.remove("wish-row--dragged", "wish-row--over");
    }
    dragged = null;
  });
}
