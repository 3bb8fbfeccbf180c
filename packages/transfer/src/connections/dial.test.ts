import { networkInterfaces } from "node:os";
import { createServer } from "node:net";
import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { contentOf, startFaultServer } from "../../../../tools/fault-server/src/index.ts";
import { httpClient } from "../http/http-client.ts";
import { get, resolver, serve } from "../testing/serve.ts";

const file = { sizeBytes: 1_500_000, seed: "dial" };
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === "::1"));

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = await startFaultServer();
  await server.close();
  return server.port;
}

describe("names and ports", () => {
  test.each(["ENOTFOUND", "EAI_AGAIN", "EAI_FAIL", "ESERVFAIL"])("a name that does not resolve: %s", async (code) => {
    await using served = await serve({
      lookup: (host, _options, callback) => callback(Object.assign(new Error(`getaddrinfo ${host}`), { code }), []),
    });
    for (const scheme of ["http", "https"]) {
      await expect(get(served.client, `${scheme}://models.test/`)).rejects.toMatchObject({
        code: "TRANSFER_HOST_UNKNOWN",
        facts: { host: "models.test", systemCode: code },
        cause: { code },
      });
    }
  });

  test("a name without addresses", async () => {
    await using served = await serve({ lookup: resolver({ "models.test": [] }) });
    await expect(get(served.client, "http://models.test/")).rejects.toMatchObject({ code: "TRANSFER_HOST_UNKNOWN" });
  });

  test.each(["http", "https"])("a port that nobody listens on: %s", async (scheme) => {
    await using served = await serve();
    const port = await freePort();
    await expect(get(served.client, `${scheme}://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: "TRANSFER_UNREACHABLE",
      facts: { host: "127.0.0.1", port, systemCode: "ECONNREFUSED" },
    });
  });

  test.runIf(hasIpv6)("several addresses, none of which answers (needs IPv6)", async () => {
    await using served = await serve({ lookup: resolver({ "models.test": ["::1", "127.0.0.1"] }) });
    await expect(get(served.client, `http://models.test:${await freePort()}/`)).rejects.toMatchObject({
      code: "TRANSFER_UNREACHABLE",
      facts: { systemCode: "ECONNREFUSED" },
    });
  });

  test.runIf(hasIpv6).each([{}, { tls: true }])(
    "several addresses, the second of which answers: %j (needs IPv6)",
    async (options) => {
      await using served = await serve({ lookup: resolver({ "models.test": ["::1", "127.0.0.1"] }) }, options);
      served.server.put("/f", { content: file });
      const url = `${options.tls === true ? "https" : "http"}://models.test:${served.server.port}/f`;
      expect((await get(served.client, url)).body.equals(contentOf(file))).toBe(true);
    },
  );

  test.runIf(hasIpv6).each([{}, { tls: true }])("an IPv6 address: %j (needs IPv6)", async (options) => {
    await using served = await serve({}, { ...options, host: "::1" });
    served.server.put("/f", { content: file });
    const url = `${options.tls === true ? "https" : "http"}://[::1]:${served.server.port}/f`;
    expect((await get(served.client, url)).body.equals(contentOf(file))).toBe(true);
    expect(served.server.requests[0]?.headers["host"]).toBe(`[::1]:${served.server.port}`);
  });

  test("a resolver that never answers", async () => {
    await using served = await serve({ connectTimeoutMs: 50, lookup: () => {} });
    await expect(get(served.client, "http://models.test/")).rejects.toMatchObject({
      code: "TRANSFER_UNREACHABLE",
      facts: { host: "models.test", port: 80, systemCode: "ETIMEDOUT" },
    });
  });
});

describe("TLS", () => {
  test("an authority of the caller's own is trusted", async () => {
    await using served = await serve({}, { tls: true });
    served.server.put("/f", { content: file });
    expect((await get(served.client, `${served.server.origin}/f`)).body.equals(contentOf(file))).toBe(true);
  });

  test("a name with a dot at its end is the name", async () => {
    await using served = await serve({ lookup: resolver({ "models.test.": ["127.0.0.1"] }) }, { tls: true });
    expect((await get(served.client, `https://models.test.:${served.server.port}/`)).status).toBe(404);
  });

  test("an unknown one is not, and the hint says what to do", async () => {
    await using served = await serve({}, { tls: true });
    await expect(get(httpClient(), served.server.origin)).rejects.toMatchObject({
      code: "TRANSFER_TLS",
      hint: expect.stringContaining("`ca`") as unknown,
      facts: { host: "localhost" },
    });
    expect(served.server.requests).toHaveLength(0);
  });

  test("a certificate of other hosts", async () => {
    await using served = await serve({ lookup: resolver({ "other.test": ["127.0.0.1"] }) }, { tls: true });
    await expect(get(served.client, `https://other.test:${served.server.port}/`)).rejects.toMatchObject({
      code: "TRANSFER_TLS",
      facts: { host: "other.test", reason: "ERR_TLS_CERT_ALTNAME_INVALID" },
    });
    expect(served.server.requests).toHaveLength(0);
  });

  test("a server that does not speak it", async () => {
    const server = createServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    try {
      const address = server.address();
      const port = typeof address === "object" ? address?.port : undefined;
      await using served = await serve();
      await expect(get(served.client, `https://127.0.0.1:${port}/`)).rejects.toMatchObject({
        code: "TRANSFER_TLS",
        hint: expect.stringContaining("http:") as unknown,
      });
    } finally {
      server.close();
    }
  });

  test("a server that says nothing", async () => {
    await using served = await serve({ connectTimeoutMs: 100 }, { tls: true });
    served.server.injectOnConnection({ kind: "stall" });
    await expect(get(served.client, served.server.origin)).rejects.toMatchObject({
      code: "TRANSFER_UNREACHABLE",
      facts: { systemCode: "ETIMEDOUT" },
    });
    await served.server.allConnectionsClosed();
  });

  test("a server that ends the connection in the middle of it", async () => {
    await using served = await serve({}, { tls: true });
    served.server.injectOnConnection({ kind: "drop" });
    await expect(get(served.client, served.server.origin)).rejects.toMatchObject({ code: "TRANSFER_UNREACHABLE" });
  });
});
