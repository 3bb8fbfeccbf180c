import { createHash, hash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { inspect } from "node:util";
import type { ProvisionEvent } from "@llama-orch/catalog-core";
import { createProvisioner, type ResolvedModel } from "@llama-orch/model-provisioner";
import { expect, onTestFinished, test } from "vitest";
import { sha256Of } from "../../../tools/fault-server/src/index.ts";
import type { S3FetcherOptions } from "./s3-fetcher-options.ts";
import { openSetting, type Setting } from "./testing/setting.ts";

const mebibyte = 1024 * 1024;
const weights = "the weights of a model";
const digestOf = (text: string): string => `sha256:${hash("sha256", text)}`;

interface Provisioning extends Setting {
  readonly cacheDir: string;
  readonly events: readonly ProvisionEvent[];
  readonly ensure: (
    reference: `s3://${string}`,
    digest?: string,
    options?: { readonly refresh?: boolean },
  ) => Promise<ResolvedModel>;
  readonly entry: (id: string) => Promise<unknown>;
}

async function setUp(options: S3FetcherOptions = {}): Promise<Provisioning> {
  const setting = await openSetting(options);
  onTestFinished(() => setting[Symbol.asyncDispose]());
  const cacheDir = join(setting.home, "cache");
  const events: ProvisionEvent[] = [];
  const provisioner = createProvisioner({
    cacheDir,
    fetchers: [setting.fetcher],
    onEvent: (event) => void events.push(event),
  });
  return {
    ...setting,
    cacheDir,
    events,
    ensure: (reference, digest, call) => provisioner.ensurePresentStr(reference, digest, call),
    entry: (id) => provisioner.catalog.get(id),
  };
}

test.for([
  ["a sha256 of the whole", { checksums: ["sha256"] }, "upstream"],
  ["a CRC of the whole", { checksums: ["crc64nvme"] }, "upstream"],
  ["no checksum", { checksums: [] }, "unverified"],
  ["a checksum of its parts", { checksums: ["sha256"], multipart: { partBytes: 5 } }, "unverified"],
] as const)("what S3 keeps %s of is trusted as far: %s", async ([, options, trust]) => {
  const { s3, ensure } = await setUp();
  s3.putObject("models", "dir/model.gguf", weights, options);
  const { localPath, report } = await ensure("s3://models/dir/model.gguf");
  expect(await readFile(localPath, "utf8")).toBe(weights);
  expect(localPath).toMatch(/model\.gguf$/);
  expect(report).toMatchObject({ trust, cached: false });
});

test("the caller's digest verifies, and another one is a mismatch", async () => {
  const { s3, ensure } = await setUp();
  s3.putObject("models", "model.gguf", weights);
  await expect(ensure("s3://models/model.gguf", digestOf("other"))).rejects.toMatchObject({ code: "DIGEST_MISMATCH" });
  expect((await ensure("s3://models/model.gguf", digestOf(weights))).report).toMatchObject({ trust: "verified" });
});

test("what is present is served without a request, under every spelling of its reference", async () => {
  const { s3, ensure } = await setUp();
  s3.putObject("models", "a b.gguf", weights);
  const { localPath, id } = await ensure("s3://models/a%20b.gguf");
  const before = s3.requests.length;
  expect(await ensure("s3://models/a b.gguf")).toMatchObject({ localPath, id, report: { cached: true } });
  expect(s3.requests).toHaveLength(before);
});

test("the record says where it came from, and in which version", async () => {
  const { s3, ensure, entry } = await setUp();
  s3.bucket("models", { versioned: true });
  const { versionId, etag } = s3.putObject("models", "model.gguf", weights);
  const { id } = await ensure("s3://models/model.gguf");
  expect(await entry(id)).toMatchObject({
    provenance: {
      source: `${s3.origin}/models/model.gguf`,
      fetcher: "fetcher-s3",
      revision: versionId,
      validators: { etag, versionId },
      movedBytes: weights.length,
    },
  });
});

test("a digest that is known here moves no byte", async () => {
  const { s3, ensure } = await setUp();
  s3.putObject("models", "one.gguf", weights, { checksums: ["sha256"] });
  s3.putObject("models", "two/a.gguf", weights, { checksums: ["sha256"] });
  s3.putObject("models", "two/b.json", "{}", { checksums: ["sha256"] });
  s3.putObject("models", "three.gguf", weights);
  await ensure("s3://models/one.gguf");
  const gets = (): number =>
    s3.requests.filter(({ method, path }) => method === "GET" && path.includes(".gguf")).length;
  const before = gets();
  const { localPath } = await ensure("s3://models/two/");
  expect(await readFile(join(localPath, "a.gguf"), "utf8")).toBe(weights);
  expect((await ensure("s3://models/three.gguf", digestOf(weights))).report).toMatchObject({ stagedBytes: 0 });
  expect(gets()).toBe(before);
});

test("a replaced object is brought by refresh; what a version names stays", async () => {
  const { s3, ensure } = await setUp();
  s3.bucket("models", { versioned: true });
  const { versionId = "" } = s3.putObject("models", "model.gguf", "old");
  const first = await ensure("s3://models/model.gguf");
  s3.putObject("models", "model.gguf", "newer");
  expect((await ensure("s3://models/model.gguf")).localPath).toBe(first.localPath);
  const second = await ensure("s3://models/model.gguf", undefined, { refresh: true });
  expect(await readFile(second.localPath, "utf8")).toBe("newer");
  expect(await readFile((await ensure(`s3://models/model.gguf?versionId=${versionId}`)).localPath, "utf8")).toBe("old");
});

test("an object that is replaced while it is fetched is registered as it is then", async () => {
  const { s3, ensure, entry } = await setUp();
  s3.putObject("models", "model.gguf", "old", { checksums: ["sha256"] });
  let etag: string | null = null;
  s3.inject({
    kind: "latency",
    ms: 0,
    times: 1,
    when({ method }) {
      if (method === "GET") ({ etag } = s3.putObject("models", "model.gguf", "newer", { checksums: ["sha256"] }));
      return method === "GET";
    },
  });
  const { localPath, id } = await ensure("s3://models/model.gguf");
  expect(await readFile(localPath, "utf8")).toBe("newer");
  expect(await entry(id)).toMatchObject({
    digest: digestOf("newer"),
    trust: "upstream",
    provenance: { validators: { etag } },
  });
});

test("what broke off is not to be seen, and is gone on with", async () => {
  const { s3, ensure, entry, cacheDir } = await setUp({ maxRetries: 0, maxConnectionsPerTransfer: 1 });
  const content = { sizeBytes: 20 * mebibyte, seed: 1 };
  s3.putObject("models", "model.gguf", content);
  s3.inject({ kind: "cut", afterBytes: 12 * mebibyte, times: 1, when: ({ method }) => method === "GET" });
  await expect(ensure("s3://models/model.gguf")).rejects.toMatchObject({ code: "TRANSFER_BROKEN_OFF" });
  expect((await everythingIn(join(cacheDir, "models"))).split("\n").filter((line) => line.endsWith(".gguf"))).toEqual(
    [],
  );
  const { localPath, id } = await ensure("s3://models/model.gguf");
  expect(
    createHash("sha256")
      .update(await readFile(localPath))
      .digest("hex"),
  ).toBe(sha256Of(content));
  expect(await entry(id)).toMatchObject({ provenance: { reusedBytes: expect.any(Number) } });
  expect(s3.bodyBytesSent).toBeLessThan(22 * mebibyte);
});

test("no secret is in what a run says and leaves", async () => {
  const session = {
    accessKeyId: "TESTSESSION",
    secretAccessKey: "sEcReT/of+a/session==",
    sessionToken: "a/session+token/that==is/long",
  };
  const { s3, ensure, events, cacheDir, home } = await setUp({ maxRetries: 0, credentials: session });
  s3.addKey(session);
  s3.putObject("models", "model.gguf", weights);
  s3.putObject("models", "m/a", "a");
  const model = await ensure("s3://models/model.gguf");
  await ensure("s3://models/m/");
  const failures: unknown[] = [await ensure("s3://models/absent").catch((error: unknown) => error)];
  for (const fault of [
    { kind: "cut", afterBytes: 3 },
    { kind: "drop" },
    { kind: "status", status: 403 },
    { kind: "status", status: 307 },
    {
      kind: "status",
      status: 400,
      body: `<Error><Code>SignatureDoesNotMatch</Code><Message>${session.sessionToken}</Message></Error>`,
    },
    {
      kind: "status",
      status: 400,
      body: `<Error><Code>Odd</Code><Message>${session.secretAccessKey}</Message></Error>`,
    },
  ] as const) {
    const injected = s3.inject({ ...fault, when: ({ method }) => method === "GET" });
    failures.push(
      await ensure("s3://models/model.gguf", undefined, { refresh: true }).catch((error: unknown) => error),
    );
    failures.push(await ensure("s3://models/m/", undefined, { refresh: true }).catch((error: unknown) => error));
    injected.withdraw();
  }
  expect(failures.length).toBeGreaterThan(10);
  expect(failures.filter((failure) => failure instanceof Error).length).toBeGreaterThan(6);
  const everything = { depth: Infinity, showHidden: true, maxStringLength: null, maxArrayLength: null };
  const said = inspect([events, model, failures, failures.map(String)], everything);
  const left = await everythingIn(home);
  expect(cacheDir.startsWith(home)).toBe(true);
  const sent = s3.requests.map(({ path }) => path).join("\n");
  const signatures = [...sent.matchAll(/X-Amz-Signature=([0-9a-f]{64})/g)].map(([, signature = ""]) => signature);
  expect(signatures.length).toBeGreaterThan(5);
  for (const secret of [
    session.secretAccessKey,
    session.sessionToken,
    encodeURIComponent(session.sessionToken),
    ...signatures,
  ]) {
    expect(said).not.toContain(secret);
    expect(left).not.toContain(secret);
  }
});

/** Everything that a run has left below a folder, as one text: for what must not be in it. */
async function everythingIn(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const texts = await Promise.all(files.map(async (file) => `${file}\n${await readFile(file, "latin1")}`));
  return texts.join("\n");
}
