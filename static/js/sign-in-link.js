// Hands the secret of a mailed link, which is in the fragment and so in no log, to the form of its page.
// @ts-check

/** Fill in and send the form, when the address holds a secret. */
export function start() {
  const form = document.querySelector("form[data-sign-in-link]");
  if (!(form instanceof HTMLFormElement)) return;
  const secret = location.hash.slice(1);
  const field = form.elements.namedItem("link");
  if (!secret || !(field instanceof HTMLInputElement)) return;
  field.value = secret;
  form.hidden = false;
  history.replaceState(null, "", location.pathname + location.search);
  form.requestSubmit();
}
