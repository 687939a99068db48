// The token of the session in the forms of a page that is older than the session: after signing in again in another tab.
// @ts-check

const ANY_PAGE = "/help"; // every page of ours holds the token; this one is small and everybody's

/** Put the token of the session as it is now into the page's forms. @returns {Promise<boolean>} whether it is another than before */
export async function renewToken() {
  const answer = await fetch(ANY_PAGE, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer?.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = fieldsOf(page)[0]?.value ?? "";
  const fields = fieldsOf(document);
  if (!token || fields.every((field) => field.value === token)) return false;
  for (const field of fields) field.value = token;
  return true;
}

/** @param {Document} page @returns {HTMLInputElement[]} */
function fieldsOf(page) {
  return [.../** @type {NodeListOf<HTMLInputElement>} */ (page.querySelectorAll('input[name="csrf"]'))];
}
