// The organiser's wall: a line for now, one tab stop with arrow keys, a tip with who and what, and stands at the side.
// @ts-check
import { follow } from "./live.js";
import { clockTime, fairNow } from "./ticking.js";

const WIDE = matchMedia("(min-width: 60rem)");
const CELLS = '[role="gridcell"], [role="rowheader"]';

/** @param {string} selector @param {ParentNode} [within] @returns {HTMLElement | null} */
const one = (selector, within = document) => within.querySelector(selector);

/** @param {string} selector @param {ParentNode} within @returns {HTMLElement[]} */
const all = (selector, within) =>
  [...within.querySelectorAll(selector)].filter((found) => found instanceof HTMLElement);

/** Make the wall of this page move, answer to keys and open stands. Does nothing on other pages. */
export function start() {
  const grid = one("[data-wall-grid]");
  if (!grid) return;
  lineOf(grid);
  keysOf(grid);
  tipOf(grid);
  orderOf(grid);
  sheetOf();
}

// A line for now

/** @param {HTMLElement} grid */
function lineOf(grid) {
  const rows = /** @type {HTMLElement} */ (one("[data-wall-rows]", grid));
  const label = grid.appendChild(document.createElement("div"));
  label.className = "wall-line wall-line--label";
  label.setAttribute("aria-hidden", "true");
  if (!grid.dataset.moment) label.dataset.clock = "";
  /** @type {HTMLElement[]} */
  const lines = [];

  const draw = () => {
    const place = placeOfNow(grid, rows);
    const spots = place === null ? [] : place;
    while (lines.length < spots.length) {
      const line = grid.appendChild(document.createElement("div"));
      line.className = "wall-line";
      lines.push(line);
    }
    lines.forEach((line, index) => {
      line.hidden = index >= spots.length;
      if (line.hidden) return;
      line.style.left = `${spots[index]}px`;
      line.style.top = `${rows.offsetTop}px`;
      line.style.height = `${rows.offsetHeight}px`;
    });
    label.hidden = spots.length === 0 || spots.length > 1;
    if (grid.dataset.moment) label.textContent = clockTime(Date.parse(grid.dataset.moment));
    if (!label.hidden) {
      label.style.left = `${spots[0]}px`;
      label.style.top = "0";
    }
    const here = label.hidden ? null : label.getBoundingClientRect();
    for (const head of all("[data-start]", grid)) {
      const left = head.getBoundingClientRect().left;
      head.classList.toggle("wall-column--hidden", here !== null && left < here.right && left + 40 > here.left);
    }
  };
  draw();
  setInterval(draw, 1000);
  new ResizeObserver(draw).observe(grid);
  new MutationObserver(draw).observe(grid, { attributes: true, attributeFilter: ["data-moment"] });
}

/**
 * Where now is, in pixels from the left of the grid: once for each column of rows, none outside the hours shown.
 * @param {HTMLElement} grid @param {HTMLElement} rows @returns {number[] | null}
 */
function placeOfNow(grid, rows) {
  const now = grid.dataset.moment ? Date.parse(grid.dataset.moment) : fairNow(); // a replay shows another now
  const heads = all("[data-start]", grid);
  const at = heads.findIndex((head) => span(head)[0] <= now && now < span(head)[1]);
  const head = heads[at];
  const first = rows.firstElementChild;
  if (!head || !first || !WIDE.matches) return null;
  const [begins, ends] = span(head);
  const share = (now - begins) / (ends - begins);
  const left = grid.getBoundingClientRect().left;
  return topRow(rows).flatMap((row) => {
    const cell = all(".wall-cell", row)[at];
    if (!cell) return [];
    const box = cell.getBoundingClientRect();
    return [box.left - left + box.width * share];
  });
}

/** @param {HTMLElement} head @returns {[number, number]} */
function span(head) {
  return [Date.parse(head.dataset.start ?? ""), Date.parse(head.dataset.end ?? "")];
}

/** The rows that stand beside each other at the top. @param {HTMLElement} rows @returns {HTMLElement[]} */
function topRow(rows) {
  const children = all(":scope > [data-wall-row]", rows);
  const top = children[0]?.offsetTop;
  const end = children.findIndex((row) => row.offsetTop !== top);
  return end === -1 ? children : children.slice(0, end);
}

// One tab stop

/** @param {HTMLElement} grid */
function keysOf(grid) {
  const rows = /** @type {HTMLElement} */ (one("[data-wall-rows]", grid));
  /** @type {{ row: string, cell: number }} */
  let stop = { row: rows.firstElementChild?.id ?? "", cell: 0 };

  /** Cells of a row that can be seen, the name first. @param {Element} row */
  const cellsOf = (row) => all(CELLS, row).filter((cell) => cell.offsetParent !== null);
  /** What takes the focus for a cell. @param {HTMLElement} cell */
  const focusable = (cell) => one("a", cell) ?? cell;

  // Sets only what differs: it is called for its own changes too.
  const settle = () => {
    const row = document.getElementById(stop.row) ?? rows.firstElementChild;
    const cell = row && (cellsOf(row)[stop.cell] ?? cellsOf(row)[0]);
    const target = cell ? focusable(cell) : null;
    for (const link of all(".wall-name a", rows)) if (link !== target && link.tabIndex !== -1) link.tabIndex = -1;
    if (target && target.getAttribute("tabindex") !== "0") target.tabIndex = 0;
  };

  /** @param {HTMLElement} row @param {number} cell @param {boolean} [focus] */
  const go = (row, cell, focus = true) => {
    const cells = cellsOf(row);
    const index = Math.max(0, Math.min(cells.length - 1, cell));
    const target = cells[index];
    if (!target) return;
    for (const before of all('[tabindex="0"]', rows)) before.tabIndex = -1;
    stop = { row: row.id, cell: index };
    focusable(target).tabIndex = 0;
    if (focus) focusable(target).focus();
  };

  settle();
  new MutationObserver(settle).observe(rows, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["tabindex"],
  });

  grid.addEventListener("focusin", (event) => {
    const cell = /** @type {Element} */ (event.target).closest(CELLS);
    const row = cell?.closest("[data-wall-row]");
    if (!(row instanceof HTMLElement) || !(cell instanceof HTMLElement)) return;
    const index = cellsOf(row).indexOf(cell);
    if (index >= 0 && (stop.row !== row.id || stop.cell !== index)) go(row, index, false);
  });

  grid.addEventListener("keydown", (event) => {
    if (event.altKey || event.metaKey) return;
    const row = /** @type {Element} */ (event.target).closest("[data-wall-row]");
    if (!(row instanceof HTMLElement)) return;
    const list = all(":scope > [data-wall-row]", rows);
    const at = list.indexOf(row);
    const beside = topRow(rows).length || 1;
    const last = cellsOf(row).length - 1;
    /** @type {Record<string, [number, number]>} */
    const moves = {
      ArrowRight: [at, stop.cell + 1],
      ArrowLeft: [at, stop.cell - 1],
      ArrowDown: [at + beside, stop.cell],
      ArrowUp: [at - beside, stop.cell],
      Home: [event.ctrlKey ? 0 : at, 0],
      End: [event.ctrlKey ? list.length - 1 : at, last],
      PageDown: [Math.min(list.length - 1, at + 10 * beside), stop.cell],
      PageUp: [Math.max(0, at - 10 * beside), stop.cell],
    };
    if (event.key === "Enter" && !(event.target instanceof HTMLAnchorElement)) {
      one("a", row)?.click();
      event.preventDefault();
      return;
    }
    const move = moves[event.key];
    const target = move && list[move[0]];
    if (!move) return;
    event.preventDefault();
    if (target) go(target, move[1]);
  });

  rows.addEventListener("click", (event) => {
    const clicked = /** @type {Element} */ (event.target);
    if (clicked.closest("a")) return;
    const row = clicked.closest("[data-wall-row]");
    if (row) one("a", row)?.click();
  });
}

// What needs a hand first

/** Keep the worst first as stands change, but never under somebody's pointer or focus. @param {HTMLElement} grid */
function orderOf(grid) {
  if (grid.dataset.wallFollows === undefined) return;
  const rows = /** @type {HTMLElement} */ (one("[data-wall-rows]", grid));
  let due = false;

  const settle = () => {
    if (!due || rows.matches(":hover") || rows.contains(document.activeElement)) return;
    due = false;
    const wanted = all(":scope > [data-wall-row]", rows).sort(byWeight);
    wanted.forEach((row, index) => {
      const there = rows.children[index];
      if (there !== row) rows.insertBefore(row, there ?? null);
    });
  };
  const soon = () => requestAnimationFrame(settle);
  new MutationObserver(() => {
    due = true;
    soon();
  }).observe(rows, { subtree: true, attributes: true, attributeFilter: ["data-weight"] });
  rows.addEventListener("pointerleave", soon);
  rows.addEventListener("focusout", soon);
}

/** As the server sorts: by weight, then by name. @param {HTMLElement} row @param {HTMLElement} other @returns {number} */
function byWeight(row, other) {
  const [status = 0, delay = 0] = weights(row);
  const [otherStatus = 0, otherDelay = 0] = weights(other);
  if (status !== otherStatus) return status - otherStatus;
  if (delay !== otherDelay) return delay - otherDelay;
  return nameOf(row) < nameOf(other) ? -1 : 1;
}

/** @param {HTMLElement} row @returns {number[]} */
const weights = (row) => (row.dataset.weight ?? "").split(" ").map(Number);

/** @param {HTMLElement} row @returns {string} */
const nameOf = (row) => one(".wall-name", row)?.textContent?.trim() ?? "";

// A tip with who and what

/** @param {HTMLElement} grid */
function tipOf(grid) {
  const tip = document.body.appendChild(document.createElement("div"));
  tip.className = "wall-tip";
  tip.setAttribute("aria-hidden", "true"); // the cell itself says the same to those who listen
  tip.hidden = true;
  const name = tip.appendChild(document.createElement("strong"));
  const text = tip.appendChild(document.createElement("span"));

  /** @param {Event} event */
  const show = (event) => {
    const cell = /** @type {Element} */ (event.target).closest?.(".wall-cell, .wall-name");
    const row = cell?.closest("[data-wall-row]");
    if (!(cell instanceof HTMLElement) || !row) return hide();
    name.textContent = one(".wall-name", row)?.textContent?.trim() ?? "";
    const said = cell.matches(".wall-cell") ? cell : one(".wall-trade", row);
    text.textContent = `${cell.dataset.at ?? ""} ${said?.textContent?.trim() ?? ""}`.trim();
    tip.hidden = false;
    const box = cell.getBoundingClientRect();
    const left = Math.min(
      innerWidth - tip.offsetWidth - 8,
      Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2),
    );
    const above = box.top - tip.offsetHeight - 6;
    tip.style.left = `${left}px`;
    tip.style.top = `${above > 4 ? above : box.bottom + 6}px`;
  };
  const hide = () => {
    tip.hidden = true;
  };
  grid.addEventListener("pointerover", show);
  grid.addEventListener("focusin", show);
  grid.addEventListener("pointerleave", hide);
  grid.addEventListener("focusout", hide);
  addEventListener("scroll", hide, { passive: true });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape") hide();
  });
}

// Stands at the side

/** On a wide screen a stand opens beside the wall; elsewhere its link leads to a page of its own. */
function sheetOf() {
  const dialog = one("[data-sheet-dialog]");
  const place = one("[data-sheet-place]");
  if (!(dialog instanceof HTMLDialogElement) || !place || !document.body.dataset.liveTopics) return;
  /** @type {HTMLElement | null} */
  let opener = null;
  let asked = 0;

  const close = () => {
    asked += 1;
    if (!dialog.open) return;
    dialog.close();
    place.replaceChildren();
    follow(null);
    one(".page--wall")?.classList.remove("has-sheet");
    if (opener?.isConnected) opener.focus();
  };

  // An open sheet is a place of its own in the history: back closes it, forward opens it again.
  const leave = () => {
    if (history.state?.sheet) history.back();
    else close();
  };

  /** @param {string} address @param {boolean} [remember] */
  const open = async (address, remember = true) => {
    const turn = ++asked;
    const part = await fetchSheet(address);
    if (turn !== asked) return;
    if (!part) return remember ? location.assign(address) : close();
    if (remember && history.state?.sheet) history.replaceState({ sheet: address }, "");
    else if (remember) history.pushState({ sheet: address }, "");
    place.replaceChildren(part);
    if (!dialog.open) dialog.show();
    dialog.scrollTop = 0;
    one(".page--wall")?.classList.add("has-sheet");
    follow(part.dataset.topic ?? null);
    const { hash } = new URL(address, location.href);
    const wanted = hash ? one(hash, place) : null;
    wanted?.scrollIntoView({ block: "start" });
    one("h1", place)?.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    if (target.closest("[data-sheet-close]")) return leave();
    const link = target.closest("[data-sheet-link]");
    if (!(link instanceof HTMLAnchorElement) || !WIDE.matches) return;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const active = document.activeElement;
    opener = active instanceof HTMLElement && active !== document.body && !dialog.contains(active) ? active : link;
    open(link.href);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && dialog.open && !event.defaultPrevented) leave();
  });
  addEventListener("popstate", (event) => {
    if (event.state?.sheet && WIDE.matches) open(event.state.sheet, false);
    else close();
  });
  if (history.state?.sheet && WIDE.matches) open(history.state.sheet, false);
}

/** The part of a stand's page that is shown at the side. @param {string} address @returns {Promise<HTMLElement | null>} */
async function fetchSheet(address) {
  try {
    const answer = await fetch(address, { headers: { accept: "text/html" } });
    if (!answer.ok) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const part = one("[data-sheet]", page);
    return part && document.importNode(part, true);
  } catch {
    return null;
  }
}
