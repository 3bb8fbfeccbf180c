import { expect, test } from "vitest";
import { contentOf } from "../content/file-content.ts";
import { fileServer, large, text } from "../testing/file-server.ts";
import { parseAnswer, rawClient, rawGet } from "../testing/raw-client.ts";

test.each([0, 200_000, 300_001])(
  "a stall after %d bytes ends when it is withdrawn, and everything comes",
  async (afterBytes) => {
    await using server = await fileServer();
    const fault = server.inject({ kind: "stall", afterBytes });
    using client = await rawClient(server);
    client.get("/large", "Connection: close");
    await fault.acted;
    expect(server.bodyBytesSent).toBe(afterBytes);
    const { length } = await client.until("\r\n\r\n");
    await client.until(length - parseAnswer(await client.until(0)).body.length + afterBytes);
    fault.withdraw();
    expect(parseAnswer((await client.untilEnd()).bytes).body.equals(contentOf(large))).toBe(true);
  },
);

test("a stall ends when the client leaves", async () => {
  await using server = await fileServer();
  const fault = server.inject({ kind: "stall", afterBytes: 5 });
  using client = await rawClient(server);
  client.get("/file");
  await fault.acted;
  client.socket.destroy();
  await server.allConnectionsClosed();
  expect(server.bodyBytesSent).toBe(5);
});

test("no answer comes, until it is withdrawn", async () => {
  await using server = await fileServer();
  const fault = server.inject({ kind: "stall-head" });
  using client = await rawClient(server);
  client.get("/file");
  await fault.acted;
  expect(server.requests).toMatchObject([{ status: undefined }]);
  expect(await client.until(0)).toHaveLength(0);
  fault.withdraw();
  await client.until(text);
});

test("latency holds the answer back, not the record of the request", async () => {
  await using server = await fileServer();
  const fault = server.inject({ kind: "latency", ms: 30 });
  const began = performance.now();
  const answer = rawGet(server, "/file");
  await fault.acted;
  expect(server.requests).toMatchObject([{ status: undefined }]);
  expect((await answer).body.toString()).toBe(text);
  expect(performance.now() - began).toBeGreaterThan(28);
});

test("a throttled body comes no faster than it is to", async () => {
  await using server = await fileServer();
  server.inject({ kind: "throttle", bytesPerSecond: 3_000_010 });
  const began = performance.now();
  const { body } = await rawGet(server, "/large");
  expect(performance.now() - began).toBeGreaterThan(99);
  expect(body.equals(contentOf(large))).toBe(true);
});

test.each(["head", "body"] as const)("a %s that drips comes no sooner than it is to", async (part) => {
  await using server = await fileServer();
  server.inject({ kind: "drip", bytesPerSecond: 500, part });
  using client = await rawClient(server);
  let pieces = 0;
  client.socket.on("data", () => pieces++);
  const began = performance.now();
  client.get("/file", "Connection: close");
  const { bytes } = await client.untilEnd();
  const slow = part === "body" ? text.length : bytes.length - text.length;
  expect(performance.now() - began).toBeGreaterThan(slow * 2 - 1);
  expect(parseAnswer(bytes).body.toString()).toBe(text);
});

test("several faults act on one answer", async () => {
  await using server = await fileServer();
  const stall = server.inject({ kind: "stall", afterBytes: 2 });
  server.inject({ kind: "cut", afterBytes: 5 });
  server.inject({ kind: "corrupt", atByte: 1 });
  server.inject({ kind: "etag", value: '"v2"' });
  using client = await rawClient(server);
  client.get("/file");
  await stall.acted;
  stall.withdraw();
  const { headers, body } = parseAnswer((await client.untilEnd()).bytes);
  expect([headers["etag"], body.toString("latin1")]).toEqual(['"v2"', `0${String.fromCharCode(0x31 ^ 0xff)}234`]);
});
