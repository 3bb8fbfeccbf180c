import { expect, test } from "vitest";
import { contentOf } from "../content/file-content.ts";
import { fileServer, large, text } from "../testing/file-server.ts";
import { parseAnswer, rawClient, rawGet } from "../testing/raw-client.ts";

test("chunks", async () => {
  await using server = await fileServer();
  server.inject({ kind: "chunked", chunkBytes: 4, extensions: ";a=b", trailers: { "X-After": "yes" } });
  const { headers, body } = await rawGet(server, "/file");
  expect(headers["transfer-encoding"]).toBe("chunked");
  expect(headers).not.toHaveProperty("content-length");
  expect(body.toString()).toBe("4;a=b\r\n0123\r\n4;a=b\r\n4567\r\n2;a=b\r\n89\r\n0\r\nX-After: yes\r\n\r\n");
});

test("a client puts chunks together", async () => {
  await using server = await fileServer();
  server.inject({ kind: "chunked", extensions: ";a" });
  const response = await fetch(`${server.origin}/large`);
  expect(contentOf(large).equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
});

test.each([0, 4, 10])("chunks that end after %d bytes", async (afterBytes) => {
  await using server = await fileServer();
  const fault = server.inject({ kind: "chunked-truncated", afterBytes });
  const { headers, body } = await rawGet(server, "/file");
  expect(headers["transfer-encoding"]).toBe("chunked");
  expect(body.toString()).toBe(afterBytes === 0 ? "" : `a\r\n${text.slice(0, afterBytes)}`);
  expect(fault.count()).toBe(1);
});

test.each([
  ["size", `zz\r\n${text}\r\n0\r\n\r\n`],
  ["huge", `${"f".repeat(17)}\r\n${text}\r\n0\r\n\r\n`],
  ["end", `a\r\n${text}0\r\n\r\n`],
] as const)("a chunk whose %s is wrong", async (what, expected) => {
  await using server = await fileServer();
  server.inject({ kind: "chunked-malformed", what });
  expect((await rawGet(server, "/file")).body.toString()).toBe(expected);
});

test.each([
  [7, "x".repeat(7)],
  [Buffer.from("HTTP/1.1 200 OK\r\n\r\n"), "HTTP/1.1 200 OK\r\n\r\n"],
])("more comes than was said, on a connection that goes on", async (bytes, surplus) => {
  await using server = await fileServer();
  server.inject({ kind: "surplus", bytes, times: 1 });
  using client = await rawClient(server);
  client.get("/file");
  const { headers, body } = parseAnswer(await client.until(`${text}${surplus}`));
  expect([headers["content-length"], body.toString()]).toEqual(["10", `${text}${surplus}`]);
  client.get("/missing");
  await client.until("Not Found");
  expect(server.requests[0]?.bodyBytesSent).toBe(10);
});

test.each([
  ["fin", false],
  ["reset", false],
  ["fin", true],
  ["reset", true],
] as const)("a cut by %s, with TLS: %s, comes after exactly so many bytes", async (how, tls) => {
  await using server = await fileServer({ tls });
  for (const afterBytes of [0, 1, 65_536, 200_001, 300_001]) {
    const fault = server.inject({ kind: "cut", afterBytes, how, times: 1 });
    using client = await rawClient(server);
    client.get("/large");
    const { bytes, reset } = await client.untilEnd();
    const { headers, body } = parseAnswer(bytes);
    expect([headers["content-length"], body.length, reset]).toEqual(["300001", afterBytes, how === "reset"]);
    expect(fault.count()).toBe(1);
    expect(server.requests.at(-1)?.bodyBytesSent).toBe(afterBytes);
  }
});

test("a cut counts the bytes that are sent, not those of the file; beyond them it does nothing", async () => {
  await using server = await fileServer();
  const fault = server.inject({ kind: "cut", afterBytes: 100 });
  expect((await rawGet(server, "/large", "Range: bytes=200000-")).body).toHaveLength(100);
  expect((await rawGet(server, "/large", "Range: bytes=200000-200050")).body).toHaveLength(51);
  expect(fault.count()).toBe(1);
});

test.each(["fin", "reset"] as const)("a head is cut by %s", async (how) => {
  await using server = await fileServer();
  server.inject({ kind: "cut-head", afterBytes: 20, how });
  using client = await rawClient(server);
  client.get("/file");
  const { bytes, reset } = await client.untilEnd();
  expect([bytes.length, reset]).toEqual([20, how === "reset"]);
});

test("for the same seed the same answers are reset at the same places", async () => {
  const lengths = async (): Promise<readonly (number | undefined)[]> => {
    await using server = await fileServer();
    const fault = server.inject({ kind: "random-reset", probability: 0.5, seed: 7 });
    for (let count = 0; count < 12; count++) {
      using client = await rawClient(server);
      client.get("/large", "Connection: close");
      const { bytes, reset } = await client.untilEnd();
      expect(parseAnswer(bytes).body.length < large.sizeBytes).toBe(reset);
    }
    expect(fault.count()).toBeGreaterThan(0);
    expect(fault.count()).toBeLessThan(12);
    return server.requests.map(({ bodyBytesSent }) => bodyBytesSent);
  };
  expect(await lengths()).toEqual(await lengths());
});
