import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { contentOf, type FaultEffect } from "../../../../tools/fault-server/src/index.ts";
import { bodyOf, failureOf, get, open, serve, type Served } from "../testing/serve.ts";

const file = { sizeBytes: 2_000_000, seed: "exchange" };

async function serveFile(
  options: Parameters<typeof serve>[0] = {},
  serverOptions: Parameters<typeof serve>[1] = {},
): Promise<Served & { readonly url: string }> {
  const served = await serve(options, serverOptions);
  served.server.put("/f", { content: file });
  return {
    ...served,
    url: `${served.server.origin}/f`,
    [Symbol.asyncDispose]: served[Symbol.asyncDispose].bind(served),
  };
}

describe("connections are used again", () => {
  test.each([{}, { tls: true }])("one for all requests: %j", async (serverOptions) => {
    await using served = await serveFile({}, serverOptions);
    for (let round = 0; round < 5; round += 1) {
      expect((await get(served.client, served.url)).body.equals(contentOf(file))).toBe(true);
      expect((await get(served.client, served.url, { method: "HEAD" })).body).toHaveLength(0);
    }
    expect(served.server.connections).toBe(1);
  });

  test("after chunks as well", async () => {
    await using served = await serveFile();
    served.server.inject({ kind: "chunked" });
    await get(served.client, served.url);
    await get(served.client, served.url);
    expect(served.server.connections).toBe(1);
  });

  test.each<FaultEffect>([{ kind: "close-after" }, { kind: "no-length" }, { kind: "no-length", httpVersion: "1.0" }])(
    "not after %j",
    async (fault) => {
      await using served = await serveFile();
      served.server.inject(fault);
      await get(served.client, served.url);
      await get(served.client, served.url);
      expect(served.server.connections).toBe(2);
    },
  );

  test.each(["drop", "reset"] as const)(
    "one that the server ends instead of answering: GET and HEAD go on with a new one (%s)",
    async (kind) => {
      await using served = await serveFile();
      for (const method of ["GET", "HEAD"] as const) {
        await get(served.client, served.url);
        served.server.inject({ kind, times: 1 });
        expect((await get(served.client, served.url, { method })).status).toBe(200);
      }
      expect(served.server.connections).toBe(3);
    },
  );

  test("a POST may have been acted on: it fails", async () => {
    await using served = await serveFile();
    served.server.route("/post", async (_request, wire) => {
      await wire.write(Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
    });
    const url = `${served.server.origin}/post`;
    await get(served.client, url, { method: "POST", body: "ü" });
    served.server.inject({ kind: "drop", times: 1 });
    await expect(get(served.client, url, { method: "POST", body: "b" })).rejects.toMatchObject({
      code: "TRANSFER_BROKEN_OFF",
    });
    await get(served.client, url, { method: "POST" });
    expect(served.server.requests.map(({ body }) => String(body))).toEqual(["ü", "b", ""]);
    expect(served.server.requests[2]?.headers["content-length"]).toBe("0");
  });

  test("a new connection that ends without an answer is a failure, and tried once", async () => {
    await using served = await serveFile();
    served.server.inject({ kind: "drop" });
    await expect(get(served.client, served.url)).rejects.toMatchObject({ code: "TRANSFER_BROKEN_OFF" });
    expect(served.server.requests).toHaveLength(1);
  });

  test("one that has begun to answer is no idle one that was closed", async () => {
    await using served = await serveFile();
    await get(served.client, served.url);
    served.server.inject({ kind: "cut-head", afterBytes: 10 });
    await expect(get(served.client, served.url)).rejects.toMatchObject({ code: "TRANSFER_BROKEN_OFF" });
    expect(served.server.requests).toHaveLength(2);
  });

  test("to dispose of an answer twice gives its connection back once", async () => {
    await using served = await serveFile({ maxConnections: 1 });
    for (let round = 0; round < 3; round += 1) {
      const answer = await open(served.client, served.url);
      await bodyOf(answer);
      await answer[Symbol.asyncDispose]();
      await answer[Symbol.asyncDispose]();
    }
    // Two at once on one connection would mix their answers up.
    const both = await Promise.all([get(served.client, served.url), get(served.client, served.url)]);
    expect(both.every(({ body }) => body.equals(contentOf(file)))).toBe(true);
    expect(served.server.connections).toBe(1);
  });
});

describe("heads", () => {
  test("interim answers are passed over, ten at most", async () => {
    await using served = await serveFile();
    const fault = served.server.inject({ kind: "informational", repeat: 10 });
    expect((await get(served.client, served.url)).status).toBe(200);
    fault.withdraw();
    served.server.inject({ kind: "informational", repeat: 11 });
    await expect(get(served.client, served.url)).rejects.toMatchObject({ code: "TRANSFER_ANSWER_INVALID" });
  });

  test.each<FaultEffect>([
    { kind: "long-head", bytes: 60_000 },
    { kind: "long-head", bytes: 200_000, lines: 1_000 },
    { kind: "bad-status-line", text: "220 FTP ready" },
    { kind: "informational", status: 101 },
    { kind: "headers", headers: { "X-A": "one\r\n folded" } },
  ])("refused: %j", async (fault) => {
    await using served = await serveFile();
    served.server.inject(fault);
    await expect(get(served.client, served.url)).rejects.toMatchObject({ code: "TRANSFER_ANSWER_INVALID" });
    await served.server.allConnectionsClosed();
  });

  test("too long a head is no break, though the connection has ended as well", async () => {
    await using served = await serveFile();
    served.server.route("/long", async (_request, wire) => {
      await wire.write(Buffer.from(`HTTP/1.1 200 OK\r\nX-A: ${"x".repeat(50_000)}`));
      wire.end("fin");
    });
    await expect(get(served.client, `${served.server.origin}/long`)).rejects.toMatchObject({
      code: "TRANSFER_ANSWER_INVALID",
    });
  });

  test("lines that end in LF alone are no head", async () => {
    await using served = await serveFile();
    served.server.route("/lf", async (_request, wire) => {
      await wire.write(Buffer.from("HTTP/1.1 200 OK\nContent-Length: 40\n\nContent-Length: 0\r\n\r\n"));
      wire.end("fin");
    });
    await expect(get(served.client, `${served.server.origin}/lf`)).rejects.toMatchObject({
      code: "TRANSFER_ANSWER_INVALID",
    });
  });

  test("a head of nearly the limit is read", async () => {
    await using served = await serveFile();
    served.server.inject({ kind: "long-head", bytes: 40_000, lines: 20 });
    expect((await get(served.client, served.url)).status).toBe(200);
  });
});

describe("waiting has an end", () => {
  test.each<FaultEffect>([{ kind: "stall-head" }, { kind: "drip", part: "head", bytesPerSecond: 50 }])(
    "no whole head in time: %j",
    async (fault) => {
      await using served = await serveFile({ answerTimeoutMs: 150 });
      served.server.inject(fault);
      await expect(get(served.client, served.url)).rejects.toMatchObject({
        code: "TRANSFER_STALLED",
        facts: { windowMs: 150 },
      });
      await served.server.allConnectionsClosed();
    },
  );

  test.each<FaultEffect>([
    { kind: "stall", afterBytes: 100_000 },
    { kind: "drip", part: "body", bytesPerSecond: 500 },
  ])("too few bytes for too long: %j", async (fault) => {
    await using served = await serveFile({ stallTimeoutMs: 200, minBytesPerSecond: 1_000_000 });
    served.server.inject(fault);
    await expect(get(served.client, served.url)).rejects.toMatchObject({ code: "TRANSFER_STALLED" });
    await served.server.allConnectionsClosed();
  });

  test("what came is handed on, though it fills no buffer", async () => {
    await using served = await serveFile();
    const stall = served.server.inject({ kind: "stall", afterBytes: 10 });
    await using answer = await open(served.client, served.url);
    const pieces = answer.pieces();
    const first = await pieces.next();
    expect(first.done === true ? 0 : first.value.length).toBe(10);
    stall.withdraw();
    let length = 10;
    for await (const piece of pieces) length += piece.length;
    expect(length).toBe(file.sizeBytes);
  });
});

describe("aborted", () => {
  const reason = new Error("the user has gone home");

  test("before it begins", async () => {
    await using served = await serveFile();
    const signal = AbortSignal.abort(reason);
    await expect(get(served.client, served.url, { signal })).rejects.toBe(reason);
    expect(served.server.connections).toBe(0);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  test("while its name is resolved", async () => {
    const asked = Promise.withResolvers<void>();
    await using served = await serveFile({ lookup: () => asked.resolve() });
    const stopping = new AbortController();
    const failed = failureOf(get(served.client, "http://models.test/", { signal: stopping.signal }));
    await asked.promise;
    stopping.abort(reason);
    expect(await failed).toBe(reason);
    expect(getEventListeners(stopping.signal, "abort")).toHaveLength(0);
  });

  test("while TLS is begun", async () => {
    await using served = await serveFile({}, { tls: true });
    const fault = served.server.injectOnConnection({ kind: "stall" });
    const stopping = new AbortController();
    const failed = failureOf(get(served.client, served.url, { signal: stopping.signal }));
    await fault.acted;
    stopping.abort(reason);
    expect(await failed).toBe(reason);
    expect(getEventListeners(stopping.signal, "abort")).toHaveLength(0);
    await served.server.allConnectionsClosed();
  });

  test.each<FaultEffect>([
    { kind: "stall-head" },
    { kind: "stall", afterBytes: 0 },
    { kind: "stall", afterBytes: 100_000 },
  ])("while bytes are waited for: %j", async (fault) => {
    await using served = await serveFile();
    const stall = served.server.inject(fault);
    const stopping = new AbortController();
    const failed = failureOf(get(served.client, served.url, { signal: stopping.signal }));
    await stall.acted;
    stopping.abort(reason);
    expect(await failed).toBe(reason);
    expect(getEventListeners(stopping.signal, "abort")).toHaveLength(0);
    await served.server.allConnectionsClosed();
  });

  test.each([undefined, null, "a text", 0])("with %s for a reason: that one", async (odd) => {
    await using served = await serveFile();
    const stall = served.server.inject({ kind: "stall", afterBytes: 100_000 });
    const stopping = new AbortController();
    const failed = failureOf(get(served.client, served.url, { signal: stopping.signal }));
    await stall.acted;
    stopping.abort(odd);
    expect(await failed).toBe(stopping.signal.reason);
  });

  test("between two pieces: no more of them, though they are here", async () => {
    await using served = await serveFile();
    const stall = served.server.inject({ kind: "stall", afterBytes: 1_000_000 });
    const stopping = new AbortController();
    await using answer = await open(served.client, served.url, { signal: stopping.signal });
    const pieces = answer.pieces();
    await pieces.next();
    await stall.acted;
    // Time for them to come: where they have not, there is nothing to hand on either.
    for (let turn = 0; turn < 100; turn += 1) await new Promise(setImmediate);
    stopping.abort(reason);
    await expect(pieces.next()).rejects.toBe(reason);
    await served.server.allConnectionsClosed();
  });

  test("after the answer is disposed of: nothing", async () => {
    await using served = await serveFile();
    const stopping = new AbortController();
    await get(served.client, served.url, { signal: stopping.signal });
    expect(getEventListeners(stopping.signal, "abort")).toHaveLength(0);
    stopping.abort(reason);
    await get(served.client, served.url);
    expect(served.server.connections).toBe(1);
  });
});

test("whoever stops in the middle of a body loses the connection", async () => {
  await using served = await serveFile();
  {
    await using answer = await open(served.client, served.url);
    for await (const piece of answer.pieces()) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
  }
  await served.server.allConnectionsClosed();
  expect((await get(served.client, served.url)).body).toHaveLength(file.sizeBytes);
  expect(served.server.connections).toBe(2);
});

test("a body that nobody reads closes the connection, one of no bytes does not", async () => {
  await using served = await serveFile();
  await (await open(served.client, served.url))[Symbol.asyncDispose]();
  await served.server.allConnectionsClosed();
  served.server.put("/empty", { content: new Uint8Array() });
  await (await open(served.client, `${served.server.origin}/empty`))[Symbol.asyncDispose]();
  await get(served.client, served.url);
  expect(served.server.connections).toBe(2);
});

test("a reset in the middle has what the system said for a cause", async () => {
  await using served = await serveFile();
  served.server.inject({ kind: "cut", afterBytes: 500_000, how: "reset" });
  await expect(get(served.client, served.url)).rejects.toMatchObject({
    code: "TRANSFER_BROKEN_OFF",
    facts: { systemCode: "ECONNRESET" },
    cause: { code: "ECONNRESET" },
  });
});

test.each(["drop", "reset"] as const)("a connection that ends before anything is said: %s", async (kind) => {
  await using served = await serveFile();
  served.server.injectOnConnection({ kind });
  // A reset may overtake the news of the connection.
  const code: unknown = expect.stringMatching(/^TRANSFER_(?:BROKEN_OFF|UNREACHABLE)$/);
  await expect(get(served.client, served.url)).rejects.toMatchObject({ code });
});
