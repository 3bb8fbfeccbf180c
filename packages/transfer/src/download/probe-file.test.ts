import { expect } from "vitest";
import { generated, sha256Of, test, type Transferring } from "../testing/transferring.ts";
import { type FileProbe, probeFile } from "./probe-file.ts";
import type { TransferOptions } from "./transfer-options.ts";

const path = "/model.gguf";
const content = generated(5_000_000);

function probe({ server, client }: Transferring, options: Partial<TransferOptions> = {}): Promise<FileProbe> {
  const { signal } = new AbortController();
  return probeFile({ url: server.origin + path }, { client, signal, baseDelayMs: 0, maxDelayMs: 0, ...options });
}

test("what the server tells of a file, by one question", async ({ setting }) => {
  const digest = Buffer.from(sha256Of(content), "hex").toString("base64");
  const headers = {
    "Content-Disposition": 'attachment; filename="a.gguf"',
    "Repr-Digest": `md5=:AAAA:, sha-256=:${digest}:`,
  };
  setting.server.put(path, { content, etag: '"v1"', headers });
  expect(await probe(setting)).toEqual({
    url: new URL(setting.server.origin + path),
    sizeBytes: content.sizeBytes,
    validators: { etag: '"v1"' },
    disposition: 'attachment; filename="a.gguf"',
    digest: `sha256:${sha256Of(content)}`,
  });
  expect(setting.server.requests.map(({ method }) => method)).toEqual(["HEAD"]);
});

test.for([400, 403, 405, 501])(
  "a server that answers HEAD with %i is asked for one byte",
  async (status, { setting }) => {
    setting.server.put(path, { content, etag: '"v1"' });
    setting.server.inject({ kind: "status", status, when: ({ method }) => method === "HEAD" });
    expect(await probe(setting)).toMatchObject({ sizeBytes: content.sizeBytes, validators: { etag: '"v1"' } });
    expect(setting.server.bodyBytesSent).toBeLessThan(100);
  },
);

test("one that does no ranges either is read no further than its head", async ({ setting }) => {
  setting.server.put(path, { content, ranges: false });
  setting.server.inject({ kind: "status", status: 405, when: ({ method }) => method === "HEAD" });
  expect(await probe(setting)).toMatchObject({ sizeBytes: content.sizeBytes });
});

test("an empty file has no first byte", async ({ setting }) => {
  setting.server.put(path, { content: Buffer.alloc(0) });
  setting.server.inject({ kind: "status", status: 405, when: ({ method }) => method === "HEAD" });
  expect(await probe(setting)).toMatchObject({ sizeBytes: 0 });
});

test("a digest that is malformed is none", async ({ setting }) => {
  for (const value of ["sha-256=:AAAA:", "sha-256", "sha-512=:AAAA:", "=,:"]) {
    setting.server.put(path, { content, headers: { "Repr-Digest": value } });
    expect(await probe(setting)).not.toHaveProperty("digest");
  }
});

test("what is not there, or a page, is an error; a server in trouble is asked again", async ({ setting }) => {
  await expect(probe(setting)).rejects.toMatchObject({ code: "TRANSFER_NOT_FOUND" });
  setting.server.put(path, { content, contentType: "text/html; charset=utf-8" });
  await expect(probe(setting)).rejects.toMatchObject({ code: "TRANSFER_HTML_PAGE" });
  setting.server.inject({ kind: "status", status: 503, times: 2 });
  expect(await probe(setting, { mayBeHtml: true })).toMatchObject({ sizeBytes: content.sizeBytes });
});

test("a server that says nothing has the time that the caller gives it", async ({ setting }) => {
  setting.server.put(path, { content });
  setting.server.inject({ kind: "stall-head" });
  await expect(probe(setting, { timeoutMs: 50 })).rejects.toMatchObject({ code: "TRANSFER_TIMEOUT" });
});
