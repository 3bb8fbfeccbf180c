import { hash } from "node:crypto";
import { expect, test } from "vitest";
import { startTestHub, type TestHub, type TestHubOptions } from "../test-hub.ts";

const content = "the weights";

test("the CDN is on another hostname, and gives an LFS file for a signed URL", async () => {
  await using hub = await hubWithModel();
  const response = await fetch(await signedUrl(hub));
  expect(new URL(hub.cdnOrigin).hostname).not.toBe(new URL(hub.endpoint).hostname);
  expect(response.url).toContain(hub.cdnOrigin);
  expect(response.status).toBe(200);
  expect(response.headers.get("etag")).toBe(`"${hash("sha256", content)}"`);
  expect(response.headers.get("content-disposition")).toContain('filename="model.gguf"');
  expect(await response.text()).toBe(content);
});

test("an expired URL is refused, and the Hub gives a new one", async () => {
  let now = Date.now();
  await using hub = await hubWithModel({ now: () => now, signedUrlLifetimeMs: 60_000 });
  const url = await signedUrl(hub);
  now += 61_000;
  const response = await fetch(url);
  expect(response.status).toBe(403);
  expect(await response.text()).toContain("expired");
  expect((await fetch(await signedUrl(hub))).status).toBe(200);
});

test("an altered URL, one without a signature, and one for something that is not there are refused", async () => {
  await using hub = await hubWithModel();
  const url = await signedUrl(hub);
  for (const altered of [url.replace("org/repo", "org/other"), url.split("?", 1).join(""), `${url}0`]) {
    expect((await fetch(altered)).status).toBe(403);
  }
  hub.addRepository("org/repo", { files: {} });
  expect((await fetch(url)).status).toBe(403);
});

test("a token that reaches the CDN is on record; fetch does not take it there", async () => {
  await using hub = await hubWithModel();
  hub.addToken("hf_secret", { user: "ann", canRead: [] });
  const headers = { Authorization: "Bearer hf_secret" };
  await (await fetch(`${hub.endpoint}/org/repo/resolve/main/model.gguf`, { headers })).text();
  const sent = (): readonly (string | undefined)[] =>
    hub.requests.filter(({ server }) => server === "cdn").map((request) => request.headers.authorization);
  expect(hub.requests[0]?.headers.authorization).toBe("Bearer hf_secret");
  expect(sent()).toEqual([undefined]);
  await (await fetch(await signedUrl(hub), { headers })).text();
  expect(sent()).toEqual([undefined, "Bearer hf_secret"]);
});

async function hubWithModel(options?: TestHubOptions): Promise<TestHub> {
  const hub = await startTestHub(options);
  hub.addRepository("org/repo", { files: { "model.gguf": content } });
  return hub;
}

async function signedUrl(hub: TestHub): Promise<string> {
  const response = await fetch(`${hub.endpoint}/org/repo/resolve/main/model.gguf`, { redirect: "manual" });
  return response.headers.get("location") ?? "";
}
