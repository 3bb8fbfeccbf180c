import { createHash, hash } from "node:crypto";
import { expect, test } from "vitest";
import { generatedSha256 } from "../content/generated-digest.ts";
import { startTestHub, type TestHub } from "../test-hub.ts";
import { chunksOfBody, readBody } from "../testing/read-body.ts";
import { type FaultTarget, rateLimited } from "./fault.ts";

const spec = { sizeBytes: 1_000_000, seed: "faults" };
const onCdn = ({ server }: FaultTarget): boolean => server === "cdn";

test.each([0, 1, 262_144, 300_001, 999_999])("a cut comes after exactly %d bytes", async (afterBytes) => {
  await using hub = await hubWithModel();
  const fault = hub.inject({ kind: "cut", afterBytes, when: onCdn, times: 1 });
  const response = await getModel(hub);
  expect(response.headers.get("content-length")).toBe("1000000");
  const { bytes, failed } = await readBody(response);
  await fault.acted;
  expect(failed).toBe(true);
  expect(bytes).toHaveLength(afterBytes);
  expect((await readBody(await getModel(hub))).failed).toBe(false);
});

test("a cut counts the bytes that are sent, not those of the file", async () => {
  await using hub = await hubWithModel();
  hub.inject({ kind: "cut", afterBytes: 100, when: onCdn });
  const response = await getModel(hub, { Range: "bytes=500000-" });
  expect(response.status).toBe(206);
  expect((await readBody(response)).bytes).toHaveLength(100);
});

test("a dropped connection gives no answer at all", async () => {
  await using hub = await hubWithModel();
  const fault = hub.inject({ kind: "drop", when: onCdn });
  await expect(getModel(hub)).rejects.toThrow(TypeError);
  await fault.acted;
  expect(hub.requests.at(-1)).toMatchObject({ server: "cdn", status: undefined, bodyBytes: 0 });
});

test("a stall ends when it is taken away, and everything comes", async () => {
  await using hub = await hubWithModel();
  const release = hub.inject({ kind: "stall", afterBytes: 400_000, when: onCdn });
  const body = getModel(hub).then(readBody);
  await release.acted;
  expect(hub.requests.at(-1)).toMatchObject({ server: "cdn", bodyBytes: 400_000 });
  release();
  const { bytes, failed } = await body;
  expect(failed).toBe(false);
  expect(hash("sha256", bytes)).toBe(generatedSha256(spec));
});

test("a stall at the first byte comes after the headers", async () => {
  await using hub = await hubWithModel();
  const release = hub.inject({ kind: "stall", afterBytes: 0, when: onCdn });
  const response = await getModel(hub);
  await release.acted;
  release();
  expect((await readBody(response)).bytes).toHaveLength(1_000_000);
});

test.each([
  ["the whole", {}, 0],
  ["a range", { Range: "bytes=123000-" }, 123_000],
  ["a range that ends before it", { Range: "bytes=0-654320" }, 0],
])("of %s the same byte of the file is wrong, and no other", async (_, headers, start) => {
  await using hub = await hubWithModel();
  const expected = (await readBody(await getModel(hub))).bytes;
  expected[654_321] = (expected[654_321] ?? 0) ^ 0xff;
  hub.inject({ kind: "corrupt", atByte: 654_321, when: onCdn });
  const { bytes } = await readBody(await getModel(hub, headers));
  expect(bytes.equals(expected.subarray(start, start + bytes.length))).toBe(true);
});

test("a status comes instead of the answer, as often as it is to", async () => {
  await using hub = await hubWithModel();
  hub.inject({ kind: "status", status: 503, times: 2, message: "Try later.", headers: { "X-Why": "test" } });
  const first = await getModel(hub);
  expect([first.status, first.headers.get("x-error-message"), first.headers.get("x-why")]).toEqual([
    503,
    "Try later.",
    "test",
  ]);
  expect(await first.json()).toEqual({ error: "Try later." });
  expect((await getModel(hub)).status).toBe(503);
  expect((await getModel(hub)).status).toBe(200);
});

test("429 says how long to wait, in both ways", async () => {
  await using hub = await hubWithModel();
  hub.inject({ ...rateLimited(7), times: 1 });
  const { status, headers } = await getModel(hub);
  expect(status).toBe(429);
  expect(headers.get("retry-after")).toBe("7");
  expect(headers.get("ratelimit")).toBe('"resolvers";r=0;t=7');
});

test("latency holds the answer back, not the record of the request", async () => {
  await using hub = await hubWithModel();
  const fault = hub.inject({ kind: "latency", ms: 1, times: 1 });
  expect((await getModel(hub)).status).toBe(200);
  await fault.acted;
});

test("a throttled body arrives all the same", async () => {
  await using hub = await hubWithModel();
  const fault = hub.inject({ kind: "throttle", bytesPerSecond: 20_000_000, when: onCdn });
  const { bytes } = await readBody(await getModel(hub));
  await fault.acted;
  expect(hash("sha256", bytes)).toBe(generatedSha256(spec));
});

test("the Hub gives a URL that has expired already", async () => {
  await using hub = await hubWithModel();
  hub.inject({ kind: "expired-signature", when: ({ server }) => server === "hub", times: 1 });
  expect((await getModel(hub)).status).toBe(403);
  expect((await getModel(hub)).status).toBe(200);
});

test("the CDN says that a URL has expired", async () => {
  await using hub = await hubWithModel();
  hub.inject({ kind: "expired-signature", when: onCdn, times: 1 });
  expect((await getModel(hub)).status).toBe(403);
  expect((await getModel(hub)).status).toBe(200);
});

test("a range is ignored", async () => {
  await using hub = await hubWithModel();
  hub.inject({ kind: "ignore-range", when: onCdn });
  const response = await getModel(hub, { Range: "bytes=5-" });
  expect([response.status, response.headers.get("content-range")]).toEqual([200, null]);
  expect((await readBody(response)).bytes).toHaveLength(1_000_000);
});

test("a length that is too large makes a whole body look cut", async () => {
  await using hub = await hubWithModel();
  hub.inject({ kind: "content-length", bytes: 1_000_001, when: onCdn });
  const response = await getModel(hub);
  expect(response.headers.get("content-length")).toBe("1000001");
  expect((await readBody(response)).failed).toBe(true);
});

test("headers are set and left out", async () => {
  await using hub = await hubWithModel();
  hub.inject({ kind: "headers", headers: { "X-Repo-Commit": null, "X-New": "1" } });
  const response = await fetch(`${hub.endpoint}/org/repo/resolve/main/model.gguf`, { redirect: "manual" });
  expect([response.headers.get("x-repo-commit"), response.headers.get("x-new")]).toEqual([null, "1"]);
  expect(response.headers.get("x-linked-size")).toBe("1000000");
});

test("several faults act on one request, and stay away from those that they do not match", async () => {
  await using hub = await hubWithModel();
  const seen: string[] = [];
  const matched = ({ server, method, path }: FaultTarget): boolean => {
    seen.push(`${server} ${method} ${path.split("?", 1).join("")}`);
    return server === "cdn" && method === "GET" && path.includes("model.gguf");
  };
  const undo = [
    hub.inject({ kind: "corrupt", atByte: 0, when: matched }),
    hub.inject({ kind: "ignore-range", when: onCdn }),
  ];
  const { bytes } = await readBody(await getModel(hub, { Range: "bytes=5-" }));
  expect(bytes).toHaveLength(1_000_000);
  expect(hash("sha256", bytes)).not.toBe(generatedSha256(spec));
  expect(seen).toEqual([
    "hub GET /org/repo/resolve/main/model.gguf",
    `cdn GET /repos/org/repo/${generatedSha256(spec)}`,
  ]);

  for (const remove of [...undo, ...undo]) remove();
  expect((await getModel(hub, { Range: "bytes=5-" })).status).toBe(206);
});

test("a file that would not fit a buffer arrives whole", async () => {
  const large = { sizeBytes: 2 ** 26, seed: "large" };
  await using hub = await startTestHub();
  hub.addRepository("org/repo", { files: { "model.gguf": large } });
  const hashing = createHash("sha256");
  for await (const chunk of chunksOfBody(await getModel(hub))) hashing.update(chunk);
  expect(hashing.digest("hex")).toBe(generatedSha256(large));
  expect(hub.requests.at(-1)?.bodyBytes).toBe(large.sizeBytes);
});

async function hubWithModel(): Promise<TestHub> {
  const hub = await startTestHub();
  hub.addRepository("org/repo", { files: { "model.gguf": spec } });
  return hub;
}

async function getModel(hub: TestHub, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(`${hub.endpoint}/org/repo/resolve/main/model.gguf`, { headers });
}
