import { describe, expect, test } from "vitest";
import {
  contentOf,
  type ProxyFault,
  startTestProxy,
  type TestProxyOptions,
} from "../../../../tools/fault-server/src/index.ts";
import type { HttpClientOptions } from "../http/http-client-options.ts";
import { failureOf, get, printed, serve, unaborted } from "../testing/serve.ts";
import { parseProxy, proxyFor, proxyFromEnvironment } from "./proxy.ts";

const file = { sizeBytes: 1_500_000, seed: "proxy" };

describe("the environment", () => {
  const p = "http://p:1";
  const q = "http://q:2";
  test.each<readonly [Record<string, string>, object]>([
    [{}, {}],
    [{ HTTP_PROXY: p }, { http: p }],
    [{ HTTPS_PROXY: p }, { https: p }],
    [{ https_proxy: p, HTTPS_PROXY: q }, { https: p }],
    [{ http_proxy: p, HTTP_PROXY: q }, { http: p }],
    [{ ALL_PROXY: p }, { http: p, https: p }],
    [
      { all_proxy: p, ALL_PROXY: q },
      { http: p, https: p },
    ],
    [
      { ALL_PROXY: p, HTTPS_PROXY: q },
      { http: p, https: q },
    ],
    [{ HTTP_PROXY: "", HTTPS_PROXY: " ", NO_PROXY: "" }, {}],
    [{ https_proxy: "", HTTPS_PROXY: p }, { https: p }],
    [{ HTTPS_PROXY: ` ${p} ` }, { https: p }],
    [{ HTTP_PROXY: p, REQUEST_METHOD: "GET" }, {}],
    [{ HTTP_PROXY: p, http_proxy: q, REQUEST_METHOD: "GET" }, { http: q }],
    [
      { HTTP_PROXY: p, http_proxy: "", ALL_PROXY: q, REQUEST_METHOD: "GET" },
      { http: q, https: q },
    ],
    [{ HTTPS_PROXY: p, REQUEST_METHOD: "GET" }, { https: p }],
    [{ NO_PROXY: "a.test, .b.test c.test,,", no_proxy: "" }, { except: ["a.test", ".b.test", "c.test"] }],
    [{ no_proxy: "a", NO_PROXY: "b" }, { except: ["a"] }],
  ])("%j", (env, expected) => {
    expect(proxyFromEnvironment(env)).toEqual(expected);
  });
});

describe("exceptions", () => {
  const rules = (...except: readonly string[]) => ({ http: "http://p:1", https: "http://p:1", except });
  test.each([
    ["http://example.com", "example.com"],
    ["http://EXAMPLE.com", "Example.COM"],
    ["http://example.com.", "example.com"],
    ["http://cdn.example.com", "example.com"],
    ["http://cdn.example.com", ".example.com"],
    ["http://cdn.example.com", "*.example.com"],
    ["http://example.com:8080", "example.com:8080"],
    ["https://example.com", "example.com:443"],
    ["http://example.com", "example.com:80"],
    ["http://10.1.2.3", "10.0.0.0/8"],
    ["http://10.1.2.3", "10.1.2.3"],
    ["http://10.1.2.3:81", "10.1.2.3:81"],
    ["http://[fd00::1]", "fd00::/8"],
    ["http://[fd00::1]", "[fd00::]/8"],
    ["http://[::1]", "::1"],
    ["http://[::1]", "[::1]"],
    ["http://[::1]:81", "[::1]:81"],
    ["http://anything.test", "*"],
  ])("%s is reached directly by %s", (url, pattern) => {
    expect(proxyFor(new URL(url), rules("other.test", pattern))).toBeUndefined();
  });

  test.each([
    ["http://badexample.com", "example.com"],
    ["http://example.com.evil.test", "example.com"],
    ["http://example.com", "cdn.example.com"],
    ["http://example.com:8080", "example.com:80"],
    ["http://11.1.2.3", "10.0.0.0/8"],
    ["http://10.1.2.3", "10.0.0.0/33"],
    ["http://10.1.2.3", "fd00::/8"],
    ["http://2.1.2.3", "1.2.3"],
    ["http://10.1.2.3", "2.3"],
    ["http://[::1]:82", "[::1]:81"],
    ["http://example.com", "."],
    ["http://example.com", ""],
    ["http://example.com", "not/a/subnet"],
  ])("%s is not by %j", (url, pattern) => {
    expect(proxyFor(new URL(url), rules(pattern))?.origin).toBe("http://p:1");
  });

  test("each scheme has its own", () => {
    const both = { http: "http://p:1", https: "https://q:2" };
    expect(proxyFor(new URL("http://a.test"), both)?.origin).toBe("http://p:1");
    expect(proxyFor(new URL("https://a.test"), both)?.origin).toBe("https://q:2");
    expect(proxyFor(new URL("https://a.test"), { http: "http://p:1" })).toBeUndefined();
  });
});

describe("what is a proxy", () => {
  test.each(["proxy.test:3128", "http://proxy.test:3128", "https://user:pa%20ss@proxy.test"])("%s", (text) => {
    expect(parseProxy(text).hostname).toBe("proxy.test");
  });

  test.each(["socks5://ada:hunter22@p:1", "ftp://ada:hunter22@p", "http://", "http://ada:hunter22@p:99999", "://"])(
    "not %s, and no error tells its password",
    (text) => {
      const error = failureFrom(() => parseProxy(text));
      expect(error).toMatchObject({ code: "TRANSFER_OPTION_INVALID", facts: { option: "proxy" } });
      expect(printed(error)).not.toContain("hunter22");
    },
  );
});

function failureFrom(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new TypeError("expected a failure");
}

/** An origin, a proxy before it, and a client that uses it. */
async function proxied(
  { tls = false, userinfo = "", ...proxyOptions }: TestProxyOptions & { readonly userinfo?: string } = {},
  { isSecure = false, ...options }: HttpClientOptions & { readonly isSecure?: boolean } = {},
) {
  const proxy = await startTestProxy({
    tls,
    resolve: (host, port) =>
      host.endsWith(".test") || host.startsWith("10.") ? { host: "127.0.0.1", port } : undefined,
    ...proxyOptions,
  });
  const rule = proxy.origin.replace("://", `://${userinfo}`);
  const ca = proxy.ca === undefined ? {} : { ca: proxy.ca };
  const served = await serve({ proxy: { http: rule, https: rule }, ...ca, ...options }, { tls: isSecure });
  served.server.put("/f", { content: file });
  const url = `${isSecure ? "https" : "http"}://models.test:${served.server.port}/f`;
  return {
    ...served,
    proxy,
    url,
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]();
      await proxy.close();
    },
  };
}

describe("requests through a proxy", () => {
  test.each([
    { tls: false, isSecure: false },
    { tls: false, isSecure: true },
    { tls: true, isSecure: false },
    { tls: true, isSecure: true },
  ])("%j: whole, with credentials for the proxy alone", async ({ tls, isSecure }) => {
    await using setting = await proxied({ tls, auth: "ada:hunt er22", userinfo: "ada:hunt%20er22@" }, { isSecure });
    const { body } = await get(setting.client, setting.url, { headers: { Authorization: "Bearer origins-own" } });
    expect(body.equals(contentOf(file))).toBe(true);
    const [asked] = setting.proxy.requests;
    expect(asked?.method).toBe(isSecure ? "CONNECT" : "GET");
    expect(asked?.target).toBe(isSecure ? `models.test:${setting.server.port}` : setting.url);
    expect(asked?.headers["host"]).toBe(`models.test:${setting.server.port}`);
    expect(asked?.headers["proxy-authorization"]).toBe(`Basic ${Buffer.from("ada:hunt er22").toString("base64")}`);
    expect(asked?.headers["authorization"]).toBe(isSecure ? undefined : "Bearer origins-own");
    expect(setting.server.requests[0]?.headers["authorization"]).toBe("Bearer origins-own");
    expect(setting.server.requests[0]?.headers).not.toHaveProperty("proxy-authorization");
    expect(setting.server.requests[0]?.path).toBe("/f");
  });

  test("a tunnel is used again", async () => {
    await using setting = await proxied({}, { isSecure: true });
    for (let round = 0; round < 3; round += 1) await get(setting.client, setting.url);
    expect(setting.proxy.requests).toHaveLength(1);
    expect(setting.server.connections).toBe(1);
  });

  test("exceptions are reached directly", async () => {
    await using setting = await proxied();
    const rule = setting.proxy.origin;
    await using served = await serve({ proxy: { http: rule, except: ["127.0.0.1"] } });
    expect((await get(served.client, served.server.origin)).status).toBe(404);
    expect(setting.proxy.connections).toBe(0);
  });

  test("the name is not resolved on this side", async () => {
    const asked: string[] = [];
    await using setting = await proxied(
      {},
      {
        isSecure: true,
        lookup: (host, _options, callback) => {
          asked.push(host);
          callback(null, [{ address: "127.0.0.1", family: 4 }]);
        },
      },
    );
    await get(setting.client, setting.url);
    expect(asked).toEqual([]);
  });

  test("a certificate within a tunnel is that of the host, not that of the proxy", async () => {
    // It names localhost, as the proxy is called here; not 10.1.2.3.
    await using setting = await proxied({}, { isSecure: true });
    const client = setting.client;
    await expect(get(client, `https://10.1.2.3:${setting.server.port}/f`)).rejects.toMatchObject({
      code: "TRANSFER_TLS",
      facts: { host: "10.1.2.3" },
    });
    expect((await get(client, `https://127.0.0.1:${setting.server.port}/f`)).status).toBe(200);
    expect(setting.server.requests).toHaveLength(1);
  });
});

describe("addresses", () => {
  test.each([false, true])(
    "public ones only, through a proxy that is none: with hosts named (TLS: %s)",
    async (isSecure) => {
      await using setting = await proxied({}, { isSecure, addresses: "public", allowHosts: ["models.test"] });
      expect((await get(setting.client, setting.url)).status).toBe(200);
      await expect(get(setting.client, `http://127.0.0.1:${setting.server.port}/f`)).rejects.toMatchObject({
        code: "TRANSFER_HOST_REFUSED",
      });
    },
  );

  test("public ones only, through a proxy, and no hosts named: refused", async () => {
    await using setting = await proxied({}, { addresses: "public" });
    await expect(get(setting.client, setting.url)).rejects.toMatchObject({ code: "TRANSFER_ADDRESS_REFUSED" });
    expect(setting.proxy.connections).toBe(0);
  });

  test.each(["http://169.254.169.254/", "https://169.254.169.254/", "http://metadata.google.internal/"])(
    "no proxy is asked for %s",
    async (url) => {
      await using setting = await proxied();
      await expect(get(setting.client, url)).rejects.toMatchObject({ code: "TRANSFER_ADDRESS_REFUSED" });
      expect(setting.proxy.connections).toBe(0);
    },
  );
});

describe("proxies that do not help", () => {
  test("credentials are wanted", async () => {
    await using setting = await proxied({ auth: "ada:hunter22" }, { isSecure: true });
    await expect(get(setting.client, setting.url)).rejects.toMatchObject({
      code: "TRANSFER_PROXY",
      facts: { status: 407, proxy: new URL(setting.proxy.origin).host },
      hint: expect.stringContaining("credentials") as unknown,
    });
    await setting.proxy.allConnectionsClosed();
  });

  test("wrong credentials are in no error", async () => {
    await using setting = await proxied({ auth: "ada:hunter22", userinfo: "ada:wrong-password@" }, { isSecure: true });
    const error = await failureOf(get(setting.client, setting.url));
    expect(error).toMatchObject({ code: "TRANSFER_PROXY", facts: { status: 407 } });
    expect(printed(error)).not.toContain("wrong-password");
    expect(printed(error)).not.toContain(Buffer.from("ada:wrong-password").toString("base64"));
  });

  test.each<readonly [ProxyFault, object]>([
    [{ kind: "refuse", status: 403 }, { status: 403 }],
    [{ kind: "refuse", status: 502 }, { status: 502 }],
    [{ kind: "garbage", text: "220 FTP ready\r\n\r\n" }, {}],
    [{ kind: "garbage", text: "HTTP/1.1 200" }, {}],
    [{ kind: "garbage", text: `HTTP/1.1 200 OK\r\nX-A: ${"x".repeat(20_000)}` }, {}],
    [{ kind: "garbage", text: "HTTP/1.1 200 OK\r\n\r\nwhat nobody asked for" }, {}],
    [{ kind: "drop" }, {}],
    [{ kind: "reset" }, {}],
    [{ kind: "stall" }, {}],
  ])("%j", async (fault, facts) => {
    await using setting = await proxied(
      {},
      { isSecure: true, connectTimeoutMs: fault.kind === "stall" ? 100 : 15_000 },
    );
    setting.proxy.inject(fault);
    await expect(get(setting.client, setting.url)).rejects.toMatchObject({ code: "TRANSFER_PROXY", facts });
    expect(setting.server.requests).toHaveLength(0);
    await setting.proxy.allConnectionsClosed();
  });

  test("an answer of the proxy itself to a plain request is the answer", async () => {
    await using setting = await proxied({ auth: "ada:hunter22" });
    expect((await get(setting.client, setting.url)).status).toBe(407);
  });

  test("an abort while it is silent", async () => {
    await using setting = await proxied({}, { isSecure: true });
    const fault = setting.proxy.inject({ kind: "stall" });
    const stopping = new AbortController();
    const failed = failureOf(get(setting.client, setting.url, { signal: stopping.signal }));
    await fault.acted;
    stopping.abort("enough");
    expect(await failed).toBe("enough");
    await setting.proxy.allConnectionsClosed();
  });

  test.each(["fin", "reset"] as const)("a tunnel that is cut in the middle of the body: %s", async (how) => {
    await using setting = await proxied({}, { isSecure: true });
    setting.proxy.inject({ kind: "cut", afterBytes: 500_000, how });
    await expect(get(setting.client, setting.url, { signal: unaborted() })).rejects.toMatchObject({
      code: "TRANSFER_BROKEN_OFF",
    });
  });

  test.each(["fin", "reset"] as const)("a tunnel that is cut in the middle of the handshake: %s", async (how) => {
    await using setting = await proxied({}, { isSecure: true });
    setting.proxy.inject({ kind: "cut", afterBytes: 20, how });
    await expect(get(setting.client, setting.url)).rejects.toMatchObject({ code: "TRANSFER_UNREACHABLE" });
  });

  test("one that is not there", async () => {
    const proxy = await startTestProxy();
    await proxy.close();
    await using served = await serve({ proxy: { http: proxy.origin } });
    await expect(get(served.client, "http://models.test/")).rejects.toMatchObject({
      code: "TRANSFER_UNREACHABLE",
      facts: { port: proxy.port },
    });
  });
});
