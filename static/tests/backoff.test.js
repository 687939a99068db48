// Waits between tries: at random within a span that grows, and never longer than half a minute.
// @ts-check
import assert from "node:assert/strict";
import { test } from "node:test";
import { wait } from "../js/backoff.js";

test("the first try comes at once or within three seconds", () => {
  assert.equal(wait(0, 0), 0);
  assert.equal(wait(0, 1), 3000);
});

test("later tries wait longer, but never longer than half a minute", () => {
  for (let tries = 1; tries < 50; tries++) {
    assert.ok(wait(tries, 1) >= wait(tries - 1, 1));
    assert.ok(wait(tries, 1) <= 30_000);
  }
});

test("two pages that lost their line together do not come back together", () => {
  assert.notEqual(wait(3, 0.1), wait(3, 0.9));
  assert.ok(wait(3, 0) > 0);
});
