// Tries camera and microphone on [data-device-test], and says in the page's words what is wrong. Sends nothing.
// @ts-check

const HEARD = 8; // of 100: louder than a room where nobody speaks
const SILENT = 6000; // milliseconds without a sound before it is said

/** @type {MediaStream | null} */
let stream = null;
/** @type {AudioContext | null} */
let audio = null;
let running = 0;

/** @param {Element} root @param {string} name @returns {HTMLElement} */
function part(root, name) {
  return /** @type {HTMLElement} */ (root.querySelector(`[data-device-${name}]`));
}

/** @param {Element} root @param {string} name @returns {string} */
function word(root, name) {
  return part(root, "words").getAttribute(`data-${name}`) ?? "";
}

/** @param {Element} root @param {"camera" | "microphone"} device @param {string} name @param {string} look */
function say(root, device, name, look) {
  const place = root.querySelector(`[data-device="${device}"]`);
  if (!place) return;
  place.textContent = word(root, name);
  place.className = `state state--${look}`;
}

/** What is wrong and what to do; "" clears it. @param {Element} root @param {string} problem @param {string} [advice] */
function help(root, problem, advice = problem) {
  part(root, "help").hidden = !problem;
  part(root, "problem").textContent = problem ? word(root, problem) : "";
  part(root, "advice").textContent = problem ? word(root, `${advice}-advice`) : "";
}

/** @param {unknown} error @returns {string} */
function reason(error) {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "old";
}

/** Both at once, so that one is asked once; then each alone, to know which of them is missing. */
async function open() {
  try {
    return { stream: await navigator.mediaDevices.getUserMedia({ video: true, audio: true }), lacks: "" };
  } catch (error) {
    if (reason(error) !== "missing") throw error;
  }
  try {
    return { stream: await navigator.mediaDevices.getUserMedia({ audio: true }), lacks: "camera" };
  } catch (error) {
    if (reason(error) !== "missing") throw error;
  }
  return { stream: await navigator.mediaDevices.getUserMedia({ video: true }), lacks: "microphone" };
}

/** @param {Element} root */
async function begin(root) {
  end(root);
  const mine = ++running;
  part(root, "result").hidden = false;
  part(root, "before").hidden = true;
  part(root, "start").hidden = true;
  say(root, "camera", "trying", "away");
  say(root, "microphone", "trying", "away");
  help(root, "");
  if (!navigator.mediaDevices?.getUserMedia) return fail(root, "old");
  try {
    const opened = await open();
    if (mine !== running) {
      for (const track of opened.stream.getTracks()) track.stop();
      return;
    }
    stream = opened.stream;
    show(root, opened.stream, opened.lacks);
  } catch (error) {
    if (mine === running) fail(root, reason(error));
  }
}

/** @param {Element} root @param {string} problem */
function fail(root, problem) {
  say(root, "camera", "fails", "absent");
  say(root, "microphone", "fails", "absent");
  help(root, problem);
}

/** @param {Element} root @param {MediaStream} opened @param {string} lacks */
function show(root, opened, lacks) {
  if (lacks === "camera") say(root, "camera", "missing-camera", "absent");
  else {
    const picture = /** @type {HTMLVideoElement} */ (part(root, "picture"));
    picture.srcObject = opened;
    picture.hidden = false;
    say(root, "camera", "camera-works", "here");
  }
  if (lacks) help(root, `missing-${lacks}`, "missing");
  if (lacks === "microphone") say(root, "microphone", "missing-microphone", "absent");
  else listen(root, opened, running);
}

/** @param {Element} root @param {MediaStream} opened @param {number} mine */
function listen(root, opened, mine) {
  audio = new AudioContext();
  void audio.resume();
  const analyser = audio.createAnalyser();
  audio.createMediaStreamSource(opened).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  const meter = /** @type {HTMLMeterElement} */ (root.querySelector("meter"));
  const began = performance.now();
  let heard = false;
  let told = false;
  part(root, "level").hidden = false;
  say(root, "microphone", "microphone-asks", "away");
  const draw = () => {
    if (mine !== running) return;
    analyser.getByteTimeDomainData(samples);
    const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample - 128)), 0);
    const level = Math.min(100, Math.round((loudest / 128) * 160));
    meter.value = level;
    if (!heard && level > HEARD) {
      heard = true;
      say(root, "microphone", "microphone-works", "here");
      if (told) help(root, "");
    } else if (!heard && !told && performance.now() - began > SILENT) {
      told = true;
      say(root, "microphone", "microphone-silent", "late");
      help(root, "silent");
    }
    setTimeout(draw, 80);
  };
  draw();
}

/** @param {Element} root */
function end(root) {
  running += 1;
  for (const track of stream?.getTracks() ?? []) track.stop();
  stream = null;
  void audio?.close();
  audio = null;
  const picture = /** @type {HTMLVideoElement} */ (part(root, "picture"));
  picture.srcObject = null;
  picture.hidden = true;
  part(root, "level").hidden = true;
}

/** Attach to the test, on the page that has one. */
export function start() {
  const root = document.querySelector("[data-device-test]");
  if (!root) return;
  part(root, "start").addEventListener("click", () => void begin(root));
  part(root, "again").addEventListener("click", () => void begin(root));
  part(root, "stop").addEventListener("click", () => {
    end(root);
    help(root, "");
    say(root, "camera", "off", "away");
    say(root, "microphone", "off", "away");
  });
  addEventListener("pagehide", () => end(root));
}
