import { expect, vi } from "vitest";
import { generated, mebibyte, sha256Of, test } from "../testing/transferring.ts";
import { transferFile } from "./transfer-file.ts";

const path = "/model.gguf";

// Other tests, which run beside these, must not keep a transfer from having several connections.
vi.mock("./busyness.ts", () => ({
  Busyness: class {
    readonly share = 0;
  },
}));

test.for<[what: string, status: number, headers: Record<string, string>]>([
  ["403", 403, {}],
  ["429, for an hour", 429, { "Retry-After": "3600" }],
])("a server that allows one connection, and answers others with %s", async ([, status, headers], { setting }) => {
  const content = generated(8 * mebibyte);
  setting.server.put(path, { content });
  setting.server.inject({ kind: "throttle", bytesPerSecond: 4 * mebibyte });
  const refusal = { kind: "status", status, headers } as const;
  const refused = setting.server.inject({ ...refusal, when: () => setting.server.openConnections > 1 });
  const result = await setting.transfer(path);
  expect(refused.count()).toBeGreaterThan(0);
  expect(refused.count()).toBeLessThan(4);
  expect(result).toMatchObject({ restarts: 0, digests: [`sha256:${sha256Of(content)}`] });
});

test("a server that allows four connections is not asked over and over for more", async ({ setting }) => {
  const content = generated(32 * mebibyte);
  setting.server.put(path, { content });
  setting.server.inject({ kind: "throttle", bytesPerSecond: 4 * mebibyte });
  const refusal = { kind: "status", status: 503 } as const;
  const refused = setting.server.inject({ ...refusal, when: () => setting.server.openConnections > 4 });
  const { digests } = await setting.transfer(path);
  expect(digests).toEqual([`sha256:${sha256Of(content)}`]);
  expect(refused.count()).toBeGreaterThan(0);
  expect(refused.count()).toBeLessThan(20);
});

test("when one connection fails for good, the first one ends too", async ({ setting }) => {
  setting.server.put(path, { content: generated(32 * mebibyte) });
  setting.server.inject({ kind: "throttle", bytesPerSecond: 4 * mebibyte });
  const page = { kind: "html" } as const;
  const lied = setting.server.inject({ ...page, when: ({ range }) => range !== undefined });
  await expect(setting.transfer(path)).rejects.toMatchObject({ code: "TRANSFER_HTML_PAGE" });
  expect(lied.count()).toBe(1);
  expect(setting.server.bodyBytesSent).toBeLessThan(16 * mebibyte);
});

test("servers behind one name, each with an ETag of its own: one connection brings it all", async ({ setting }) => {
  const content = generated(8 * mebibyte);
  setting.server.put(path, { content });
  setting.server.inject({ kind: "throttle", bytesPerSecond: 4 * mebibyte });
  setting.server.inject({ kind: "etag", value: '"other"', when: ({ range }) => range !== undefined });
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ restarts: 2, digests: [`sha256:${sha256Of(content)}`] });
});

test("connections that were given to other transfers are taken back", { timeout: 20_000 }, async ({ setting }) => {
  const { server, target } = setting;
  const client = setting.openClient({ maxConnections: 4 });
  const content = generated(48 * mebibyte);
  server.put(path, { content });
  server.put("/other", { content: generated(mebibyte) });
  server.inject({ kind: "throttle", bytesPerSecond: 3 * mebibyte });
  const long = setting.transfer(path, { client, maxConnections: 4 });
  await expect.poll(() => server.openConnections, { timeout: 10_000 }).toBe(4);
  await Promise.all(
    [1, 2, 3].map((index) => {
      const own = { ...target, path: `${target.path}-${index}`, journalPath: `${target.journalPath}-${index}` };
      const { signal } = new AbortController();
      return transferFile({ url: `${server.origin}/other` }, own, { client, signal });
    }),
  );
  const before = server.requests.length;
  await long;
  const last = server.requests.slice(before).slice(-12);
  expect(new Set(last.map(({ connection }) => connection)).size).toBe(4);
});
