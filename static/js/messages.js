// Says what became of a form: in the page's one place for messages, and beside the field it is about.
// @ts-check

/** @param {string} text what went wrong, or "" to clear */
export function say(text) {
  const place = document.getElementById("messages");
  if (!place) return;
  place.replaceChildren();
  if (!text) return;
  const message = document.createElement("p");
  message.className = "notice notice--late";
  message.textContent = text;
  place.append(message);
}

/** The words for no answer at all. */
export function sayLost() {
  say(document.getElementById("messages")?.dataset.lost ?? "");
}

/** What to correct, beside each field. The first of them gets the focus. @param {HTMLFormElement} form @param {Record<string, string>} fields */
export function sayBeside(form, fields) {
  clearBeside(form);
  let first = true;
  for (const [name, text] of Object.entries(fields)) {
    const field = form.elements.namedItem(name);
    if (!(field instanceof HTMLElement)) continue;
    const error = document.createElement("p");
    error.className = "field-error";
    error.id = `${field.id || name}-refused`;
    error.dataset.refused = "";
    error.textContent = text;
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", `${error.id} ${field.getAttribute("aria-describedby") ?? ""}`.trim());
    field.after(error);
    if (first) field.focus();
    first = false;
  }
}

/** @param {HTMLFormElement} form */
export function clearBeside(form) {
  for (const error of form.querySelectorAll("[data-refused]")) {
    for (const field of form.querySelectorAll(`[aria-describedby~="${CSS.escape(error.id)}"]`)) {
      field.removeAttribute("aria-invalid");
      const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id !== error.id);
      if (others.length) field.setAttribute("aria-describedby", others.join(" "));
      else field.removeAttribute("aria-describedby");
    }
    error.remove();
  }
}
