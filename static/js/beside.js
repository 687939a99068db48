// What is typed in one form of a page stays when another form beside it is sent: [data-stays] keeps its fields in this
// tab until the page is drawn again.
// @ts-check

/** @param {HTMLFormElement} form */
const place = (form) => `beside ${form.getAttribute("action")}`;

/** Bring back what was typed before, and keep what is typed when another form is sent. */
export function start() {
  for (const form of document.querySelectorAll("form[data-stays]")) restore(/** @type {HTMLFormElement} */ (form));
  document.addEventListener("submit", ({ target }) => {
    for (const form of document.querySelectorAll("form[data-stays]")) {
      if (form !== target) keep(/** @type {HTMLFormElement} */ (form));
    }
  });
}

/** @param {HTMLFormElement} form */
function keep(form) {
  const typed = fieldsOf(form).flatMap((field, at) => (isChanged(field) ? [[at, field.name, stateOf(field)]] : []));
  if (typed.length) sessionStorage.setItem(place(form), JSON.stringify(typed));
}

/** @param {HTMLFormElement} form */
function restore(form) {
  const typed = JSON.parse(sessionStorage.getItem(place(form)) ?? "[]");
  sessionStorage.removeItem(place(form));
  const fields = fieldsOf(form);
  for (const [at, name, state] of typed) {
    const field = fields[at];
    if (!field || field.name !== name) continue;
    if (typeof state === "boolean") /** @type {HTMLInputElement} */ (field).checked = state;
    else field.value = state;
  }
}

/** @typedef {HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement} Field */

/** @param {HTMLFormElement} form @returns {Field[]} */
function fieldsOf(form) {
  return [.../** @type {NodeListOf<Field>} */ (form.querySelectorAll('input:not([type="hidden"]), textarea, select'))];
}

/** @param {Field} field */
function isTick(field) {
  return field instanceof HTMLInputElement && (field.type === "checkbox" || field.type === "radio");
}

/** @param {Field} field @returns {string | boolean} */
function stateOf(field) {
  return isTick(field) ? /** @type {HTMLInputElement} */ (field).checked : field.value;
}

/** @param {Field} field */
function isChanged(field) {
  if (field instanceof HTMLSelectElement) {
    return [...field.options].some((option) => option.selected !== option.defaultSelected);
  }
  return isTick(field)
    ? /** @type {HTMLInputElement} */ (field).checked !== /** @type {HTMLInputElement} */ (field).defaultChecked
    : field.value !== field.defaultValue;
}
