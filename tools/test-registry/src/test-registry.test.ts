import { hash } from "node:crypto";
import { request } from "node:https";
import { expect, test } from "vitest";
import { contentOf } from "../../fault-server/src/index.ts";
import { digestOf, mediaTypes, modelPackModel, orasFiles, startTestRegistry, tooManyPulls } from "./index.ts";
import { bytesUpTo } from "./testing/bytes-up-to.ts";

const accept = { Accept: `${mediaTypes.ociManifest}, ${mediaTypes.ociIndex}` };
const weights = { sizeBytes: 200_000, seed: "weights" };

test("a tag leads to a manifest, and that to the bytes of its blobs", async () => {
  await using registry = await startTestRegistry();
  const { manifestDigest, files } = registry.pushArtifact(
    "org/model",
    "v1",
    modelPackModel({ "a/model.gguf": weights }),
  );
  const response = await fetch(`${registry.origin}/v2/org/model/manifests/v1`, { headers: accept });
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(digestOf(bytes)).toBe(manifestDigest);
  expect(response.headers.get("docker-content-digest")).toBe(manifestDigest);
  expect(response.headers.get("content-type")).toBe(mediaTypes.ociManifest);
  const { layers } = JSON.parse(bytes.toString()) as { layers: { digest: string; size: number }[] };
  expect(layers).toMatchObject([files["a/model.gguf"] ?? {}]);
  const blob = await fetch(`${registry.origin}/v2/org/model/blobs/${layers[0]?.digest}`);
  expect(Buffer.from(await blob.arrayBuffer()).equals(contentOf(weights))).toBe(true);
  expect(registry.blobRequests(layers[0]?.digest ?? "")).toBe(1);
  expect(registry.requests.map(({ server, status }) => [server, status])).toEqual([
    ["registry", 200],
    ["registry", 200],
  ]);
  expect(registry.bodyBytesSent).toBe(200_000 + bytes.length);
});

test("HEAD tells what GET sends, by digest and with escapes too", async () => {
  await using registry = await startTestRegistry();
  const { digest, size } = registry.pushManifest("org/model", undefined, { schemaVersion: 2, layers: [] });
  const path = `${registry.origin}/v2/org/model/manifests/${digest.replace(":", "%3A")}`;
  const response = await fetch(path, { method: "HEAD", headers: accept });
  expect([response.status, response.headers.get("content-length")]).toEqual([200, String(size)]);
});

test.each([
  ["/v2/org/none/manifests/v1", 404, "NAME_UNKNOWN"],
  ["/v2/org/model/manifests/none", 404, "MANIFEST_UNKNOWN"],
  [`/v2/org/model/blobs/${digestOf(Buffer.from("none"))}`, 404, "BLOB_UNKNOWN"],
  ["/v2/org/model/referrers/sha256:0", 404, "UNSUPPORTED"],
])("%s is %d %s", async (path, status, code) => {
  await using registry = await startTestRegistry();
  registry.pushArtifact("org/model", "v1", orasFiles({ file: weights }));
  const response = await fetch(`${registry.origin}${path}`, { headers: accept });
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ errors: [{ code }] });
});

test("a manifest of a type that Accept does not list is unknown, unless the registry does not care", async () => {
  for (const strictAccept of [true, false]) {
    await using registry = await startTestRegistry({ strictAccept });
    registry.pushArtifact("org/model", "v1", orasFiles({ file: weights }));
    const { status } = await fetch(`${registry.origin}/v2/org/model/manifests/v1`);
    expect(status).toBe(strictAccept ? 404 : 200);
  }
});

test("a tag moves, and goes", async () => {
  await using registry = await startTestRegistry();
  const url = `${registry.origin}/v2/org/model/manifests/v1`;
  const [first, second] = [{ n: 1 }, { n: 2 }].map((document) => registry.pushManifest("org/model", "v1", document));
  expect(await (await fetch(url, { headers: accept })).json()).toEqual({ n: 2 });
  registry.tag("org/model", "v1", first?.digest ?? "");
  expect(await (await fetch(url, { headers: accept })).json()).toEqual({ n: 1 });
  registry.remove("org/model", "v1");
  expect((await fetch(url, { headers: accept })).status).toBe(404);
  const tags = await fetch(`${registry.origin}/v2/org/model/tags/list`);
  expect(await tags.json()).toEqual({ name: "org/model", tags: [] });
  expect(() => registry.tag("org/model", "v2", "sha256:none")).toThrow("push it first");
  expect(second?.digest).not.toBe(first?.digest);
});

test("referrers are listed where that is an API", async () => {
  await using registry = await startTestRegistry({ referrers: true });
  const { digest } = registry.pushManifest("org/model", "v1", { layers: [] });
  const signature = registry.pushManifest("org/model", undefined, { artifactType: "signature", subject: { digest } });
  const response = await fetch(`${registry.origin}/v2/org/model/referrers/${digest}`);
  expect(await response.json()).toMatchObject({
    manifests: [{ digest: signature.digest, artifactType: "signature" }],
  });
});

test("manifests lie as they are told, each way", async () => {
  await using registry = await startTestRegistry();
  const { digest } = registry.pushManifest("org/model", "v1", { n: 1 });
  const get = async (reference: string) =>
    fetch(`${registry.origin}/v2/org/model/manifests/${reference}`, { headers: accept });
  registry.lieAboutManifest("org/model", "v1", { bytes: Buffer.from("other"), contentType: null, contentDigest: null });
  const lie = await get("v1");
  expect(await lie.text()).toBe("other");
  expect([lie.headers.get("content-type"), lie.headers.get("docker-content-digest")]).toEqual([null, null]);
  expect(await (await get(digest)).json()).toEqual({ n: 1 });
  registry.lieAboutManifest("org/model", "v1", { contentType: "text/html", contentDigest: "sha256:other" });
  const other = await get("v1");
  expect(other.headers.get("content-type")).toBe("text/html");
  expect(other.headers.get("docker-content-digest")).toBe("sha256:other");
  expect(await other.json()).toEqual({ n: 1 });
  registry.lieAboutManifest("org/model", "v1", undefined);
  expect((await get("v1")).headers.get("docker-content-digest")).toBe(digest);
});

test.each(["sized", "unsized"] as const)("a manifest has no end: %s", async (endless) => {
  await using registry = await startTestRegistry();
  registry.pushManifest("org/model", "v1", {});
  registry.lieAboutManifest("org/model", "v1", { endless });
  const response = await fetch(`${registry.origin}/v2/org/model/manifests/v1`, { headers: accept });
  expect(response.headers.get("content-length")).toBe(endless === "sized" ? String(2 ** 40) : null);
  expect(await bytesUpTo(2 ** 23, response)).toBeGreaterThan(2 ** 23);
});

test("a blob has other bytes than its digest", async () => {
  await using registry = await startTestRegistry();
  const { digest } = registry.pushBlob("org/model", weights);
  registry.lieAboutBlob("org/model", digest, Buffer.from("other"));
  expect(await (await fetch(`${registry.origin}/v2/org/model/blobs/${digest}`)).text()).toBe("other");
});

test("blobs come in parts, unless the registry knows no parts", async () => {
  for (const ranges of [true, false]) {
    await using registry = await startTestRegistry({ ranges });
    const { digest } = registry.pushBlob("org/model", weights);
    const response = await fetch(`${registry.origin}/v2/org/model/blobs/${digest}`, {
      headers: { Range: "bytes=10-19" },
    });
    expect(response.status).toBe(ranges ? 206 : 200);
    expect(response.headers.get("content-range")).toBe(ranges ? "bytes 10-19/200000" : null);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.equals(ranges ? contentOf(weights, 10, 20) : contentOf(weights))).toBe(true);
  }
});

test("a proxy sends a blob whole until it has it", async () => {
  await using registry = await startTestRegistry({ pullThrough: true });
  const { digest } = registry.pushBlob("org/model", weights);
  const statuses: number[] = [];
  for (let round = 0; round < 2; round++) {
    const response = await fetch(`${registry.origin}/v2/org/model/blobs/${digest}`, {
      headers: { Range: "bytes=0-9" },
    });
    await response.arrayBuffer();
    statuses.push(response.status);
  }
  expect(statuses).toEqual([200, 206]);
});

test("faults of the fault server act on what the registry grants, and are not used up by refusals", async () => {
  await using registry = await startTestRegistry();
  const { digest } = registry.pushBlob("org/model", weights);
  const url = `${registry.origin}/v2/org/model/blobs/${digest}`;
  const cut = registry.inject({ kind: "cut", afterBytes: 1000, times: 1 });
  expect((await fetch(`${registry.origin}/v2/org/model/blobs/sha256:none`)).status).toBe(404);
  await expect((await fetch(url)).arrayBuffer()).rejects.toThrow("terminated");
  expect(cut.count()).toBe(1);
  registry.inject({ ...tooManyPulls("1"), times: 1 });
  const limited = await fetch(url);
  expect([limited.status, limited.headers.get("retry-after")]).toEqual([429, "1"]);
  expect(await limited.json()).toMatchObject({ errors: [{ code: "TOOMANYREQUESTS" }] });
  registry.inject({ kind: "headers", headers: { "X-Even": "so" }, evenRefused: true });
  expect((await fetch(`${url}0`)).headers.get("x-even")).toBe("so");
});

test("all of it speaks TLS", async () => {
  const auth = { type: "bearer", anonymous: true } as const;
  await using registry = await startTestRegistry({ tls: true, blobsAt: "other-host", auth });
  for (const url of [`${registry.origin}/v2/`, registry.tokenServer.realm, registry.blobStore.origin]) {
    expect(url).toMatch(/^https:/);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    request(url, { ca: registry.ca, agent: false }, (response) => resolve(response.resume().statusCode))
      .once("error", reject)
      .end();
    expect(await promise).toBe({ "/v2/": 401, "/token": 200, "/": 403 }[new URL(url).pathname]);
  }
  expect(hash("sha256", String(registry.ca))).toHaveLength(64);
});
