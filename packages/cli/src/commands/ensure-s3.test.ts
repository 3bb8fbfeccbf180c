import { readdir, readFile } from "node:fs/promises";
import { expect } from "vitest";
import { sha256Of } from "../../../../tools/fault-server/src/index.ts";
import { startTestS3, type TestS3 } from "../../../../tools/test-s3/src/index.ts";
import { test } from "../testing/place.ts";

const content = { sizeBytes: 300_000, seed: 1 };

function environmentOf({ origin, credentials, region }: TestS3): Record<string, string> {
  const { accessKeyId, secretAccessKey } = credentials;
  return {
    AWS_ENDPOINT_URL_S3: origin,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
  };
}

async function startS3(): Promise<TestS3> {
  const s3 = await startTestS3();
  s3.bucket("models", {});
  s3.putObject("models", "llama/model.gguf", content);
  s3.putObject("models", "llama/README.md", "# read me");
  return s3;
}

test("an object is a path, and the bucket is not asked again", async ({ place }) => {
  await using s3 = await startS3();
  const env = environmentOf(s3);
  const first = await place.runWith(env, "ensure", "s3://models/llama/model.gguf", "--json");
  expect(first.exitCode).toBe(0);
  expect(JSON.parse(first.stdout)).toMatchObject({ trust: "upstream", digest: `sha256:${sha256Of(content)}` });
  const asked = s3.requests.length;
  // A key is the same, however it is written.
  const again = await place.run("ensure", "s3://models/llama/model%2Egguf", "--quiet", "--offline");
  expect(again.stdout).toMatch(/\/model\.gguf\n$/);
  expect(s3.requests).toHaveLength(asked);
  expect(first.stdout + first.stderr).not.toContain(env["AWS_SECRET_ACCESS_KEY"]);
});

test("a prefix is a folder; a dry run tells its files and sizes, and moves nothing", async ({ place }) => {
  await using s3 = await startS3();
  const env = environmentOf(s3);
  const dry = await place.runWith(env, "ensure", "s3://models/llama/", "--dry-run");
  expect(dry.stdout).toContain("2 files, 300 kB");
  const { stdout } = await place.runWith(env, "ensure", "s3://models/llama/", "--quiet");
  expect((await readdir(stdout.trimEnd())).filter((name) => !name.startsWith("."))).toEqual([
    "README.md",
    "model.gguf",
  ]);
});

test("a public bucket needs no credentials, and wrong ones are left out by --no-sign-request", async ({ place }) => {
  await using s3 = await startS3();
  s3.bucket("open", { public: true });
  s3.putObject("open", "model.gguf", "abc");
  const nobody = { AWS_ENDPOINT_URL_S3: s3.origin };
  const { stdout } = await place.runWith(nobody, "ensure", "s3://open/model.gguf", "--quiet");
  expect(await readFile(stdout.trimEnd(), "utf8")).toBe("abc");
  const wrong = { ...environmentOf(s3), AWS_SECRET_ACCESS_KEY: "wrong-secret-0123456789" };
  const signed = await place.runWith(wrong, "ensure", "s3://open/model.gguf", "--refresh");
  expect(signed.exitCode).toBe(7);
  expect(signed.stderr).not.toContain("wrong-secret");
  const unsigned = await place.runWith(wrong, "ensure", "s3://open/model.gguf", "--refresh", "--no-sign-request");
  expect(unsigned.exitCode).toBe(0);
});

test("certificates of an authority of one's own are those of AWS_CA_BUNDLE, else those of SSL_CERT_FILE", async ({
  place,
}) => {
  await using s3 = await startTestS3({ tls: true });
  s3.bucket("models", {});
  s3.putObject("models", "llama/model.gguf", content);
  const env = environmentOf(s3);
  const ensure = ["ensure", "s3://models/llama/model.gguf", "--quiet", "--refresh"];
  const distrusted = await place.runWith(env, ...ensure);
  expect(distrusted.exitCode).toBe(6);
  expect(distrusted.stderr).toMatch(/^error: .*not trusted.*\nhint: .*SSL_CERT_FILE\.\n$/);
  const ca = await place.file("ca.pem", s3.ca ?? "");
  expect((await place.runWith({ ...env, SSL_CERT_FILE: ca }, ...ensure)).exitCode).toBe(0);
  const both = { ...env, SSL_CERT_FILE: "/no/such.pem", AWS_CA_BUNDLE: ca };
  expect((await place.runWith(both, ...ensure)).exitCode).toBe(0);
  const absent = { ...env, AWS_CA_BUNDLE: "/no/such.pem" };
  const message = "AWS_CA_BUNDLE is /no/such.pem, and there is no such file.";
  expect((await place.runWith(absent, ...ensure)).stderr).toContain(message);
  expect((await place.runWith(absent, "doctor", "--offline")).stderr).toContain(message);
});

test("a bucket whose reader pays is read when that is said", async ({ place }) => {
  await using s3 = await startS3();
  s3.bucket("dear", { requesterPays: true });
  s3.putObject("dear", "model.gguf", "abc");
  const env = environmentOf(s3);
  expect((await place.runWith(env, "ensure", "s3://dear/model.gguf")).exitCode).toBe(7);
  expect((await place.runWith(env, "ensure", "s3://dear/model.gguf", "--request-payer")).exitCode).toBe(0);
});

test.for([
  ["s3://models/absent.gguf", 3],
  ["s3://absent/model.gguf", 3],
  ["s3://models/llama", 3],
  ["s3://models/llama/model.gguf?versionId=none", 3],
  ["s3://models/llama/model.gguf?region=x", 2],
] as const)("%s ends with %i, and says what to do", async ([reference, exitCode], { place }) => {
  await using s3 = await startS3();
  const outcome = await place.runWith(environmentOf(s3), "ensure", reference);
  expect({ ...outcome, stderr: "" }).toEqual({ exitCode, stdout: "", stderr: "" });
  expect(outcome.stderr).toMatch(/^error: [^\n]+\nhint: [^\n]+\n$/);
});

test("doctor tells the endpoint, the region and where credentials come from, and none of them", async ({ place }) => {
  await using s3 = await startS3();
  const env = environmentOf(s3);
  const { stdout } = await place.runWith(env, "doctor", "--offline");
  expect(stdout).toContain(`s3 endpoint  ${s3.origin}, region us-east-1\n`);
  expect(stdout).toMatch(/^s3 login +AWS_ACCESS_KEY_ID$/m);
  expect(stdout).not.toContain(env["AWS_ACCESS_KEY_ID"]);
  expect((await place.run("doctor", "--offline")).stdout).toMatch(/^s3 login +none set up/m);
  const wrong = await place.runWith({ AWS_ENDPOINT_URL: "not a url" }, "doctor", "--offline");
  expect(wrong.exitCode).toBe(1);
});
