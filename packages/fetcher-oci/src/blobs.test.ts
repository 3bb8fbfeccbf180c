import { readFile } from "node:fs/promises";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { expect, test } from "vitest";
import { type ContentSpec, contentOf } from "../../../tools/fault-server/src/index.ts";
import {
  digestOf,
  modelPackModel,
  startTestRegistry,
  type TestRegistry,
} from "../../../tools/test-registry/src/index.ts";
import { ociFetcher } from "./oci-fetcher.ts";
import { openSetting, visibleFiles } from "./testing/setting.ts";

const mebibyte = 1024 * 1024;
const weights = { sizeBytes: 24 * mebibyte, seed: "weights" };
const model = modelPackModel({ "model.gguf": weights });
const digest = digestOf(weights);
const isBlob = ({ method, path }: { readonly method: string; readonly path: string }): boolean =>
  method === "GET" && path.endsWith(`/blobs/${digest}`);

async function expectWhole(path: string, content: ContentSpec = weights): Promise<void> {
  expect((await readFile(path)).equals(contentOf(content))).toBe(true);
}

test.for([
  ["the same length", { ...weights, seed: "other" }, "OCI_CONTENT_MISMATCH"],
  ["more bytes", { ...weights, sizeBytes: weights.sizeBytes + 1 }, "OCI_CONTENT_MISMATCH"],
  ["fewer bytes", { ...weights, sizeBytes: 1 }, "OCI_CONTENT_MISMATCH"],
] as const)("a layer with other bytes, %s, is never seen", async ([, content, code]) => {
  await using setting = await openSetting({ maxRetries: 0 });
  setting.registry.pushArtifact("org/model", "v1", model);
  setting.registry.lieAboutBlob("org/model", digest, content);
  const failure: unknown = await setting.ensure("org/model:v1").catch((error: unknown) => error);
  expect(failure).toMatchObject({ code, facts: { expected: digest } });
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
  setting.registry.lieAboutBlob("org/model", digest, weights);
  await expectWhole((await setting.ensure("org/model:v1")).localPath);
});

test("one byte that is changed on the way is an error, and what is right is fetched then", async () => {
  await using setting = await openSetting();
  setting.registry.pushArtifact("org/model", "v1", model);
  const fault = setting.registry.inject({ kind: "corrupt", atByte: 20 * mebibyte, when: isBlob });
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "OCI_CONTENT_MISMATCH" });
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
  fault.withdraw();
  await expectWhole((await setting.ensure("org/model:v1")).localPath);
});

test("a proxy that does not give parts at first sends the layer once", async () => {
  await using setting = await openSetting({}, { pullThrough: true });
  const { registry } = setting;
  registry.pushArtifact("org/model", "v1", model);
  registry.inject({ kind: "throttle", bytesPerSecond: 40 * mebibyte });
  await expectWhole((await setting.ensure("org/model:v1")).localPath);
  expect(registry.blobRequests(digest)).toBe(1);
  expect(registry.bodyBytesSent).toBeLessThan(weights.sizeBytes + mebibyte);
});

test("signed URLs are asked without a login, and anew when they have expired in mid-transfer", async () => {
  await using setting = await openSetting({}, { blobsAt: "other-host" });
  const { registry } = setting;
  registry.pushArtifact("org/model", "v1", model);
  registry.blobStore.expireUrls({ afterRequests: 2 });
  registry.blobStore.inject({ kind: "cut", afterBytes: 4 * mebibyte, times: 4 });
  await expectWhole((await setting.ensure("org/model:v1")).localPath);
  expect(registry.blobRequests(digest)).toBeGreaterThan(1);
  expect((await setting.entry("org/model:v1"))?.provenance.movedBytes).toBe(weights.sizeBytes);
});

test("what broke off is gone on with in the next call", async () => {
  await using setting = await openSetting({ maxRetries: 0 });
  setting.registry.pushArtifact("org/model", "v1", model);
  const cut = setting.registry.inject({ kind: "cut", afterBytes: 10 * mebibyte, when: isBlob });
  await expect(setting.ensure("org/model:v1")).rejects.toMatchObject({ code: "TRANSFER_BROKEN_OFF" });
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
  cut.withdraw();
  await expectWhole((await setting.ensure("org/model:v1")).localPath);
  const { movedBytes, reusedBytes } = (await setting.entry("org/model:v1"))?.provenance ?? {};
  expect(reusedBytes).toBeGreaterThanOrEqual(8 * mebibyte);
  expect((movedBytes ?? 0) + (reusedBytes ?? 0)).toBe(weights.sizeBytes);
});

test("servers in trouble, and lines that stand still, are met with patience", async () => {
  await using setting = await openSetting({ stallTimeoutMs: 1_000 });
  setting.registry.pushArtifact("org/model", "v1", model);
  setting.registry.inject({ kind: "status", status: 503, times: 2 });
  setting.registry.inject({ kind: "status", status: 502, when: isBlob, times: 2 });
  setting.registry.inject({ kind: "stall", afterBytes: 2 * mebibyte, when: isBlob, times: 1 });
  await expectWhole((await setting.ensure("org/model:v1")).localPath);
});

test("what is here by its digest is not fetched: under another repository, and of another registry", async () => {
  await using setting = await openSetting();
  await using other = await startTestRegistry();
  for (const [registry, name] of [
    [setting.registry, "org/model"],
    [setting.registry, "org/same"],
    [other, "org/model"],
  ] as const)
    registry.pushArtifact(name, "v1", model);
  await setting.ensure("org/model:v1");
  expect((await setting.ensure("org/same:v1")).report).toMatchObject({ stagedBytes: 0, trust: "upstream" });
  expect(setting.registry.blobRequests(digest)).toBe(1);
  const provisioner = createProvisioner({ cacheDir: setting.cacheDir, fetchers: [ociFetcher({ env: {} })] });
  const { report } = await provisioner.ensurePresentStr(`oci://${other.host}/org/model:v1`);
  expect(report.stagedBytes).toBe(0);
  expect(other.blobRequests(digest)).toBe(0);
});

interface Mirrored extends AsyncDisposable {
  readonly near: TestRegistry;
  readonly far: TestRegistry;
  readonly cacheDir: string;
  ensure(): Promise<string>;
}

/** A registry with a mirror before it, and one before that whose place may be given. */
async function mirrored(places: (near: TestRegistry) => readonly string[] = ({ host }) => [host]): Promise<Mirrored> {
  const setting = await openSetting();
  const near = await startTestRegistry();
  const far = setting.registry;
  far.pushArtifact("org/model", "v1", model);
  const fetcher = ociFetcher({ env: {}, maxRetries: 0, baseDelayMs: 0, mirrors: { [far.host]: places(near) } });
  const provisioner = createProvisioner({ cacheDir: setting.cacheDir, fetchers: [fetcher] });
  return {
    near,
    far,
    cacheDir: setting.cacheDir,
    ensure: async () => (await provisioner.ensurePresentStr(`oci://${far.host}/org/model:v1`)).localPath,
    async [Symbol.asyncDispose]() {
      await near[Symbol.asyncDispose]();
      await setting[Symbol.asyncDispose]();
    },
  };
}

test("a mirror is asked before the registry, also below a prefix, and one that is away is passed over", async () => {
  await using setting = await mirrored(({ host }) => ["127.0.0.1:1", `${host}/cache/far`]);
  setting.near.pushArtifact("cache/far/org/model", "v1", model);
  await expectWhole(await setting.ensure());
  expect(setting.far.requests).toEqual([]);
});

test("a mirror without the tag, and one without the layer, are helped out by the registry", async () => {
  await using setting = await mirrored();
  await expectWhole(await setting.ensure());
  expect(setting.near.requests).not.toEqual([]);
  await using other = await mirrored();
  other.near.pushArtifact("org/model", "v1", model);
  other.near.remove("org/model", digest);
  await expectWhole(await other.ensure());
});

test("a mirror with other bytes is found out, and the registry asked", async () => {
  await using setting = await mirrored();
  setting.near.pushArtifact("org/model", "v1", model);
  setting.near.lieAboutBlob("org/model", digest, { ...weights, seed: "other" });
  await expectWhole(await setting.ensure());
  expect(setting.far.blobRequests(digest)).toBeGreaterThan(0);
});

test("what a mirror has begun, the registry ends", async () => {
  await using setting = await mirrored();
  setting.near.pushArtifact("org/model", "v1", model);
  setting.near.inject({ kind: "cut", afterBytes: 10 * mebibyte, when: isBlob });
  await expectWhole(await setting.ensure());
  expect(setting.far.bodyBytesSent).toBeLessThan(weights.sizeBytes - 4 * mebibyte);
});

test("a registry that wants a login is signed in to for a layer that its mirror lacks", async () => {
  await using near = await startTestRegistry();
  const users = { reader: "password-0123456789" };
  for (const auth of [
    { type: "bearer", users, anonymous: ["org/other"] },
    { type: "bearer", users },
    { type: "basic", users },
  ] as const) {
    await using setting = await openSetting({}, { auth });
    const far = setting.registry;
    for (const registry of [near, far]) registry.pushArtifact("org/model", "v1", model);
    near.remove("org/model", digest);
    const fetcher = ociFetcher({
      env: {},
      mirrors: { [far.host]: [near.host] },
      credentials: async (host) =>
        host === far.host ? { username: "reader", password: "password-0123456789" } : undefined,
    });
    const provisioner = createProvisioner({ cacheDir: setting.cacheDir, fetchers: [fetcher] });
    await expectWhole((await provisioner.ensurePresentStr(`oci://${far.host}/org/model:v1`)).localPath);
  }
});
