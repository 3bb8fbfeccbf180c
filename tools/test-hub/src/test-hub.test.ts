import { expect, test } from "vitest";
import { startTestHub, type TestHub } from "./test-hub.ts";
import { readBody } from "./testing/read-body.ts";

test("requests are on record, with the path as it was sent and what was answered", async () => {
  await using hub = await startTestHub();
  hub.addRepository("org/repo", { files: { "a b.gguf": "weights" } });
  await fetch(`${hub.endpoint}/org/repo/resolve/main/a%20b.gguf?download=true`, { headers: { "X-Mine": "1" } });
  expect(hub.requests).toMatchObject([
    {
      server: "hub",
      method: "GET",
      path: "/org/repo/resolve/main/a%20b.gguf?download=true",
      headers: { "x-mine": "1" },
      status: 302,
    },
    {
      server: "cdn",
      method: "GET",
      path: expect.stringMatching(/^\/repos\/org\/repo\/.*a%20b\.gguf/),
      status: 200,
      bodyBytes: 7,
    },
  ]);
  const [first, second] = hub.requests;
  expect(first?.startedMs).toBeLessThanOrEqual(second?.startedMs ?? 0);
});

test("a repository that is added again replaces the one before", async () => {
  await using hub = await startTestHub();
  hub.addRepository("org/repo", { files: { a: "one" } });
  const { url } = hub.addRepository("org/repo", { files: { a: "two" } });
  expect(await (await fetch(`${url}/resolve/main/a`)).text()).toBe("two");
});

test("two hubs know nothing of each other", async () => {
  await using one = await startTestHub();
  await using other = await startTestHub();
  one.addRepository("org/repo", { files: { a: "" } });
  expect((await fetch(`${other.endpoint}/api/models/org/repo`)).status).toBe(401);
  expect(one.requests).toEqual([]);
});

test.each(["stall", "latency", "throttle"] as const)("closing ends a request in the middle of a %s", async (kind) => {
  const timersBefore = timers();
  const hub = await hubWithModel();
  const fault = hub.inject({ kind, afterBytes: 10, ms: 3_600_000, bytesPerSecond: 1 });
  const body = fetch(`${hub.endpoint}/org/repo/resolve/main/a.txt`).then(readBody, (error: unknown) => error);
  await fault.acted;
  await hub[Symbol.asyncDispose]();
  await body;
  expect(timers()).toBeLessThanOrEqual(timersBefore);
  await expect(fetch(hub.endpoint)).rejects.toThrow(TypeError);
});

test("a client that goes away in the middle leaves nothing behind", async () => {
  const timersBefore = timers();
  await using hub = await hubWithModel();
  const fault = hub.inject({
    kind: "stall",
    afterBytes: 10,
    when: ({ path }) => path.startsWith("/api/resolve-cache/"),
  });
  const controller = new AbortController();
  const response = await fetch(`${hub.endpoint}/org/repo/resolve/main/a.txt`, { signal: controller.signal });
  await fault.acted;
  controller.abort();
  await expect(response.text()).rejects.toThrow("abort");
  fault();
  expect((await fetch(`${hub.endpoint}/org/repo/resolve/main/a.txt`)).status).toBe(200);
  expect(timers()).toBeLessThanOrEqual(timersBefore);
});

/** A file of the Hub itself, so that all is on one server. */
async function hubWithModel(): Promise<TestHub> {
  const hub = await startTestHub({ delivery: "plain" });
  hub.addRepository("org/repo", { files: { "a.txt": { sizeBytes: 1_000_000, seed: 1 } }, delivery: "redirect" });
  return hub;
}

/** Those that keep the process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}
