import { describe, expect, test } from "vitest";
import type { FaultEffect } from "../../../../tools/fault-server/src/index.ts";
import { failureOf, get, printed, resolver, serve } from "../testing/serve.ts";
import { httpClient, parseHttpUrl } from "./http-client.ts";
import type { HttpClientOptions } from "./http-client-options.ts";

const invalid: unknown = expect.objectContaining({ code: "TRANSFER_OPTION_INVALID" });

describe("options", () => {
  test.each<HttpClientOptions>([
    { maxConnections: 0 },
    { maxConnections: 257 },
    { maxConnections: 1.5 },
    { maxConnectionsPerHost: Number.NaN },
    { connectTimeoutMs: 0 },
    { answerTimeoutMs: Infinity },
    { stallTimeoutMs: 2 ** 31 },
    { minBytesPerSecond: -1 },
    { proxy: { https: "socks5://p:1" } },
    { ca: "no certificate" },
    { ca: "-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----" },
    { headers: { "a.test": { "X-A": "one\r\nX-B: two" } } },
    { headers: { "a.test": { "X-A": "one\n" } } },
    { headers: { "a.test": { "X-A": "o\0ne" } } },
    { headers: { "a.test": { "X-A": "\u0100" } } },
    { headers: { "a.test": { "X A": "one" } } },
    { headers: { "a.test": { "": "one" } } },
    { headers: { "a.test": { "X-A: b\r\nX-B": "one" } } },
    { headers: { "a.test": { Host: "b.test" } } },
    { headers: { "https://a.test": { "X-A": "one" } } },
  ])("refused: %j", (options) => {
    expect(() => httpClient(options)).toThrow(invalid);
  });

  test("an address policy that there is none of is refused", () => {
    const options: HttpClientOptions = JSON.parse('{"addresses":"private"}');
    expect(() => httpClient(options)).toThrow(invalid);
  });

  test("a refused header does not tell its value", () => {
    const error = failureOfSync(() => httpClient({ headers: { "a.test": { Authorization: "Bearer hunter22\n" } } }));
    expect(printed(error)).not.toContain("hunter22");
  });
});

function failureOfSync(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new TypeError("expected a failure");
}

describe("requests", () => {
  test.each<Record<string, string>>([
    { "X-A": "one\r\nX-B: two" },
    { "X-A": "one\r" },
    { "X-A": "\u2028" },
    { "X-A\r\nX-B": "one" },
    { "Transfer-Encoding": "chunked" },
    { "content-length": "5" },
    { Connection: "close" },
    { HOST: "b.test" },
  ])("headers that cannot be sent are refused, and nothing is: %j", async (headers) => {
    await using served = await serve();
    await expect(get(served.client, served.server.origin, { headers })).rejects.toThrow(invalid);
    expect(served.server.connections).toBe(0);
  });

  test("a request says what it is", async () => {
    await using served = await serve({ headers: { "127.0.0.1": { "x-a": "of the host", "X-B": "of the host" } } });
    await get(served.client, `${served.server.origin}/a?b=c#d`, { headers: { "X-A": "of the request \xfc" } });
    const [request] = served.server.requests;
    expect(request?.path).toBe("/a?b=c");
    expect(request?.headers).toEqual({
      host: `127.0.0.1:${served.server.port}`,
      "user-agent": expect.stringMatching(/^llama-orch-transfer\/\d/) as unknown,
      accept: "*/*",
      "accept-encoding": "identity",
      "x-a": "of the request \xfc",
      "x-b": "of the host",
    });
  });

  test.each([
    ["/a\r\nX-Evil: 1", "/aX-Evil:%201"],
    ["/a b", "/a%20b"],
    ["/a?q=\r\n\r\nGET /evil", "/a?q=GET%20/evil"],
    ["/a%0d%0aX-Evil:1", "/a%0d%0aX-Evil:1"],
    ["/a\tb\x00c", "/ab%00c"],
    ["/ü", "/%C3%BC"],
  ])("a URL cannot bring headers: %j", async (path, asked) => {
    await using served = await serve();
    await get(served.client, served.server.origin + path);
    expect(served.server.requests.map((request) => request.path)).toEqual([asked]);
    expect(served.server.requests[0]?.headers).not.toHaveProperty("x-evil");
  });

  test.each(["ftp://a.test/", "file:///etc/passwd", "no URL", "http://", "data:,x"])("%j is no URL of HTTP", (text) => {
    expect(() => parseHttpUrl(text)).toThrow(expect.objectContaining({ code: "TRANSFER_URL_INVALID" }));
  });

  test("nor is it when asked for", async () => {
    await expect(get(httpClient(), "ftp://a.test/")).rejects.toMatchObject({ code: "TRANSFER_URL_INVALID" });
  });
});

describe("secrets", () => {
  const secrets = {
    token: "hf_tokenOfThisTest1234",
    key: "key-of-this-test-5678",
    password: "hunter-of-this-test",
    query: "signature-of-this-test",
  };
  const headers = { Authorization: `Bearer ${secrets.token}`, "X-Api-Key": secrets.key };
  const basic = Buffer.from(`ada:${secrets.password}`).toString("base64");

  function expectNoSecret(error: unknown): void {
    const text = printed(error);
    for (const secret of [...Object.values(secrets), basic]) expect(text).not.toContain(secret);
  }

  const path = `/f?X-Amz-Signature=${secrets.query}&token=${secrets.query}`;
  const withUserinfo = (origin: string): string => origin.replace("://", `://ada:${secrets.password}@`) + path;

  test.each<FaultEffect>([
    { kind: "drop" },
    { kind: "reset" },
    { kind: "stall-head" },
    { kind: "bad-status-line", text: "garbage" },
    { kind: "cut", afterBytes: 5 },
    { kind: "cut", afterBytes: 5, how: "reset" },
    { kind: "stall", afterBytes: 5 },
    { kind: "length-and-chunked" },
    { kind: "chunked-malformed" },
    { kind: "status", status: 302 },
    { kind: "status", status: 302, headers: { Location: `ftp://a.test/?token=${secrets.query}` } },
    { kind: "status", status: 302, headers: { Location: path } },
  ])("no error tells them: %j", async (fault) => {
    await using served = await serve({ answerTimeoutMs: 100, stallTimeoutMs: 100 });
    served.server.put("/f", { content: Buffer.from("a file of some bytes") });
    served.server.inject(fault);
    for (const sent of [{ headers }, {}]) {
      expectNoSecret(await failureOf(get(served.client, withUserinfo(served.server.origin), sent)));
    }
  });

  test("nor where there is no connection", async () => {
    const client = httpClient({ headers: { "a.test": headers }, denyHosts: ["b.test"], lookup: resolver({}) });
    for (const origin of [
      "http://a.test",
      "https://a.test",
      "http://b.test",
      "http://169.254.169.254",
      "ftp://a.test",
    ]) {
      expectNoSecret(await failureOf(get(client, withUserinfo(origin))));
    }
  });

  test("nor where the server sends them back", async () => {
    await using served = await serve();
    served.server.route("/f", async (request, wire) => {
      const { authorization = "", "x-api-key": key = "" } = request.headers;
      await wire.write(Buffer.from(`${authorization.replace("Bearer ", "")} ${key}\r\n\r\n`));
    });
    for (const sent of [{ headers }, {}]) {
      const error = await failureOf(get(served.client, withUserinfo(served.server.origin), sent));
      expect(error).toMatchObject({ code: "TRANSFER_ANSWER_INVALID" });
      expectNoSecret(error);
    }
  });
});
