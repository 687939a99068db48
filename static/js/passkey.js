// Speaks to passkeys: fetches the question, lets the browser answer it, and sends the answer with the form.
// @ts-check

/** Show the forms that need a passkey where the browser has any, and answer when one is sent. */
export function start() {
  if (!("PublicKeyCredential" in window)) return;
  for (const hidden of document.querySelectorAll("[data-passkey-offer], form[data-passkey]")) {
    if (hidden instanceof HTMLElement) hidden.hidden = false;
  }
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || !form.dataset.passkey) return;
    event.preventDefault();
    void send(form);
  });
}

/** @param {HTMLFormElement} form */
async function send(form) {
  const field = form.elements.namedItem("credential");
  const problem = form.querySelector("[data-passkey-problem]");
  const button = form.querySelector("button");
  if (!(field instanceof HTMLInputElement) || !(problem instanceof HTMLElement) || !button) return;
  problem.hidden = true;
  button.disabled = true;
  try {
    const question = await ask(form);
    const answer = form.dataset.passkey === "create" ? await create(question) : await get(question);
    field.value = JSON.stringify(answer);
    form.submit();
  } catch {
    problem.hidden = false;
    button.disabled = false;
  }
}

/** @param {HTMLFormElement} form */
async function ask(form) {
  const csrf = form.elements.namedItem("csrf");
  const token = csrf instanceof HTMLInputElement ? csrf.value : "";
  const headers = { "x-csrf-token": token, "x-live": "1" };
  const answer = await fetch(form.dataset.question ?? "", { method: "POST", headers });
  if (!answer.ok) throw new Error(answer.statusText);
  return answer.json();
}

/** @param {any} question */
async function create(question) {
  const made = await navigator.credentials.create({
    publicKey: {
      ...question,
      challenge: bytes(question.challenge),
      user: { ...question.user, id: bytes(question.user.id) },
      excludeCredentials: known(question.excludeCredentials),
    },
  });
  if (!(made instanceof PublicKeyCredential) || !(made.response instanceof AuthenticatorAttestationResponse)) {
    throw new Error("no passkey");
  }
  const { attestationObject, clientDataJSON } = made.response;
  return {
    ...named(made),
    response: {
      attestationObject: text(attestationObject),
      clientDataJSON: text(clientDataJSON),
      transports: made.response.getTransports?.() ?? [],
    },
  };
}

/** @param {any} question */
async function get(question) {
  const used = await navigator.credentials.get({
    publicKey: {
      ...question,
      challenge: bytes(question.challenge),
      allowCredentials: known(question.allowCredentials),
    },
  });
  if (!(used instanceof PublicKeyCredential) || !(used.response instanceof AuthenticatorAssertionResponse)) {
    throw new Error("no passkey");
  }
  const { authenticatorData, clientDataJSON, signature, userHandle } = used.response;
  return {
    ...named(used),
    response: {
      authenticatorData: text(authenticatorData),
      clientDataJSON: text(clientDataJSON),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    },
  };
}

/** @param {PublicKeyCredential} credential */
function named(credential) {
  return { id: credential.id, rawId: text(credential.rawId), type: credential.type, clientExtensionResults: {} };
}

/**
 * @param {{ id: string }[] | undefined} credentials
 * @returns {PublicKeyCredentialDescriptor[]}
 */
function known(credentials) {
  return (credentials ?? []).map((each) => ({ ...each, type: "public-key", id: bytes(each.id) }));
}

/** @param {string} base64url */
function bytes(base64url) {
  const plain = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
function text(buffer) {
  const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return plain.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
