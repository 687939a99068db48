// A form that came back refused: one goes on where the first thing is to be put right.
// @ts-check

/** Put the focus into the first field that an error speaks of, once, as the page opens. */
export function start() {
  const wrong = document.querySelector('main [aria-describedby*="-error"]');
  const field = wrong instanceof HTMLFieldSetElement ? wrong.querySelector("input") : wrong;
  if (field instanceof HTMLElement) field.focus();
}
