import { readFile } from "node:fs/promises";
import { afterEach, expect, test, vi } from "vitest";
import { contentOf } from "../../../tools/fault-server/src/index.ts";
import { type BearerAuth, modelPackModel } from "../../../tools/test-registry/src/index.ts";
import { basicAuth, writeDockerConfig } from "./testing/log-in.ts";
import { openSetting, type Setting } from "./testing/setting.ts";

const password = "password-0123456789";
const bearer: BearerAuth = { type: "bearer", users: { reader: password } };
const mebibyte = 1024 * 1024;
const weights = { sizeBytes: 24 * mebibyte, seed: "weights" };

async function loggedIn(auth: BearerAuth, registryOptions: Parameters<typeof openSetting>[1] = {}): Promise<Setting> {
  const setting = await openSetting({}, { auth, ...registryOptions });
  const { host } = setting.registry;
  await writeDockerConfig(setting.home, { auths: { [host]: { auth: basicAuth("reader", password) } } });
  for (const tag of ["v1", "v2"])
    setting.registry.pushArtifact("org/model", tag, modelPackModel({ [`${tag}.gguf`]: Buffer.from(tag) }));
  return setting;
}

afterEach(() => void vi.useRealTimers());

test("a token is used within a call, and in those after it, until its end is near", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await using setting = await loggedIn(bearer, { now: () => Date.now() });
  await setting.ensure("org/model:v1");
  const asked = setting.registry.tokenServer.requestCount;
  expect(asked).toBe(2);
  await setting.ensure("org/model:v2");
  expect(setting.registry.tokenServer.requestCount).toBe(asked);
  vi.setSystemTime(Date.now() + 295_000);
  await setting.ensure("org/model:v2", undefined, { refresh: true });
  expect(setting.registry.tokenServer.requestCount).toBe(asked + 1);
});

test.for<readonly [string, BearerAuth]>([
  ["the user's", bearer],
  ["nobody's", { ...bearer, anonymous: true }],
])("%s token of an earlier call that is refused is asked for anew", async ([, auth]) => {
  await using setting = await loggedIn(auth);
  await setting.ensure("org/model:v1");
  setting.registry.revokeTokens();
  expect((await setting.ensure("org/model:v2")).report.cached).toBe(false);
});

test("a login that is refused when its token has ended is an error that says so, and a new one is taken", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  const users: Record<string, string> = { reader: password };
  await using setting = await loggedIn({ ...bearer, users }, { now: () => Date.now() });
  await setting.ensure("org/model:v1");
  vi.setSystemTime(Date.now() + 400_000);
  users["reader"] = "changed-0123456789";
  await expect(setting.ensure("org/model:v2")).rejects.toMatchObject({ code: "OCI_CREDENTIALS_REFUSED" });
  const auth = basicAuth("reader", "changed-0123456789");
  await writeDockerConfig(setting.home, { auths: { [setting.registry.host]: { auth } } });
  await setting.ensure("org/model:v2");
});

test.for(["here", "other-host"] as const)(
  "revoked in mid-transfer over several connections: blobs %s",
  async (blobsAt) => {
    await using setting = await loggedIn(bearer, { blobsAt });
    const { registry } = setting;
    registry.pushArtifact(
      "org/large",
      "v1",
      modelPackModel({ "a.gguf": weights, "b.gguf": { ...weights, seed: "b" } }),
    );
    const blobs = blobsAt === "here" ? registry : registry.blobStore;
    blobs.inject({ kind: "throttle", bytesPerSecond: 20 * mebibyte });
    let revoked = 0;
    blobs.inject({
      kind: "latency",
      ms: 0,
      when({ range }) {
        if ((range?.from ?? 0) > 0 && revoked < 2) {
          revoked += 1;
          registry.revokeTokens();
          registry.blobStore.expireUrls();
        }
        return false;
      },
    });
    // Each connection ends once, so that what comes after it is asked for with what does not hold any more.
    blobs.inject({ kind: "cut", afterBytes: 3 * mebibyte, times: 6, when: ({ method }) => method === "GET" });
    const { localPath } = await setting.ensure("org/large:v1");
    expect(revoked).toBeGreaterThan(0);
    const root = localPath.endsWith(".gguf") ? localPath.slice(0, localPath.lastIndexOf("/")) : localPath;
    expect((await readFile(`${root}/a.gguf`)).equals(contentOf(weights))).toBe(true);
    const entry = await setting.entry("org/large:v1");
    // Each byte is kept once.
    expect(entry?.provenance.movedBytes).toBe(2 * weights.sizeBytes);
    expect(registry.tokenServer.requestCount).toBeLessThan(12);
  },
);

test("many that find the token ended ask for one together", async () => {
  vi.useFakeTimers({ toFake: ["Date"] });
  await using setting = await loggedIn(bearer, { now: () => Date.now() });
  const files = Object.fromEntries(
    Array.from({ length: 8 }, (_, index) => [`${index}.bin`, Buffer.from(String(index))]),
  );
  setting.registry.pushArtifact("org/many", "v1", modelPackModel(files));
  let ended = false;
  setting.registry.inject({
    kind: "latency",
    ms: 0,
    when({ path }) {
      if (path.includes("/manifests/") && !ended) {
        ended = true;
        vi.setSystemTime(Date.now() + 400_000);
      }
      return false;
    },
  });
  await setting.ensure("org/many:v1");
  expect(ended).toBe(true);
  // For nobody, for the user, and one more.
  expect(setting.registry.tokenServer.requestCount).toBe(3);
});

test("no token goes to the blob store", async () => {
  await using setting = await loggedIn(bearer, { blobsAt: "other-host" });
  await setting.ensure("org/model:v1");
  const sent = setting.registry.requests.filter(({ server }) => server === "blobs");
  expect(sent).not.toEqual([]);
  expect(sent.map(({ headers }) => headers["authorization"])).toEqual(sent.map(() => undefined));
});
