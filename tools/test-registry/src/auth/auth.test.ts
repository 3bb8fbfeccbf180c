import { expect, test } from "vitest";
import { type BearerAuth, startTestRegistry, type TestRegistry, type TestRegistryOptions } from "../index.ts";
import { bytesUpTo } from "../testing/bytes-up-to.ts";

const users = { reader: "secret", other: "secret" };
const access = { other: [] };

test("basic: a challenge, then what each user may", async () => {
  const auth = { type: "basic", users, access, anonymous: ["org/public"] } as const;
  await using registry = await filled({ auth });
  const challenge = await fetch(manifestOf(registry));
  expect(challenge.status).toBe(401);
  expect(challenge.headers.get("www-authenticate")).toMatch(/^Basic realm="/);
  expect(await challenge.json()).toMatchObject({ errors: [{ code: "UNAUTHORIZED" }] });
  const statusFor = async (user: string, name = "org/model"): Promise<number> =>
    (await fetch(manifestOf(registry, name), { headers: { Authorization: basic(user) } })).status;
  expect(await statusFor("reader:secret")).toBe(200);
  expect(await statusFor("reader:wrong")).toBe(401);
  expect(await statusFor("constructor:secret")).toBe(401);
  expect(await statusFor("other:secret")).toBe(403);
  expect((await fetch(manifestOf(registry, "org/public"))).status).toBe(200);
  expect((await fetch(`${registry.origin}/v2/`)).status).toBe(401);
});

test.each(["here", "other-origin"] as const)("bearer: the token server is %s", async (at) => {
  await using registry = await filled({ auth: { type: "bearer", users, at } });
  const challenge = await fetch(manifestOf(registry));
  expect(challenge.status).toBe(401);
  const { realm } = registry.tokenServer;
  expect(challenge.headers.get("www-authenticate")).toBe(
    `Bearer realm="${realm}",service="test-registry",scope="repository:org/model:pull"`,
  );
  expect(new URL(realm).origin === registry.origin).toBe(at === "here");
  const { token, ...rest } = await tokenFrom(registry, "reader:secret");
  expect(rest).toMatchObject({ access_token: token, expires_in: 300, issued_at: expect.any(String) });
  expect(await pullStatus(registry, token)).toBe(200);
  expect(await pullStatus(registry, token, "org/public")).toBe(401);
  registry.revokeTokens();
  expect(await pullStatus(registry, token)).toBe(401);
  expect(registry.tokenServer.requestCount).toBe(1);
});

test("bearer: anonymous tokens where they are given, for what they cover", async () => {
  await using registry = await filled({ auth: { type: "bearer", users, anonymous: ["org/public"] } });
  const { token } = await tokenFrom(registry, undefined, "org/public");
  expect(await pullStatus(registry, token, "org/public")).toBe(200);
  const uncovered = await tokenFrom(registry, undefined);
  const refused = await fetch(manifestOf(registry), { headers: { Authorization: `Bearer ${uncovered["token"]}` } });
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toContain('error="insufficient_scope"');
  await using closed = await filled({ auth: { type: "bearer", users } });
  expect((await fetch(tokenUrl(closed))).status).toBe(401);
  expect((await fetch(tokenUrl(closed), { headers: { Authorization: basic("reader:wrong") } })).status).toBe(401);
});

test("bearer: the token server itself can say no", async () => {
  await using registry = await filled({ auth: { type: "bearer", users, access, deniedBy: "token-server" } });
  const denied = await fetch(tokenUrl(registry), { headers: { Authorization: basic("other:secret") } });
  expect(denied.status).toBe(403);
  expect(await denied.json()).toMatchObject({ errors: [{ code: "DENIED" }] });
});

test("bearer: refresh tokens and passwords by POST", async () => {
  await using registry = await filled({ auth: { type: "bearer", users, identityTokens: { identity: "reader" } } });
  const scope = "repository:org/model:pull";
  const post = async (form: Record<string, string>): Promise<Response> => {
    const body = new URLSearchParams({ service: "test-registry", client_id: "test", scope, ...form }).toString();
    return fetch(registry.tokenServer.realm, { method: "POST", body });
  };
  const granted = await post({ grant_type: "refresh_token", refresh_token: "identity" });
  const { access_token: token } = (await granted.json()) as { access_token: string };
  expect(await pullStatus(registry, token)).toBe(200);
  expect((await post({ grant_type: "refresh_token", refresh_token: "unknown" })).status).toBe(400);
  expect((await post({ grant_type: "password", username: "reader", password: "secret" })).status).toBe(200);
  await using getOnly = await filled({ auth: { type: "bearer", users, oauth2: false } });
  expect((await fetch(getOnly.tokenServer.realm, { method: "POST", body: "" })).status).toBe(405);
});

test("bearer: tokens end by the clock, whatever is said of it", async () => {
  let nowMs = 0;
  const auth: BearerAuth = { type: "bearer", anonymous: true, expiresInSeconds: null, answers: "access_token" };
  await using registry = await filled({ auth, now: () => nowMs });
  const answer = await tokenFrom(registry, undefined);
  expect(Object.keys(answer).toSorted()).toEqual(["access_token", "issued_at"]);
  nowMs = 59_999;
  expect(await pullStatus(registry, answer["access_token"])).toBe(200);
  nowMs = 60_000;
  expect(await pullStatus(registry, answer["access_token"])).toBe(401);
});

test("bearer: tokens cover what they are told to cover", async () => {
  await using registry = await filled({
    auth: { type: "bearer", anonymous: true, scopes: ["repository:org/public:pull"] },
  });
  const { token } = await tokenFrom(registry, undefined);
  expect([await pullStatus(registry, token), await pullStatus(registry, token, "org/public")]).toEqual([401, 200]);
});

test("challenges say what they are told to say", async () => {
  await using realm = await filled({ auth: { type: "bearer", realm: "file:///etc/passwd" } });
  const header = async (registry: TestRegistry): Promise<string | null> =>
    (await fetch(manifestOf(registry))).headers.get("www-authenticate");
  expect(await header(realm)).toContain('Bearer realm="file:///etc/passwd"');
  await using whole = await filled({ auth: { type: "bearer", challenge: (name) => `Negotiate, Odd name="${name}"` } });
  expect(await header(whole)).toBe('Negotiate, Odd name="org/model"');
});

test("the token server lies and fails", async () => {
  await using registry = await filled({ auth: { type: "bearer", anonymous: true } });
  registry.tokenServer.lie("no-token");
  expect(await tokenFrom(registry, undefined)).not.toHaveProperty("token");
  registry.tokenServer.lie("html");
  expect(await (await fetch(tokenUrl(registry))).text()).toContain("<title>");
  registry.tokenServer.lie("endless");
  const endless = await fetch(tokenUrl(registry));
  expect(endless.status).toBe(200);
  expect(await bytesUpTo(2 ** 23, endless)).toBeGreaterThan(2 ** 23);
  registry.tokenServer.lie(undefined);
  registry.tokenServer.inject({ kind: "status", status: 500, times: 1 });
  expect([(await fetch(tokenUrl(registry))).status, (await fetch(tokenUrl(registry))).status]).toEqual([500, 200]);
});

async function filled(options: TestRegistryOptions): Promise<TestRegistry> {
  const registry = await startTestRegistry({ strictAccept: false, ...options });
  registry.pushManifest("org/model", "v1", { layers: [] });
  registry.pushManifest("org/public", "v1", { layers: [] });
  return registry;
}

function manifestOf({ origin }: TestRegistry, name = "org/model"): string {
  return `${origin}/v2/${name}/manifests/v1`;
}

function tokenUrl({ tokenServer }: TestRegistry, name = "org/model"): string {
  return `${tokenServer.realm}?service=test-registry&scope=repository:${name}:pull`;
}

async function tokenFrom(registry: TestRegistry, user?: string, name?: string): Promise<Record<string, string>> {
  const headers = user === undefined ? {} : { Authorization: basic(user) };
  return (await fetch(tokenUrl(registry, name), { headers })).json() as Promise<Record<string, string>>;
}

async function pullStatus(registry: TestRegistry, token = "", name?: string): Promise<number> {
  return (await fetch(manifestOf(registry, name), { headers: { Authorization: `Bearer ${token}` } })).status;
}

function basic(user: string): string {
  return `Basic ${Buffer.from(user).toString("base64")}`;
}
