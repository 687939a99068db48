// How long to wait before another try: at random, so that a thousand pages do not come back in the same moment.
// @ts-check

const FIRST = 3000; // milliseconds; a server that restarts is back within them
const MOST = 30_000;

/** The wait before try number `tries` (0 is the first). @param {number} tries @param {number} [chance] */
export function wait(tries, chance = Math.random()) {
  const span = Math.min(MOST, FIRST * 1.7 ** tries);
  return tries === 0 ? chance * span : span * (0.3 + 0.7 * chance);
}
