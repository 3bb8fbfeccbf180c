import type { LookupFunction } from "node:net";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { isModelError } from "@llama-orch/catalog-core";
import { sha256Of, startFaultServer } from "../../../tools/fault-server/src/index.ts";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { httpFetcher } from "./http-fetcher.ts";
import { everythingIn, mebibyte, openSetting, sha256OfFile, visibleFiles } from "./testing/setting.ts";

const path = "/models/model.gguf";
const content = { sizeBytes: 3 * mebibyte, seed: 1 };

test("a file with the caller's digest is verified; its place is named by the ETag", async () => {
  await using setting = await openSetting();
  setting.server.put(path, { content, etag: '"v1"' });
  const { localPath, report } = await setting.ensure(path, `sha256:${sha256Of(content)}`);
  expect(await sha256OfFile(localPath)).toBe(sha256Of(content));
  expect(report).toMatchObject({ trust: "verified", stagedBytes: content.sizeBytes, cached: false });
  expect(await setting.entry(path)).toMatchObject({
    provenance: {
      fetcher: "fetcher-http",
      revision: "v1",
      validators: { etag: '"v1"' },
      movedBytes: content.sizeBytes,
      reusedBytes: 0,
    },
  });
});

test("over plain http: without a digest it is unverified, and the last event says so", async () => {
  await using setting = await openSetting();
  setting.server.put(path, { content });
  const { report } = await setting.ensure(path);
  expect(report.trust).toBe("unverified");
  expect(await setting.entry(path)).toMatchObject({ trust: "unverified" });
  expect(setting.events.at(-1)).toMatchObject({ report: { trust: "unverified" } });
});

test("a digest that the server declares is believed over https: alone", async () => {
  const digest = `sha-256=:${Buffer.from(sha256Of(content), "hex").toString("base64")}:`;
  for (const tls of [true, false]) {
    await using server = await startFaultServer({ tls });
    await using setting = await openSetting();
    server.put(path, { content, headers: { "Repr-Digest": digest } });
    const fetchers = [httpFetcher(server.ca === undefined ? {} : { ca: server.ca })] as const;
    const { report } = await createProvisioner({ cacheDir: setting.cacheDir, fetchers }).ensurePresentStr(
      server.origin + path,
    );
    expect(report.trust).toBe(tls ? "upstream" : "unverified");
  }
});

test.for([
  ["right", "upstream", content],
  ["wrong", "DIGEST_MISMATCH", { ...content, seed: "other" }],
] as const)("a %s digest counts also where the server does not tell the length", async ([, expected, declared]) => {
  const digest = `sha-256=:${Buffer.from(sha256Of(declared), "hex").toString("base64")}:`;
  await using server = await startFaultServer({ tls: true });
  await using setting = await openSetting();
  server.put(path, { content, etag: '"v1"', headers: { "Repr-Digest": digest } });
  server.inject({ kind: "chunked" });
  const fetchers = [httpFetcher(server.ca === undefined ? {} : { ca: server.ca })] as const;
  const outcome = await createProvisioner({ cacheDir: setting.cacheDir, fetchers })
    .ensurePresentStr(server.origin + path)
    .then(
      ({ report }) => report.trust,
      (error: unknown) => (isModelError(error) ? error.code : error),
    );
  expect(outcome).toBe(expected);
});

test("what is here is served without a request, and asked for again only by refresh", async () => {
  await using setting = await openSetting();
  setting.server.put(path, { content });
  const first = await setting.ensure(path);
  const requests = setting.server.requests.length;
  expect(await setting.ensure(path)).toMatchObject({ localPath: first.localPath, report: { cached: true } });
  expect(setting.server.requests).toHaveLength(requests);
  await setting.ensure(path, undefined, { refresh: true });
  expect(setting.server.requests.slice(requests).map(({ method }) => method)).toEqual(["HEAD"]);
});

test("a new version at the same URL is brought by refresh", async () => {
  await using setting = await openSetting();
  setting.server.put(path, { content });
  const first = await setting.ensure(path);
  const other = { sizeBytes: mebibyte, seed: "other" };
  setting.server.put(path, { content: other });
  const second = await setting.ensure(path, undefined, { refresh: true });
  expect(await sha256OfFile(second.localPath)).toBe(sha256Of(other));
  expect(second.localPath).not.toBe(first.localPath);
});

test("bytes that are here by their digest are not fetched", async () => {
  await using setting = await openSetting();
  setting.server.put(path, { content });
  setting.server.put("/copy.gguf", { content });
  await setting.ensure(path);
  const sent = setting.server.bodyBytesSent;
  const { report } = await setting.ensure("/copy.gguf", `sha256:${sha256Of(content)}`);
  expect(report).toMatchObject({ stagedBytes: 0, trust: "verified" });
  expect(setting.server.bodyBytesSent).toBe(sent);
});

test("a wrong digest keeps the bytes for whoever knows the right one", async () => {
  await using setting = await openSetting();
  setting.server.put(path, { content });
  await expect(setting.ensure(path, `sha256:${"0".repeat(64)}`)).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
  const sent = setting.server.bodyBytesSent;
  await setting.ensure(path, `sha256:${sha256Of(content)}`);
  expect(setting.server.bodyBytesSent).toBe(sent);
});

test("a download that broke off goes on in the next call", async () => {
  await using setting = await openSetting({ maxRetries: 0 });
  setting.server.put(path, { content });
  const cut = setting.server.inject({ kind: "cut", afterBytes: 2 * mebibyte, when: ({ method }) => method === "GET" });
  await expect(setting.ensure(path)).rejects.toMatchObject({ code: "TRANSFER_BROKEN_OFF", category: "network" });
  expect(await visibleFiles(setting.cacheDir)).toEqual([]);
  cut.withdraw();
  expect((await setting.plan(path)).demand).toMatchObject({ leftBytes: 2 * mebibyte, neededBytes: mebibyte });
  await setting.ensure(path);
  expect(await setting.entry(path)).toMatchObject({ provenance: { reusedBytes: 2 * mebibyte, movedBytes: mebibyte } });
});

test("a source that is replaced after it was planned is registered as it is then", async () => {
  await using setting = await openSetting();
  const other = { sizeBytes: 2 * mebibyte, seed: "other" };
  setting.server.put(path, { content, etag: '"v1"' });
  setting.server.inject({
    kind: "latency",
    ms: 0,
    when({ method }) {
      if (method === "GET") setting.server.put(path, { content: other, etag: '"v2"' });
      return true;
    },
  });
  const { localPath } = await setting.ensure(path);
  expect(await sha256OfFile(localPath)).toBe(sha256Of(other));
  expect(await setting.entry(path)).toMatchObject({
    sizeBytes: other.sizeBytes,
    provenance: { revision: "v2", validators: { etag: '"v2"' } },
  });
});

test("a server that does not know HEAD, or signs GET alone, is asked for one byte", async () => {
  for (const status of [403, 405, 501]) {
    await using setting = await openSetting();
    setting.server.put(path, { content });
    setting.server.inject({ kind: "status", status, when: ({ method }) => method === "HEAD" });
    await setting.ensure(path);
    expect(setting.server.requests.map(({ method, range }) => [method, range?.to])).toEqual([
      ["HEAD", undefined],
      ["GET", 0],
      ["GET", undefined],
    ]);
  }
});

test("the name is the server's where it gives one, and safe", async () => {
  await using setting = await openSetting();
  setting.server.put("/download", {
    content,
    headers: { "Content-Disposition": 'attachment; filename="../../nice.gguf"' },
  });
  const { localPath } = await setting.ensure("/download?id=7");
  expect(localPath).toMatch(/nice\.gguf$/);
  expect(localPath.startsWith(setting.cacheDir)).toBe(true);
});

test("a file that would not fit, or is larger than allowed, is refused before it comes", async () => {
  await using setting = await openSetting();
  setting.server.put(path, { content });
  const provisioner = createProvisioner({ cacheDir: setting.cacheDir, fetchers: [httpFetcher()], maxBytes: mebibyte });
  await expect(provisioner.ensurePresentStr(setting.server.origin + path)).rejects.toMatchObject({
    code: "NOT_ALLOWED",
  });
  expect(setting.server.requests.map(({ method }) => method)).toEqual(["HEAD"]);
});

test("a page in place of a model is no model; a page that is asked for is one", async () => {
  await using setting = await openSetting();
  setting.server.put(path, { content: Buffer.from("<html>log in</html>"), contentType: "text/html" });
  setting.server.put("/card.html", { content: Buffer.from("<html>card</html>"), contentType: "text/html" });
  await expect(setting.ensure(path)).rejects.toMatchObject({ code: "TRANSFER_HTML_PAGE" });
  await setting.ensure("/card.html");
});

test("references from strangers do not reach this network", async () => {
  await using setting = await openSetting({ addresses: "public" });
  setting.server.put(path, { content });
  await expect(setting.ensure(path)).rejects.toMatchObject({
    code: "TRANSFER_ADDRESS_REFUSED",
    category: "not-allowed",
  });
  expect(setting.server.connections).toBe(0);
});

test("a redirect does not lead where a reference may not", async () => {
  await using setting = await openSetting({ denyHosts: ["localhost"] });
  setting.server.redirect(path, `http://localhost:${setting.server.port}/secret`);
  await expect(setting.ensure(path)).rejects.toMatchObject({ code: "TRANSFER_HOST_REFUSED" });
  setting.server.redirect("/metadata", "http://169.254.169.254/latest/meta-data/");
  await expect(setting.ensure("/metadata")).rejects.toMatchObject({ code: "TRANSFER_ADDRESS_REFUSED" });
});

test("credentials reach the origin that they were given for, and no redirect's target", async () => {
  await using target = await startFaultServer();
  await using setting = await openSetting({ headers: { "127.0.0.1": {} } });
  target.put(path, { content });
  const { port } = setting.server;
  setting.server.redirect(path, target.origin + path);
  const fetcher = httpFetcher({
    headers: { [`127.0.0.1:${port}`]: { Authorization: "Bearer 0123456789", Cookie: "session=abcdefgh" } },
  });
  const provisioner = createProvisioner({ cacheDir: setting.cacheDir, fetchers: [fetcher] });
  await provisioner.ensurePresentStr(`http://ada:hunter22@127.0.0.1:${port}${path}`);
  expect(setting.server.requests[0]?.headers).toMatchObject({
    authorization: "Bearer 0123456789",
    cookie: "session=abcdefgh",
  });
  for (const { headers } of target.requests)
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining([expect.stringMatching(/authorization|cookie/)]));
  expect(target.requests.length).toBeGreaterThan(0);
});

test("headers for a host are not sent in the clear, unless its port was named", async () => {
  await using setting = await openSetting();
  setting.server.put(path, { content });
  const { port } = setting.server;
  const lookup: LookupFunction = (_host, _options, callback) => callback(null, [{ address: "127.0.0.1", family: 4 }]);
  for (const host of ["models.test", `models.test:${port}`]) {
    const fetcher = httpFetcher({ lookup, headers: { [host]: { Authorization: "Bearer 0123456789" } } });
    const provisioner = createProvisioner({ cacheDir: setting.cacheDir, fetchers: [fetcher] });
    await provisioner.ensurePresentStr(`http://models.test:${port}${path}`, undefined, { refresh: true });
    const isSent = setting.server.requests.at(-1)?.headers["authorization"] !== undefined;
    expect(isSent).toBe(host.endsWith(String(port)));
  }
});

test("no secret is in what a run says and leaves", async () => {
  await using setting = await openSetting({ headers: { "127.0.0.1": { "X-Api-Key": "key-0123456789abcdef" } } });
  const secrets = ["key-0123456789abcdef", "hunter22-hunter22", "signature-0123456789"];
  setting.server.put(path, { content });
  const reference = (name: string): string =>
    `http://ada:hunter22-hunter22@127.0.0.1:${setting.server.port}${name}?X-Amz-Signature=signature-0123456789`;
  const events: unknown[] = [];
  const provisioner = createProvisioner({
    cacheDir: setting.cacheDir,
    fetchers: [httpFetcher({ headers: { "127.0.0.1": { "X-Api-Key": "key-0123456789abcdef" } }, maxRetries: 0 })],
    onEvent: (event) => events.push(event),
  });
  const model = await provisioner.ensurePresentStr(reference(path));
  setting.server.inject({ kind: "cut", afterBytes: 1_000, when: ({ method }) => method === "GET" });
  const failures = await Promise.all(
    ["/absent", path].map((name) =>
      provisioner
        .ensurePresentStr(reference(name), undefined, { refresh: true, verify: "always" })
        .catch((error: unknown) => error),
    ),
  );
  const said = inspect([events, model, failures, String(failures)], {
    depth: Infinity,
    showHidden: true,
    maxStringLength: null,
    maxArrayLength: null,
  });
  const left = await everythingIn(setting.cacheDir);
  expect(setting.server.requests[0]?.path).toContain("signature-0123456789");
  for (const secret of secrets) {
    expect(said).not.toContain(secret);
    expect(left).not.toContain(secret);
  }
});

test.for([{ maxRetries: -1 }, { timeoutMs: 0 }, { maxConnectionsPerTransfer: 1_000 }, { stallTimeoutMs: Number.NaN }])(
  "options that make no sense are refused when the fetcher is made: %o",
  (options) => {
    expect(() => httpFetcher(options)).toThrow(expect.objectContaining({ code: "TRANSFER_OPTION_INVALID" }));
  },
);
