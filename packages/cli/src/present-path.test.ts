import { readdir, readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";
import { startFaultServer } from "../../../tools/fault-server/src/index.ts";
import { orasFiles, startTestRegistry } from "../../../tools/test-registry/src/index.ts";
import { startTestS3 } from "../../../tools/test-s3/src/index.ts";
import { fakeHf } from "./testing/fake-hf.ts";
import { command, type Place, test } from "./testing/place.ts";

/** Text that is in zod, and in nothing else of the bundle. */
const zodMark = "invalid_union";
/** The same of execa. */
const execaMark = "stripFinalNewline";
/** The same of transfer: what it says it is, to servers. */
const transferMark = "llama-orch-transfer/";

test.for([{ options: [] }, { options: ["--stage", "copy", "--durability", "relaxed"] }])(
  "ensuring a model that is present loads one file, and no zod: $options",
  async ({ options }, { place }) => {
    await place.file("model.gguf", "abc");
    const first = await loadedBy(place, "first", ["model.gguf", ...options]);
    expect(await anyHolds(first, zodMark)).toBe(true);
    expect(await anyHolds(first, execaMark)).toBe(false);
    const present = await loadedBy(place, "second", ["model.gguf", ...options]);
    expect(present.map((path) => basename(path))).toEqual(["main.js"]);
    expect(await anyHolds(present, zodMark)).toBe(false);
  },
);

test.skipIf(process.platform === "win32")(
  "ensuring a model of a Hub that is present loads one file as well: what starts processes is loaded to fetch",
  async ({ place }) => {
    await fakeHf(place);
    const first = await loadedBy(place, "first", ["hf:org/repo/model.gguf", "--hf-via", "cli"]);
    expect(await anyHolds(first, execaMark)).toBe(true);
    const present = await loadedBy(place, "second", ["hf:org/repo/model.gguf"]);
    expect(present.map((path) => basename(path))).toEqual(["main.js"]);
    expect(await anyHolds(present, execaMark)).toBe(false);
  },
);

test("ensuring a model of a web server that is present loads one file as well, whatever is set for servers", async ({
  place,
}) => {
  await using server = await startFaultServer();
  server.put("/model.gguf", { content: Buffer.from("abc") });
  const url = `${server.origin}/model.gguf`;
  const first = await loadedBy(place, "first", [url]);
  expect(await anyHolds(first, transferMark)).toBe(true);
  const env = { SSL_CERT_FILE: "/does/not/exist", MODEL_PROVISIONER_HTTP_HEADERS: "no header" };
  const present = await loadedBy(place, "second", [url], env);
  expect(present.map((path) => basename(path))).toEqual(["main.js"]);
  expect(await anyHolds(present, transferMark)).toBe(false);
});

test.for(["oci", "s3"] as const)(
  "ensuring a model of %s: that is present loads one file as well",
  async (scheme, { place }) => {
    await using registry = await startTestRegistry();
    await using s3 = await startTestS3();
    registry.pushArtifact("org/model", "latest", orasFiles({ "model.gguf": Buffer.from("abc") }));
    s3.bucket("models", { public: true });
    s3.putObject("models", "model.gguf", "abc");
    const reference = { oci: `oci://${registry.host}/org/model`, s3: "s3://models/model.gguf" }[scheme];
    const env = { AWS_ENDPOINT_URL_S3: s3.origin };
    const first = await loadedBy(place, "first", [reference], env);
    expect(await anyHolds(first, transferMark)).toBe(true);
    const present = await loadedBy(place, "second", [reference], env);
    expect(present.map((path) => basename(path))).toEqual(["main.js"]);
  },
);

/** The files of the bundle that `ensure` loads, as V8 itself reports them. */
async function loadedBy(
  place: Place,
  run: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const folder = place.at(run);
  expect((await place.runWith({ NODE_V8_COVERAGE: folder, ...env }, "ensure", ...args)).exitCode).toBe(0);
  const [report = ""] = await readdir(folder);
  const { result } = JSON.parse(await readFile(join(folder, report), "utf8")) as { result: { url: string }[] };
  const files = result.filter(({ url }) => url.startsWith("file:")).map(({ url }) => fileURLToPath(url));
  expect(files).toContain(command);
  return files;
}

async function anyHolds(files: readonly string[], text: string): Promise<boolean> {
  const contents = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return contents.some((content) => content.includes(text));
}
