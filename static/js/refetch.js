// Fetches the page again and morphs it in place: when frames do not come, and after what they do not cover.
// @ts-check
import { Idiomorph } from "../vendor/idiomorph.js";
import { keeping } from "./patches.js";

/** @returns {Promise<string | null>} the cursor of the page that is shown now; null when it could not be fetched */
export async function refetch() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [here, there] = [document.getElementById("main"), page.getElementById("main")];
  if (!here || !there) return null;
  Idiomorph.morph(here, there, keeping);
  return page.body.dataset.liveCursor ?? null;
}
