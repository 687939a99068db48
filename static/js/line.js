// The line to the server: a socket that comes back by itself, or a long poll where sockets are blocked. Both bring the
// same frames; the cursor makes them one protocol. Knows nothing of the page.
// @ts-check
import { wait } from "./backoff.js";

/** @typedef {{cursor: string, patches: import("./patches.js").Patch[]}} Frame */
/** @typedef {{frame: (frame: Frame) => void, lost: () => void, refused: () => void}} Listener */

const SILENCE = 45_000; // milliseconds: the server speaks at least every 20 seconds
const BLOCKED = 2; // sockets in a row that never opened: use the long poll
const SOCKET_AGAIN = 300_000; // then try a socket again after this
const SIGN_IN = 4401;
const FORBIDDEN = 4403;

export class Line {
  /** @param {URLSearchParams} query @param {string} cursor @param {Listener} listener */
  constructor(query, cursor, listener) {
    this.cursor = cursor;
    this.query = query;
    this.listener = listener;
    /** @type {WebSocket | null} */
    this.socket = null;
    /** @type {AbortController | null} */
    this.polling = null;
    this.tries = 0;
    this.unopened = 0;
    this.heardAt = 0;
    this.timer = 0;
    this.watch = 0;
    this.stopped = false;
  }

  /** Connect now, if we are not connected. */
  open() {
    if (this.stopped || this.socket || this.polling) return;
    clearTimeout(this.timer);
    if (this.unopened >= BLOCKED) void this.poll();
    else this.connect();
  }

  /** After sleep or a change of network: believe the line only if it spoke just now. */
  check() {
    if ((this.socket || this.polling) && Date.now() - this.heardAt < SILENCE / 2) return;
    this.drop();
    this.open();
  }

  /** For good. */
  stop() {
    this.stopped = true;
    this.drop();
  }

  drop() {
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
    this.polling?.abort();
    this.polling = null;
  }

  connect() {
    const url = new URL(`/live?${this.asked()}`, location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = new WebSocket(url);
    let opened = false;
    this.socket = socket;
    this.listen(10_000);
    socket.onopen = () => {
      opened = true;
    };
    socket.onmessage = (message) => {
      if (this.socket !== socket) return;
      this.unopened = 0;
      this.hear(JSON.parse(message.data));
    };
    socket.onclose = (close) => {
      if (this.socket !== socket) return;
      this.drop();
      if (!opened && navigator.onLine) this.unopened += 1;
      if (close.code === SIGN_IN || close.code === FORBIDDEN) this.refuse();
      else this.retry();
    };
  }

  async poll() {
    const polling = new AbortController();
    this.polling = polling;
    const until = performance.now() + SOCKET_AGAIN;
    try {
      while (this.polling === polling && performance.now() < until) {
        this.listen(SILENCE);
        const answer = await fetch(`/live/poll?${this.asked()}`, {
          signal: polling.signal,
          headers: { "x-live": "1" },
        });
        if (answer.status === 401 || answer.status === 403) {
          this.drop();
          this.refuse();
          return;
        }
        if (!answer.ok) throw new Error(String(answer.status));
        this.hear(await answer.json());
      }
      if (this.polling !== polling) return;
      this.drop();
      this.unopened = BLOCKED - 1;
      this.open();
    } catch {
      if (this.polling !== polling) return;
      this.drop();
      this.retry();
    }
  }

  /** @param {Frame} frame */
  hear(frame) {
    this.tries = 0;
    this.heardAt = Date.now(); // the monotonic clock of some devices sleeps with them
    this.cursor = frame.cursor;
    this.listen(SILENCE);
    this.listener.frame(frame);
  }

  /** Give the line up when nothing is heard for so long. @param {number} patience */
  listen(patience) {
    clearTimeout(this.watch);
    this.watch = setTimeout(() => {
      this.drop();
      this.retry();
    }, patience);
  }

  retry() {
    this.listener.lost();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.open(), wait(this.tries));
    this.tries += 1;
  }

  refuse() {
    this.stop();
    this.listener.refused();
  }

  asked() {
    const query = new URLSearchParams(this.query);
    query.set("cursor", this.cursor);
    return query;
  }
}
