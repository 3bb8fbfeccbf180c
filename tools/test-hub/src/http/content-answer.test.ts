import { expect, test } from "vitest";
import { startTestHub, type TestHub } from "../test-hub.ts";

const content = "0123456789";
const paths = ["config.json", "model.gguf"]; // the Hub gives one, the CDN the other

test.each(paths)("%s: a range is that part of it", async (path) => {
  await using hub = await hubWithFiles();
  for (const [range, expected, contentRange] of [
    ["bytes=0-0", "0", "bytes 0-0/10"],
    ["bytes=3-", "3456789", "bytes 3-9/10"],
    ["bytes=3-5", "345", "bytes 3-5/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
    ["bytes=-3", "789", "bytes 7-9/10"],
    ["bytes=-99", content, "bytes 0-9/10"],
  ]) {
    const response = await get(hub, path, { Range: String(range) });
    expect(response.status).toBe(206);
    expect(response.headers.get("content-range")).toBe(contentRange);
    expect(response.headers.get("content-length")).toBe(String(expected?.length));
    expect(await response.text()).toBe(expected);
  }
});

test.each(paths)("%s: a range that begins behind the end is none", async (path) => {
  await using hub = await hubWithFiles();
  for (const range of ["bytes=10-", "bytes=10-11", "bytes=-0"]) {
    const response = await get(hub, path, { Range: range });
    expect(response.status).toBe(416);
    expect(response.headers.get("content-range")).toBe("bytes */10");
  }
});

test.each(["bytes=", "bytes=-", "bytes=5-3", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b"])(
  '"%s" is not understood, and ignored',
  async (range) => {
    await using hub = await hubWithFiles();
    const response = await get(hub, "config.json", { Range: range });
    expect(response.status).toBe(200);
    expect(response.headers.get("accept-ranges")).toBe("bytes");
    expect(await response.text()).toBe(content);
  },
);

test.each(paths)("%s: If-Range gives the whole of what has changed", async (path) => {
  await using hub = await hubWithFiles();
  const etag = (await get(hub, path, {})).headers.get("etag") ?? "";
  expect((await get(hub, path, { Range: "bytes=5-", "If-Range": etag })).status).toBe(206);
  const changed = await get(hub, path, { Range: "bytes=5-", "If-Range": '"old"' });
  expect(changed.status).toBe(200);
  expect(await changed.text()).toBe(content);
});

test("who has it already is told so", async () => {
  await using hub = await hubWithFiles();
  const etag = (await get(hub, "config.json", {})).headers.get("etag") ?? "";
  const response = await get(hub, "config.json", { "If-None-Match": etag });
  expect(response.status).toBe(304);
  expect(await response.text()).toBe("");
  expect((await get(hub, "config.json", { "If-None-Match": '"old"' })).status).toBe(200);
});

test("an empty file has no ranges", async () => {
  await using hub = await startTestHub();
  hub.addRepository("org/repo", { files: { "empty.txt": "" } });
  expect(await (await get(hub, "empty.txt", {})).text()).toBe("");
  expect((await get(hub, "empty.txt", { Range: "bytes=0-" })).status).toBe(416);
});

async function hubWithFiles(): Promise<TestHub> {
  const hub = await startTestHub();
  hub.addRepository("org/repo", { files: Object.fromEntries(paths.map((path) => [path, content])) });
  return hub;
}

async function get(hub: TestHub, path: string, headers: Record<string, string>): Promise<Response> {
  return fetch(`${hub.endpoint}/org/repo/resolve/main/${path}`, { headers });
}
