import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { expect, test } from "vitest";
import {
  type AuthSpec,
  type BearerAuth,
  modelPackModel,
  startTestRegistry,
  type TestRegistry,
  tooManyPulls,
} from "../../../tools/test-registry/src/index.ts";
import { ociFetcher } from "./oci-fetcher.ts";
import type { OciFetcherOptions } from "./oci-fetcher-options.ts";
import { basicAuth, writeAuthFile, writeDockerConfig } from "./testing/log-in.ts";
import { openSetting, type Setting } from "./testing/setting.ts";

const password = "password-0123456789";
const users = { reader: password };
const bearer: BearerAuth = { type: "bearer", users };
const auth = basicAuth("reader", password);
const wrong = basicAuth("reader", "wrong-0123456789");
const files = { "model.gguf": Buffer.from("weights") };

async function settingWith(spec: AuthSpec, options: OciFetcherOptions = {}): Promise<Setting> {
  const setting = await openSetting(options, { auth: spec });
  setting.registry.pushArtifact("org/model", "v1", modelPackModel(files));
  await mkdir(setting.home, { recursive: true });
  return setting;
}

/** What each part of it was sent to say who asks: the scheme alone. */
function signedWith({ requests }: TestRegistry): readonly string[] {
  return requests.map(({ server, method, headers }) =>
    [server, method === "GET" ? "" : method, headers["authorization"]?.split(" ")[0] ?? "nobody"]
      .filter(Boolean)
      .join(" "),
  );
}

test("without sign-in nothing is said of who asks, and no file with logins is needed", async () => {
  await using setting = await settingWith({ type: "none" });
  await writeDockerConfig(setting.home, { auths: { [setting.registry.host]: { auth } } });
  await setting.ensure("org/model:v1");
  expect(new Set(signedWith(setting.registry))).toEqual(new Set(["registry nobody"]));
});

test("a token for nobody in particular comes before anybody's login", async () => {
  await using setting = await settingWith({ ...bearer, anonymous: true });
  await writeDockerConfig(setting.home, { auths: { [setting.registry.host]: { auth } } });
  await setting.ensure("org/model:v1");
  expect(signedWith(setting.registry)).toEqual([
    "registry nobody",
    "token nobody",
    "registry Bearer",
    "registry Bearer",
  ]);
});

test.for<readonly [string, AuthSpec, object]>([
  ["auth", bearer, { auth }],
  ["auth, padded with NUL", bearer, { auth: Buffer.from(`reader:${password}\0\0`).toString("base64") }],
  ["username and password", bearer, { username: "reader", password }],
  [
    "an identity token",
    { ...bearer, identityTokens: { "identity-0123456789": "reader" } },
    { identitytoken: "identity-0123456789" },
  ],
  ["auth by the basic scheme", { type: "basic", users }, { auth }],
  ["a token server that tells no life", { ...bearer, expiresInSeconds: null }, { auth }],
  ["a token server that answers access_token alone", { ...bearer, answers: "access_token" }, { auth }],
  ["some that everybody may see, and this is not", { ...bearer, anonymous: ["org/other"] }, { auth }],
])("signed in by %s", async ([, spec, entry]) => {
  await using setting = await settingWith(spec);
  await writeDockerConfig(setting.home, { auths: { [setting.registry.host]: entry } });
  expect((await setting.ensure("org/model:v1")).report.trust).toBe("upstream");
});

test("an identity token is posted, and stands in no URL", async () => {
  await using setting = await settingWith({ ...bearer, identityTokens: { "identity-0123456789": "reader" } });
  await writeDockerConfig(setting.home, {
    auths: { [setting.registry.host]: { identitytoken: "identity-0123456789" } },
  });
  await setting.ensure("org/model:v1");
  const [, , posted] = setting.registry.requests;
  expect(new URLSearchParams(posted?.body.toString()).get("refresh_token")).toBe("identity-0123456789");
  expect(setting.registry.requests.map(({ path }) => path).join()).not.toContain("identity-");
});

test("a registry token is sent to the registry as it is", async () => {
  await using setting = await settingWith(bearer);
  const answer = await fetch(
    `${setting.registry.tokenServer.realm}?service=test-registry&scope=repository:org/model:pull`,
    { headers: { Authorization: `Basic ${auth}` } },
  );
  const { token } = (await answer.json()) as { token: string };
  await writeDockerConfig(setting.home, { auths: { [setting.registry.host]: { registrytoken: token } } });
  await setting.ensure("org/model:v1");
  expect(setting.registry.requests.at(-1)?.headers["authorization"]).toBe(`Bearer ${token}`);
});

test.for<readonly [string, (home: string, host: string) => Promise<Record<string, string>>]>([
  [
    "REGISTRY_AUTH_FILE",
    async (home, host) => {
      await writeDockerConfig(home, { auths: { [host]: { auth: wrong } } });
      return { REGISTRY_AUTH_FILE: await writeAuthFile(join(home, "elsewhere.json"), { auths: { [host]: { auth } } }) };
    },
  ],
  [
    "DOCKER_CONFIG",
    async (home, host) => {
      await writeAuthFile(join(home, "docker/config.json"), { auths: { [host]: { auth } } });
      return { DOCKER_CONFIG: join(home, "docker") };
    },
  ],
  [
    "podman's, of this session",
    async (home, host) => {
      await writeAuthFile(join(home, "run/containers/auth.json"), { auths: { [host]: { auth } } });
      return { XDG_RUNTIME_DIR: join(home, "run") };
    },
  ],
  [
    "podman's, of the home",
    async (home, host) => {
      await writeAuthFile(join(home, ".config/containers/auth.json"), { auths: { [host]: { auth } } });
      return {};
    },
  ],
  [
    "podman's, where docker's has nobody",
    async (home, host) => {
      await writeDockerConfig(home, { auths: { [host]: {}, "other.example": { auth: wrong } } });
      await writeAuthFile(join(home, ".config/containers/auth.json"), { auths: { [host]: { auth } } });
      return {};
    },
  ],
  [
    "docker's, with fields that are null or empty",
    async (home, host) => {
      await writeDockerConfig(home, {
        auths: { [host]: { auth }, "other.example": null },
        credHelpers: null,
        credsStore: "",
      });
      return {};
    },
  ],
])("the login of %s", async ([, prepare]) => {
  await using place = await settingWith(bearer);
  const env = { HOME: place.home, ...(await prepare(place.home, place.registry.host)) };
  const provisioner = createProvisioner({ cacheDir: place.cacheDir, fetchers: [ociFetcher({ env })] });
  const { report } = await provisioner.ensurePresentStr(`oci://${place.registry.host}/org/model:v1`);
  expect(report.trust).toBe("upstream");
});

test("the most particular login counts", async () => {
  await using setting = await settingWith(bearer);
  const { host } = setting.registry;
  await writeDockerConfig(setting.home, { auths: { [host]: { auth: wrong }, [`${host}/org`]: { auth } } });
  await setting.ensure("org/model:v1");
  await writeDockerConfig(setting.home, {
    auths: { [`${host}/org`]: { auth: wrong }, [`${host}/org/model`]: { auth } },
  });
  setting.registry.pushArtifact("org/model", "v2", modelPackModel({ "other.gguf": Buffer.from("other") }));
  expect((await setting.ensure("org/model:v2")).report.cached).toBe(false);
});

test.for<readonly [string, AuthSpec, object, string]>([
  ["nobody is logged in: token", bearer, {}, "OCI_CREDENTIALS_MISSING"],
  ["nobody is logged in: basic", { type: "basic", users }, {}, "OCI_CREDENTIALS_MISSING"],
  ["nobody is logged in, some are public", { ...bearer, anonymous: ["org/other"] }, {}, "OCI_CREDENTIALS_MISSING"],
  ["a wrong password: token", bearer, { auth: wrong }, "OCI_CREDENTIALS_REFUSED"],
  ["a wrong password: basic", { type: "basic", users }, { auth: wrong }, "OCI_CREDENTIALS_REFUSED"],
  ["a wrong identity token", bearer, { identitytoken: "identity-wrong" }, "OCI_CREDENTIALS_REFUSED"],
  [
    "an identity token, and no POST",
    { ...bearer, oauth2: false },
    { identitytoken: "identity-0123" },
    "OCI_CREDENTIALS_REFUSED",
  ],
  [
    "an identity token, and no token server",
    { type: "basic", users },
    { identitytoken: "identity-0123" },
    "OCI_CREDENTIALS_REFUSED",
  ],
  ["a wrong registry token", bearer, { registrytoken: "registry-0123" }, "OCI_CREDENTIALS_REFUSED"],
  ["a user without the right: basic", { type: "basic", users, access: { reader: [] } }, { auth }, "OCI_ACCESS_DENIED"],
  ["a user without the right: token", { ...bearer, access: { reader: [] } }, { auth }, "OCI_ACCESS_DENIED"],
  [
    "a user without the right: token server",
    { ...bearer, access: { reader: [] }, deniedBy: "token-server" },
    { auth },
    "OCI_ACCESS_DENIED",
  ],
])("refused: %s; whoever logs in then is answered", async ([, spec, entry, code]) => {
  await using setting = await settingWith(spec);
  const { host } = setting.registry;
  const path = await writeDockerConfig(setting.home, { auths: { [host]: entry } });
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({
    code,
    category: "not-allowed",
    facts: {
      registry: host,
      repository: "org/model",
      ...(code !== "OCI_CREDENTIALS_MISSING" && { credentialsFrom: path }),
    },
  });
  if (code === "OCI_ACCESS_DENIED") return;
  await writeDockerConfig(setting.home, { auths: { [host]: { auth } } });
  await setting.ensure("org/model:v1");
});

test("a function for credentials is asked with the registry, and what it throws is thrown", async () => {
  const asked: string[] = [];
  await using setting = await settingWith(bearer, {
    credentials: async (registry) => {
      asked.push(registry);
      if (asked.length === 1) throw new RangeError("no vault");
      return { username: "reader", password };
    },
  });
  await expect(setting.ensure("org/model:v1")).rejects.toThrow("no vault");
  await setting.ensure("org/model:v1");
  expect(asked).toEqual([setting.registry.host, setting.registry.host]);
});

test.for(["{", '{"auths": []}', '{"auths": {"x": {"auth": "', "null"])(
  "a broken file with logins is no trouble until they are needed: %s",
  async (text) => {
    await using open = await settingWith({ type: "none" });
    await writeDockerConfig(open.home, text);
    await open.ensure("org/model:v1");
    await using closed = await settingWith(bearer);
    const path = await writeDockerConfig(closed.home, text);
    await expect(closed.ensure("org/model:v1")).rejects.toMatchObject({
      code: "OCI_CREDENTIALS_FAILED",
      facts: { from: path },
    });
  },
);

test("nothing is written to where logins are kept", async () => {
  await using setting = await settingWith(bearer);
  await writeDockerConfig(setting.home, { auths: { [setting.registry.host]: { auth } } });
  const before = await readdir(setting.home, { recursive: true });
  await setting.ensure("org/model:v1");
  expect(await readdir(setting.home, { recursive: true })).toEqual(before);
});

test.for(["http://127.0.0.1:1/token", "ftp://127.0.0.1/token", "no url", ""])(
  "a registry with TLS does not have logins sent to %s",
  async (realm) => {
    await using setting = await openSetting({}, { tls: true, auth: { ...bearer, realm } });
    setting.registry.pushArtifact("org/model", "v1", modelPackModel(files));
    const env = { HOME: setting.home };
    // Of this machine, it would be asked in the clear; by this name it is not.
    const lookup = { ca: setting.registry.ca ?? "", env, lookup: toLoopback };
    const provisioner = createProvisioner({ cacheDir: setting.cacheDir, fetchers: [ociFetcher(lookup)] });
    const host = `models.test:${setting.registry.server.port}`;
    await expect(provisioner.ensurePresentStr(`oci://${host}/org/model:v1`)).rejects.toMatchObject({
      code: "OCI_ANSWER_INVALID",
    });
  },
);

const toLoopback: NonNullable<OciFetcherOptions["lookup"]> = (_host, options, done) => {
  if (options.all === true) done(null, [{ address: "127.0.0.1", family: 4 }]);
  else done(null, "127.0.0.1", 4);
};

test.for(["no-token", "empty-token", "number-token", "line-break-in-token", "array", "html", "endless"] as const)(
  "a token server that answers %s",
  async (lie) => {
    await using setting = await settingWith({ ...bearer, anonymous: true }, { maxRetries: 0 });
    setting.registry.tokenServer.lie(lie);
    const failure: unknown = await setting.ensure("org/model:v1").catch((error: unknown) => error);
    const code = lie === "endless" ? /^TRANSFER_/ : /^OCI_ANSWER_INVALID$/;
    expect(failure).toMatchObject({ code: expect.stringMatching(code), category: "network" });
    expect(setting.registry.bodyBytesSent).toBeLessThan(32 * 1024 * 1024);
    setting.registry.tokenServer.lie(undefined);
    await setting.ensure("org/model:v1");
  },
);

test("a token server that redirects elsewhere is not followed with a login", async () => {
  await using other = await startTestRegistry({ auth: bearer });
  await using setting = await settingWith(bearer);
  await writeDockerConfig(setting.home, { auths: { [setting.registry.host]: { auth } } });
  setting.registry.tokenServer.inject({
    kind: "status",
    status: 307,
    headers: { Location: other.tokenServer.realm },
    evenRefused: true,
  });
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "OCI_ANSWER_INVALID" });
  expect(other.requests).toEqual([]);
});

test("storage that a registry redirects to does not say where logins are sent", async () => {
  await using thief = await startTestRegistry({ auth: bearer });
  await using setting = await openSetting(
    { maxRetries: 0 },
    { auth: { ...bearer, anonymous: true }, blobsAt: "other-host" },
  );
  const { registry } = setting;
  registry.pushArtifact("org/model", "v1", modelPackModel(files));
  await writeDockerConfig(setting.home, { auths: { [registry.host]: { auth } } });
  const challenge = `Bearer realm="${thief.tokenServer.realm}",service="x"`;
  registry.blobStore.inject({ kind: "status", status: 401, headers: { "WWW-Authenticate": challenge } });
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "TRANSFER_UNAUTHORIZED" });
  // Nor does a place that it redirects to for a manifest.
  const moved = { Location: `${thief.origin}/v2/org/model/manifests/v2` };
  registry.inject({
    kind: "status",
    status: 307,
    headers: moved,
    evenRefused: true,
    when: ({ path }) => path.endsWith("v2"),
  });
  await expect(setting.ensure("org/model:v2")).rejects.toMatchObject({ code: "TRANSFER_UNAUTHORIZED" });
  expect(thief.requests.filter(({ server }) => server === "token")).toEqual([]);
  expect(thief.requests.map(({ headers }) => headers["authorization"])).toEqual([undefined]);
});

test("429 to nobody in particular is asked again as the user", async () => {
  await using setting = await settingWith({ ...bearer, anonymous: true }, { maxRetries: 0 });
  await writeDockerConfig(setting.home, { auths: { [setting.registry.host]: { auth } } });
  setting.registry.inject({ ...tooManyPulls(), times: 1 });
  await setting.ensure("org/model:v1");
  expect(
    setting.registry.requests.some(
      ({ server, headers }) => server === "token" && headers["authorization"] !== undefined,
    ),
  ).toBe(true);
});

test("429 for longer than is waited has a code of its own", async () => {
  await using setting = await settingWith({ type: "none" }, { maxRetryAfterMs: 1_000 });
  setting.registry.inject(tooManyPulls("3600"));
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({
    code: "OCI_RATE_LIMITED",
    facts: { retryAfterSeconds: 3600 },
  });
});
