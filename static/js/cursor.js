// Where a page is in the journal. Opaque but for one question: does this place lie at or after that one?
// @ts-check

/** @param {string} cursor @param {string} wanted @returns {boolean} */
export function hasReached(cursor, wanted) {
  const [epoch, position] = cursor.split(".");
  const [wantedEpoch, wantedPosition] = wanted.split(".");
  return epoch === wantedEpoch && Number(position) >= Number(wantedPosition);
}
