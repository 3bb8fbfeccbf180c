import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { rootCertificates } from "node:tls";
import { expect, test } from "vitest";
import { askHub } from "./ask-hub.ts";
import { routeTo } from "./hub-route.ts";

const { signal } = new AbortController();
const knowsProxies = process.allowedNodeEnvironmentFlags.has("--use-env-proxy");

test("any status is an answer, and redirects are not followed", async () => {
  for (const status of [200, 401, 404, 503]) {
    await using hub = await serve((_, response) => response.writeHead(status).end("{}"));
    expect(await askHub(hub.address, { env: {}, signal })).toEqual({ state: "answers", status });
  }
  await using hub = await serve((_, response) => response.writeHead(301, { location: "/elsewhere" }).end());
  expect(await askHub(hub.address, { env: {}, signal })).toEqual({ state: "answers", status: 301 });
  expect(hub.requests).toHaveLength(1);
});

test("neither a token nor what stands in the address is sent", async () => {
  await using hub = await serve((_, response) => response.end("[]"));
  const address = hub.address.replace("//", "//user:correct-horse@");
  await askHub(`${address}/`, { env: { HF_TOKEN: "hf_secret" }, signal });
  const [{ headers, url, method } = {}] = hub.requests;
  expect({ url, method }).toEqual({ url: "/api/models?limit=1", method: "GET" });
  expect(Object.keys(headers ?? {}).toSorted()).toEqual(["connection", "host", "user-agent"]);
});

test("an endless answer is not read", async () => {
  await using hub = await serve((_, response) => {
    response.writeHead(200);
    const more = (): void => void (response.write("x".repeat(65_536)) && setImmediate(more));
    response.on("drain", more);
    more();
  });
  expect(await askHub(hub.address, { env: {}, signal })).toEqual({ state: "answers", status: 200 });
});

test("a Hub that takes too long is silent, and so is one that is not there or breaks off", async () => {
  await using slow = await serve(() => {});
  const late = await askHub(slow.address, { env: {}, signal, patienceMs: 50 });
  expect(late).toEqual({ state: "silent", reason: "nothing came within 50 ms" });
  await using broken = await serve(({ socket }) => socket.destroy());
  const brokenOff = await askHub(broken.address, { env: {}, signal });
  expect(brokenOff).toEqual({ state: "silent", reason: "the connection was broken off (ECONNRESET)" });
  const gone = await serve(() => {});
  await gone[Symbol.asyncDispose]();
  const refused = await askHub(gone.address, { env: {}, signal });
  expect(refused).toEqual({ state: "silent", reason: "the connection was refused (ECONNREFUSED)" });
});

test.each(["ftp://host", "host:8080", "file:///etc", "not an address"])("%s is not asked", async (address) => {
  expect(await askHub(address, { env: {}, signal })).toMatchObject({ state: "not-asked" });
});

test("an abort is thrown as it is", async () => {
  const controller = new AbortController();
  const reason = Object.freeze({ because: "the caller changed its mind" });
  await using hub = await serve(() => controller.abort(reason));
  await expect(askHub(hub.address, { env: {}, signal: controller.signal })).rejects.toBe(reason);
});

test.skipIf(!knowsProxies)("a proxy that is set is gone by, in whatever variable", async () => {
  for (const name of ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"]) {
    await using proxy = await serve((_, response) => response.end());
    const answer = await askHub("http://hub.invalid", { env: { [name]: proxy.address }, signal });
    expect({ name, answer }).toEqual({ name, answer: { state: "answers", status: 200 } });
    expect(proxy.requests.map(({ url }) => url)).toEqual(["http://hub.invalid/api/models?limit=1"]);
  }
});

test.skipIf(!knowsProxies)(
  "a proxy without a scheme is an HTTP proxy, and one of another kind is not gone around",
  async () => {
    await using proxy = await serve((_, response) => response.end());
    const bare = { http_proxy: proxy.address.replace("http://", "") };
    expect(await askHub("http://hub.invalid", { env: bare, signal })).toEqual({ state: "answers", status: 200 });
    const socks = { http_proxy: proxy.address.replace("http:", "socks5:") };
    expect(await askHub("http://hub.invalid", { env: socks, signal })).toMatchObject({ state: "not-asked" });
  },
);

test.skipIf(!knowsProxies)("a proxy is not gone by for what NO_PROXY names", async () => {
  await using hub = await serve((_, response) => response.writeHead(204).end());
  const env = { HTTP_PROXY: "http://127.0.0.1:9", NO_PROXY: "127.0.0.1" };
  expect(await askHub(hub.address, { env, signal })).toEqual({ state: "answers", status: 204 });
});

test("certificates are added to those of Node, and one that cannot be read is the reason", async () => {
  const url = new URL("https://hub.invalid");
  for (const name of ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"]) {
    const route = await routeTo(url, { [name]: import.meta.filename });
    expect(route).toMatchObject({ ca: [...rootCertificates, expect.stringContaining("certificates are added")] });
  }
  const answer = await askHub("https://hub.invalid", { env: { SSL_CERT_FILE: "/does/not/exist" }, signal });
  expect(answer).toMatchObject({ state: "silent", reason: expect.stringContaining("/does/not/exist") });
});

interface Server extends AsyncDisposable {
  readonly address: string;
  readonly requests: readonly IncomingMessage[];
}

async function serve(listener: RequestListener): Promise<Server> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `http://127.0.0.1:${port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
