import { randomUUID, sign } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { generate } from "selfsigned";
import { password, user } from "./registry-user.ts";

/** Signs tokens that the registry believes. Who gives no name may pull `public/*`; the one user may do everything. */
export interface RealTokenServer extends AsyncDisposable {
  readonly realm: string;
  readonly service: string;
  readonly issuer: string;
  /** Of its key, in PEM: for `rootcertbundle`. */
  readonly certificate: string;
  /** A refresh token of the user, for the grant by POST. */
  readonly identityToken: string;
  /** How many tokens it has given. */
  readonly issued: number;
}

/** @param expiresInSeconds both told and meant. */
export async function startTokenServer(expiresInSeconds: number): Promise<RealTokenServer> {
  const identityToken = `identity-${randomUUID()}`;
  const { private: key, cert: certificate } = await generate([{ name: "commonName", value: "Tokens of a test" }], {
    keyType: "ec",
    algorithm: "sha256",
  });
  const [service, issuer] = ["real-registry", "token-server"];
  let issued = 0;

  async function answer(request: IncomingMessage): Promise<object | undefined> {
    const url = new URL(request.url ?? "/", "http://localhost");
    const asked = request.method === "POST" ? new URLSearchParams(await text(request)) : url.searchParams;
    const isUser = request.method === "POST" ? isGranted(asked, identityToken) : isSignedIn(request);
    if (isUser === "wrong") return undefined;
    const access = asked.getAll("scope").flatMap((scope) => scopesOf(scope, isUser));
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: issuer, sub: user, aud: service, exp: now + expiresInSeconds, nbf: now - 5, iat: now };
    const token = jwt({ ...claims, jti: randomUUID(), access }, key, certificate);
    issued++;
    return { token, access_token: token, expires_in: expiresInSeconds, issued_at: new Date(now * 1000).toISOString() };
  }

  const server = createServer((request, response) => {
    void answer(request).then((document) => {
      response.writeHead(document === undefined ? 401 : 200, { "Content-Type": "application/json" });
      response.end(JSON.stringify(document ?? { errors: [{ code: "UNAUTHORIZED" }] }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new TypeError("The server listens on no port.");
  return {
    realm: `http://127.0.0.1:${address.port}/token`,
    service,
    issuer,
    certificate,
    identityToken,
    get issued() {
      return issued;
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function isSignedIn({ headers }: IncomingMessage): boolean | "wrong" {
  if (headers.authorization === undefined) return false;
  return headers.authorization === `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}` || "wrong";
}

function isGranted(form: URLSearchParams, identityToken: string): boolean | "wrong" {
  if (form.get("grant_type") === "refresh_token") return form.get("refresh_token") === identityToken || "wrong";
  const isUser = form.get("username") === user && form.get("password") === password;
  return (form.get("grant_type") === "password" && isUser) || "wrong";
}

/** Of `repository:name:pull,push`, what is granted. */
function scopesOf(scopes: string, isUser: boolean): readonly object[] {
  return scopes.split(" ").flatMap((scope) => {
    const [, type, name, actions] = /^(\w+):(.+):([\w,*]+)$/.exec(scope) ?? [];
    if (type === undefined || name === undefined || actions === undefined) return [];
    const granted = isUser ? actions.split(",") : name.startsWith("public/") ? ["pull"] : [];
    return granted.length === 0 ? [] : [{ type, name, actions: granted }];
  });
}

/** The registry compares the certificate in its head with those that it was given. */
function jwt(claims: object, key: string, certificate: string): string {
  const x5c = [certificate.replaceAll(/-----[^-]+-----|\s/g, "")];
  const parts = [{ alg: "ES256", typ: "JWT", x5c }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString("base64url"),
  );
  const signed = parts.join(".");
  const signature = sign("sha256", Buffer.from(signed), { key, dsaEncoding: "ieee-p1363" });
  return `${signed}.${signature.toString("base64url")}`;
}
