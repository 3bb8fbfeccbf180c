import { expect, test } from "vitest";
import { contentOf } from "../content/file-content.ts";
import { fileServer, large, text } from "../testing/file-server.ts";
import { rawClient, rawGet } from "../testing/raw-client.ts";
import { tooManyRequests } from "./fault.ts";

const ranged = "Range: bytes=2-4";

test("a status comes instead of the answer, as often as it is to", async () => {
  await using server = await fileServer();
  const fault = server.inject({ kind: "status", status: 503, times: 2, headers: { "X-Why": "test" }, body: "Later." });
  for (let count = 1; count <= 2; count++) {
    const { statusLine, headers, body } = await rawGet(server, "/file");
    expect([statusLine, headers["x-why"], body.toString()]).toEqual([
      "HTTP/1.1 503 Service Unavailable",
      "test",
      "Later.",
    ]);
    expect(fault.count()).toBe(count);
  }
  expect((await rawGet(server, "/file")).statusLine).toContain("200");
});

test("the reason may be another one", async () => {
  await using server = await fileServer();
  server.inject({ kind: "status", status: 299, reason: "Strange" });
  expect((await rawGet(server, "/file")).statusLine).toBe("HTTP/1.1 299 Strange");
});

test("429 says when to come again", async () => {
  await using server = await fileServer();
  server.inject(tooManyRequests("7"));
  const { statusLine, headers } = await rawGet(server, "/file");
  expect([statusLine, headers["retry-after"]]).toEqual(["HTTP/1.1 429 Too Many Requests", "7"]);
});

test("it acts on what matches, and not when it is withdrawn", async () => {
  await using server = await fileServer();
  const fault = server.inject({ kind: "status", status: 500, when: ({ headers }) => headers["x-bad"] === "yes" });
  expect((await rawGet(server, "/file")).statusLine).toContain("200");
  expect((await rawGet(server, "/file", "X-Bad: yes")).statusLine).toContain("500");
  await fault.acted;
  fault.withdraw();
  fault.withdraw();
  expect((await rawGet(server, "/file", "X-Bad: yes")).statusLine).toContain("200");
  expect(fault.count()).toBe(1);
});

test("a log-in page", async () => {
  await using server = await fileServer();
  server.inject({ kind: "html" });
  const { statusLine, headers, body } = await rawGet(server, "/file", ranged);
  expect(statusLine).toContain("200");
  expect(headers).toMatchObject({ "content-type": "text/html; charset=utf-8", "content-length": String(body.length) });
  expect(headers).not.toHaveProperty("etag");
  expect(body.toString()).toContain("<form");
});

test("a range that is ignored", async () => {
  await using server = await fileServer();
  server.inject({ kind: "ignore-range" });
  const { statusLine, headers, body } = await rawGet(server, "/file", ranged);
  expect([statusLine, body.toString()]).toEqual(["HTTP/1.1 200 OK", text]);
  expect(headers).not.toHaveProperty("content-range");
});

test.each([
  [{}, "bytes 0-9/10", text],
  [{ from: 3 }, "bytes 3-9/10", text.slice(3)],
  [{ from: 3, to: 5 }, "bytes 3-5/10", "345"],
])("a range nobody asked for: %j", async (which, contentRange, part) => {
  await using server = await fileServer();
  server.inject({ kind: "unasked-range", ...which });
  const { statusLine, headers, body } = await rawGet(server, "/file");
  expect([statusLine, headers["content-range"], body.toString()]).toEqual([
    "HTTP/1.1 206 Partial Content",
    contentRange,
    part,
  ]);
});

test.each([
  [{}, "bytes */10"],
  [{ total: 99 }, "bytes */99"],
  [{ total: "*" }, "bytes */*"],
] as const)("a range that cannot be had: %j", async (total, contentRange) => {
  await using server = await fileServer();
  server.inject({ kind: "range-not-satisfiable", ...total });
  const { statusLine, headers } = await rawGet(server, "/file", ranged);
  expect([statusLine, headers["content-range"]]).toEqual(["HTTP/1.1 416 Range Not Satisfiable", contentRange]);
});

test("a range as the one part of several", async () => {
  await using server = await fileServer();
  server.inject({ kind: "multipart" });
  const { statusLine, headers, body } = await rawGet(server, "/file", ranged);
  const [, boundary] = /^multipart\/byteranges; boundary=(.+)$/.exec(headers["content-type"] ?? "") ?? [];
  expect(statusLine).toContain("206");
  expect(headers).not.toHaveProperty("content-range");
  expect(headers["content-length"]).toBe(String(body.length));
  expect(body.toString()).toBe(
    `--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes 2-4/10\r\n\r\n234\r\n--${boundary}--\r\n`,
  );
});

test("another validator counts for what is answered and for what is asked", async () => {
  await using server = await fileServer();
  server.inject({ kind: "etag", value: '"v2"' });
  const { headers, body } = await rawGet(server, "/file", ranged);
  expect([headers["etag"], body.toString()]).toEqual(['"v2"', "234"]);
  expect((await rawGet(server, "/file", ranged, 'If-Range: "v1"')).statusLine).toContain("200");
  expect((await rawGet(server, "/file", ranged, 'If-Range: "v2"')).statusLine).toContain("206");
  expect((await rawGet(server, "/file", 'If-Match: "v1"')).statusLine).toContain("412");
});

test("no validator", async () => {
  await using server = await fileServer();
  server.inject({ kind: "etag", value: null });
  const { statusLine, headers } = await rawGet(server, "/file", ranged, 'If-Range: "v1"');
  expect(statusLine).toContain("200");
  expect(headers).not.toHaveProperty("etag");
});

test.each([
  ["the whole", 0, 300_001, []],
  ["a range", 123_000, 300_001, ["Range: bytes=123000-"]],
  ["a range that ends with it", 0, 200_001, ["Range: bytes=0-200000"]],
])("of %s the same byte of the file is wrong, and no other", async (_, start, end, lines) => {
  await using server = await fileServer();
  server.inject({ kind: "corrupt", atByte: 200_000 });
  const expected = contentOf(large);
  expected[200_000] = (expected[200_000] ?? 0) ^ 0xff;
  const { body } = await rawGet(server, "/large", ...lines);
  expect(body.equals(expected.subarray(start, end))).toBe(true);
});

test("of a range without the byte nothing is wrong, and it has not acted", async () => {
  await using server = await fileServer();
  const fault = server.inject({ kind: "corrupt", atByte: 200_000 });
  expect((await rawGet(server, "/large", "Range: bytes=0-199999")).body.equals(contentOf(large, 0, 200_000))).toBe(
    true,
  );
  expect((await rawGet(server, "/large", "Range: bytes=200001-")).body.equals(contentOf(large, 200_001))).toBe(true);
  expect(fault.count()).toBe(0);
});

test.each([
  ["drop", false],
  ["reset", true],
] as const)("%s: no answer at all", async (kind, reset) => {
  for (const tls of [false, true]) {
    await using server = await fileServer({ tls });
    const fault = server.inject({ kind });
    using client = await rawClient(server);
    client.get("/file");
    expect(await client.untilEnd()).toEqual({ bytes: Buffer.alloc(0), reset });
    expect(fault.count()).toBe(1);
    expect(server.requests).toMatchObject([{ status: undefined, bodyBytesSent: 0 }]);
  }
});

test("a kept connection may end when it is used again", async () => {
  await using server = await fileServer();
  server.inject({ kind: "drop", when: ({ exchange }) => exchange === 2 });
  using client = await rawClient(server);
  client.get("/file");
  await client.until(text);
  client.get("/file");
  const { bytes } = await client.untilEnd();
  expect(bytes.toString().split(text)).toHaveLength(2);
});
