import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import { expect } from "vitest";
import { startFaultServer } from "../../../../tools/fault-server/src/index.ts";
import { startTestHub } from "../../../../tools/test-hub/src/index.ts";
import { modelPackModel, startTestRegistry } from "../../../../tools/test-registry/src/index.ts";
import { startTestS3 } from "../../../../tools/test-s3/src/index.ts";
import { type Place, test } from "../testing/place.ts";

const weights: Buffer = Buffer.alloc(100_000, "GGUF weights ");
const digest = `sha256:${createHash("sha256").update(weights).digest("hex")}`;

interface Ensured {
  readonly localPath: string;
  readonly stagedBytes: number;
}

async function ensure(place: Place, env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ensured> {
  const { exitCode, stdout, stderr } = await place.runWith(env, "ensure", "--json", ...args);
  expect({ exitCode, stderr: exitCode === 0 ? "" : stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout) as Ensured;
}

/** One content has one inode, whatever it is called. */
async function inodes(...models: readonly Ensured[]): Promise<number> {
  return new Set(await Promise.all(models.map(async ({ localPath }) => (await stat(localPath)).ino))).size;
}

test("what came from a Hub is not fetched from a registry", async ({ place }) => {
  await using hub = await startTestHub();
  await using registry = await startTestRegistry();
  hub.addRepository("org/one", { files: { "model.gguf": weights.toString() } });
  registry.pushArtifact("org/one", "v1", modelPackModel({ "q4.gguf": weights }));
  const env = { HF_ENDPOINT: hub.endpoint };
  const fromHub = await ensure(place, env, "hf:org/one/model.gguf");
  const fromRegistry = await ensure(place, env, `oci://${registry.host}/org/one:v1`);
  expect([fromHub.stagedBytes, fromRegistry.stagedBytes]).toEqual([weights.length, 0]);
  expect(registry.requests.filter(({ path }) => path.includes("/blobs/"))).toEqual([]);
  expect(await inodes(fromHub, fromRegistry)).toBe(1);
});

test("what came from a bucket is not fetched from a web server, nor what a bucket declares if it is here", async ({
  place,
}) => {
  await using server = await startFaultServer();
  await using s3 = await startTestS3();
  server.put("/model.gguf", { content: weights });
  s3.bucket("models", { public: true });
  s3.putObject("models", "declared.gguf", weights, { checksums: ["sha256"] });
  s3.putObject("models", "other.gguf", weights, { checksums: ["crc64nvme"] });
  const env = { AWS_ENDPOINT_URL_S3: s3.origin };
  const other = await ensure(place, env, "s3://models/other.gguf");
  const web = await ensure(place, env, `${server.origin}/model.gguf`, "--digest", digest);
  const declared = await ensure(place, env, "s3://models/declared.gguf");
  expect([other, web, declared].map(({ stagedBytes }) => stagedBytes)).toEqual([weights.length, 0, 0]);
  expect([server.bodyBytesSent, s3.requests.filter(({ method }) => method === "GET").length]).toEqual([0, 1]);
  expect(await inodes(other, web, declared)).toBe(1);
});

test("the same bytes without a digest beforehand come twice, and are stored once", async ({ place }) => {
  await using server = await startFaultServer();
  await using registry = await startTestRegistry();
  server.put("/model.gguf", { content: weights });
  registry.pushArtifact("org/one", "v1", modelPackModel({ "q4.gguf": weights }, { format: "tar+gzip" }));
  const web = await ensure(place, {}, `${server.origin}/model.gguf`);
  const archive = await ensure(place, {}, `oci://${registry.host}/org/one:v1`);
  expect(await inodes(web, archive)).toBe(1);
});
