// Writes the address that a mailed link carries in its fragment, and so in no log, into the form of its page.
// @ts-check

/** Fill in whom the code was sent to; the code itself is typed by a person. */
export function start() {
  const form = document.querySelector("form[data-parent-door]");
  if (!(form instanceof HTMLFormElement)) return;
  const address = decodeURIComponent(location.hash.slice(1));
  const field = form.elements.namedItem("email");
  if (!address || !(field instanceof HTMLInputElement)) return;
  field.value = address;
  history.replaceState(null, "", location.pathname);
  const code = form.elements.namedItem("code");
  if (code instanceof HTMLInputElement) code.focus();
}
