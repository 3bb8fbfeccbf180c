import { getEventListeners } from "node:events";
import { expect, vi } from "vitest";
import { startFaultServer } from "../../../../tools/fault-server/src/index.ts";
import type { ResolveUrl } from "./transfer-options.ts";
import { generated, mebibyte, sha256Of, test } from "../testing/transferring.ts";

const path = "/model.gguf";

// Other tests, which run beside these, must not keep a transfer from having several connections.
vi.mock("./busyness.ts", () => ({
  Busyness: class {
    readonly share = 0;
  },
}));

test("a signed URL that expires under several connections at once is made anew, once", async ({ setting }) => {
  const { server } = setting;
  const content = generated(24 * mebibyte);
  server.put("/signed", { content });
  let signatures = 0;
  const isExpired = (): boolean => server.requests.filter(({ range }) => range !== undefined).length > 2;
  server.redirect(path, () => `/signed?signature=${(signatures += 1)}`);
  // Whoever is refused second is so while the first one asks anew.
  server.inject({ kind: "latency", ms: 400, when: isExpired });
  server.inject({ kind: "throttle", bytesPerSecond: 4 * mebibyte });
  const refusal = { kind: "status", status: 403 } as const;
  const refused = server.inject({
    ...refusal,
    when: (request) => request.path === "/signed?signature=1" && isExpired(),
  });
  const result = await setting.transfer(path);
  expect(refused.count()).toBeGreaterThan(1);
  // Several may ask at once; what the first one has found is not asked for again.
  expect(signatures).toBeLessThanOrEqual(1 + refused.count());
  expect(result).toMatchObject({ restarts: 0, digests: [`sha256:${sha256Of(content)}`] });
});

test("where a redirect led is out of order: the first server is asked for another place", async ({ setting }) => {
  const content = generated(6 * mebibyte);
  await using first = await startFaultServer();
  await using second = await startFaultServer();
  for (const server of [first, second]) server.put("/f", { content, etag: '"v1"' });
  let redirects = 0;
  setting.server.redirect(path, () => `${[first, second][redirects++ % 2]?.origin}/f`);
  first.inject({ kind: "cut", afterBytes: 3 * mebibyte, times: 1 });
  first.inject({ kind: "status", status: 502, when: ({ range }) => range !== undefined });
  const result = await setting.transfer(path);
  expect(result).toMatchObject({ movedBytes: content.sizeBytes, digests: [`sha256:${sha256Of(content)}`] });
  expect(redirects).toBe(2);
});

test("a function that gives no URL, and does not look at the signal, holds up no abort", async ({ setting }) => {
  const controller = new AbortController();
  const ended = setting.transfer(
    { url: () => new Promise<never>(() => queueMicrotask(() => controller.abort("enough"))) },
    { signal: controller.signal },
  );
  await expect(ended).rejects.toBe("enough");
  expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
});

test("a function that gives URLs is told what the last one was refused with", async ({ setting }) => {
  setting.server.put(path, { content: generated(mebibyte) });
  setting.server.inject({ kind: "status", status: 401, headers: { "WWW-Authenticate": "Basic" }, times: 1 });
  const told: unknown[] = [];
  const url = async ({ refusal }: Parameters<ResolveUrl>[0]): ReturnType<ResolveUrl> => {
    told.push(refusal && [refusal.status, refusal.headers.get("www-authenticate")]);
    return { url: setting.server.origin + path };
  };
  await setting.transfer({ url });
  expect(told).toEqual([undefined, [401, "Basic"]]);
});
