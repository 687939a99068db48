// A real OpenID provider on this machine, whose people sign in by their name alone. Prints its address when ready.
// Usage: node provider.mjs PORT CALLBACK
import { createServer } from "node:http";
import { createRequire } from "node:module";

const [port, callback] = process.argv.slice(2);
const require = createRequire(new URL("../static/package.json", import.meta.url));
const { Provider } = await import(require.resolve("oidc-provider"));
const issuer = `http://localhost:${port}`;

// name@host is the address; "unproved" has none that was verified, "careful" signs in with two factors.
const people = {
  manon: { email: "manon@firme.example", email_verified: true },
  careful: { email: "manon@firme.example", email_verified: true },
  nouveau: { email: "nouveau@candidat.example", email_verified: true },
  unproved: { email: "manon@firme.example", email_verified: false },
  other: { email: "manon@firme.example", email_verified: true },
};

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "job-dating",
      client_secret: "a secret between the two of them, long enough",
      redirect_uris: [callback],
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub", "amr"], email: ["email", "email_verified"] },
  cookies: { keys: ["only for tests"] },
  features: { devInteractions: { enabled: false } },
  pkce: { required: () => true },
  interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, ...people[id] }),
  }),
  async loadExistingGrant(context) {
    const grant = new context.oidc.provider.Grant({
      clientId: context.oidc.client.clientId,
      accountId: context.oidc.session.accountId,
    });
    grant.addOIDCScope("openid email");
    await grant.save();
    return grant;
  },
});

const form = `<!DOCTYPE html><html lang="fr"><title>Le centre</title><h1>Le centre</h1>
<form method="post"><label>Identifiant <input name="login"></label><button>Entrer</button></form>
<form method="post"><button name="cancel" value="yes">Renoncer</button></form>`;

createServer(async (request, response) => {
  if (!request.url.startsWith("/interaction/")) return provider.callback()(request, response);
  if (request.method === "GET") return response.setHeader("content-type", "text/html; charset=utf-8").end(form);
  let body = "";
  for await (const part of request) body += part;
  const typed = new URLSearchParams(body);
  const login = typed.get("login");
  const amr = login === "careful" ? ["pwd", "otp"] : ["pwd"];
  const result = typed.get("cancel") ? { error: "access_denied" } : { login: { accountId: login, amr } };
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}).listen(Number(port), "127.0.0.1", () => console.log(issuer));
