import { expect, test } from "vitest";
import { startTestRegistry } from "../index.ts";

const content = Buffer.from("0123456789");

test("a blob is redirected to a signed URL on another host, which takes no Authorization", async () => {
  await using registry = await startTestRegistry({ blobsAt: "other-host" });
  const { digest } = registry.pushBlob("org/model", content);
  const path = `${registry.origin}/v2/org/model/blobs/${digest}`;
  const redirected = await fetch(path, { redirect: "manual" });
  const url = redirected.headers.get("location") ?? "";
  expect(redirected.status).toBe(307);
  expect(url).toContain(`${registry.blobStore.origin}/`);
  expect(url).toMatch(/[?&]X-Amz-Signature=[0-9a-f]{64}/);
  expect(new URL(url).hostname).not.toBe(new URL(registry.origin).hostname);
  const part = await fetch(url, { headers: { Range: "bytes=2-4" } });
  expect([part.status, await part.text()]).toEqual([206, "234"]);
  expect((await fetch(url, { headers: { Authorization: "Bearer token" } })).status).toBe(400);
  expect((await fetch(url, { method: "HEAD" })).status).toBe(403);
  expect((await fetch(url.replace(/Signature=./, "Signature=x"))).status).toBe(403);
  expect(registry.requests.map(({ server }) => server)).toEqual(["registry", "blobs", "blobs", "blobs", "blobs"]);
});

test("URLs expire, at once or after some requests; new ones hold", async () => {
  await using registry = await startTestRegistry({ blobsAt: "other-host" });
  const { digest } = registry.pushBlob("org/model", content);
  const sign = async (): Promise<string> => {
    const path = `${registry.origin}/v2/org/model/blobs/${digest}`;
    return (await fetch(path, { redirect: "manual" })).headers.get("location") ?? "";
  };
  const first = await sign();
  registry.blobStore.expireUrls();
  expect((await fetch(first)).status).toBe(403);
  const second = await sign();
  registry.blobStore.expireUrls({ afterRequests: 2 });
  const statuses = [await fetch(second), await fetch(second), await fetch(second), await fetch(await sign())];
  expect(statuses.map(({ status }) => status)).toEqual([200, 200, 403, 200]);
});

test("its faults are its own", async () => {
  await using registry = await startTestRegistry({ blobsAt: "other-host" });
  const { digest } = registry.pushBlob("org/model", content);
  registry.blobStore.inject({ kind: "status", status: 503, times: 1 });
  const path = `${registry.origin}/v2/org/model/blobs/${digest}`;
  expect([(await fetch(path)).status, (await fetch(path)).status]).toEqual([503, 200]);
});
