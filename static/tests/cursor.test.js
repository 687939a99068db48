// Has a page reached a place in the journal? Another life of the database is another journal.
// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { hasReached } from "../js/cursor.js";

test("a page has reached a place that lies at or before its own", () => {
  assert.ok(hasReached("ab12.10", "ab12.9"));
  assert.ok(hasReached("ab12.10", "ab12.10"));
  assert.ok(!hasReached("ab12.9", "ab12.10"));
});

test("places of another life are never reached", () => {
  assert.ok(!hasReached("ab12.10", "cd34.1"));
  assert.ok(!hasReached("", "ab12.1"));
});
