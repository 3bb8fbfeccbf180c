/** The server of `tools/test-s3` under AWS's own client: what it signs is taken, and what it is told it understands. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, HeadObjectCommand, paginateListObjectsV2, S3Client } from "@aws-sdk/client-s3";
import { expect, test, vi } from "vitest";
import {
  type CredentialsServer,
  lookupLoopback,
  randomKey,
  startCredentialsServer,
  startTestS3,
  type TestS3,
} from "../../test-s3/src/index.ts";
import { clientOf } from "./seed.ts";

const oddKeys = ["a b/ü+(1)&'*!~$=@:,.gguf", "../x", "a//b", "%2F", "p/", "p/1", "p/2"];

test.each(["path", "virtual-host"] as const)("objects and lists come whole, by %s", async (addressing) => {
  await using s3 = await s3WithOddKeys();
  const client = clientTo(s3, { addressing });
  for (const key of oddKeys) {
    const { Body: body, ChecksumCRC64NVME: checksum } = await client.send(
      new GetObjectCommand({ Bucket: "models", Key: key, ChecksumMode: "ENABLED" }),
    );
    expect(await body?.transformToString()).toBe(key);
    expect(checksum).toMatch(/^.{11}=$/);
  }
  s3.setPageSize(2);
  const keys: (string | undefined)[] = [];
  for await (const page of paginateListObjectsV2({ client }, { Bucket: "models", EncodingType: undefined })) {
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key));
  }
  expect(keys).toEqual(oddKeys.toSorted((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))));
  client.destroy();
});

test("what is wrong has the client's names for it", async () => {
  await using s3 = await s3WithOddKeys();
  const failure = async (client: S3Client, key = "p/1"): Promise<unknown> => {
    const error: unknown = await client.send(new GetObjectCommand({ Bucket: "models", Key: key })).catch(String);
    client.destroy();
    return error;
  };
  const wrong = { ...s3.credentials, secretAccessKey: randomKey().secretAccessKey };
  expect(await failure(clientTo(s3, { credentials: wrong }))).toContain("SignatureDoesNotMatch");
  expect(await failure(clientTo(s3, { credentials: randomKey() }))).toContain("InvalidAccessKeyId");
  expect(await failure(clientTo(s3), "none")).toContain("NoSuchKey");
});

test("the session token of the client is taken", async () => {
  await using s3 = await s3WithOddKeys();
  const temporary = { ...randomKey(), sessionToken: "token+/=" };
  s3.addKey(temporary);
  const client = clientTo(s3, { credentials: temporary });
  const { ContentLength: length } = await client.send(new HeadObjectCommand({ Bucket: "models", Key: "p/1" }));
  expect(length).toBe(3);
  client.destroy();
});

test.each<[string, (server: CredentialsServer, tokenFile: string) => Record<string, string>]>([
  ["a container", ({ containerUri }) => ({ AWS_CONTAINER_CREDENTIALS_FULL_URI: containerUri })],
  ["an instance", ({ origin }) => ({ AWS_EC2_METADATA_SERVICE_ENDPOINT: origin })],
  [
    "a web identity",
    ({ origin }, tokenFile) => ({
      AWS_ENDPOINT_URL_STS: origin,
      AWS_ROLE_ARN: "arn:aws:iam::000000000000:role/test-role",
      AWS_WEB_IDENTITY_TOKEN_FILE: tokenFile,
    }),
  ],
])("the client's chain gets the credentials of %s", async (_, environment) => {
  const folder = await mkdtemp(join(tmpdir(), "s3-chain-"));
  await writeFile(join(folder, "token"), "a web identity");
  await using s3 = await s3WithOddKeys();
  const temporary = { ...randomKey(), sessionToken: "token" };
  s3.addKey(temporary);
  await using server = await startCredentialsServer({ credentials: temporary });
  const nowhere = join(folder, "none");
  const files = { AWS_CONFIG_FILE: nowhere, AWS_SHARED_CREDENTIALS_FILE: nowhere };
  const stubs = { ...files, AWS_REGION: s3.region, ...environment(server, join(folder, "token")) };
  for (const [name, value] of Object.entries(stubs)) vi.stubEnv(name, value);
  const client = new S3Client({ endpoint: s3.origin, region: s3.region, forcePathStyle: true, maxAttempts: 1 });
  const { ContentLength: length } = await client.send(new HeadObjectCommand({ Bucket: "models", Key: "p/1" }));
  expect([length, server.issued]).toEqual([3, 1]);
  client.destroy();
  await rm(folder, { recursive: true });
});

async function s3WithOddKeys(): Promise<TestS3> {
  const s3 = await startTestS3();
  s3.bucket("models");
  for (const key of oddKeys) s3.putObject("models", key, key);
  return s3;
}

interface ClientOptions {
  readonly addressing?: "path" | "virtual-host";
  readonly credentials?: TestS3["credentials"];
}

function clientTo(s3: TestS3, { addressing = "path", credentials = s3.credentials }: ClientOptions = {}): S3Client {
  const server = { endpoint: s3.origin, region: s3.region, credentials };
  if (addressing === "path") return clientOf(server);
  return clientOf(server, {
    forcePathStyle: false,
    endpoint: `http://localhost:${s3.port}`,
    requestHandler: { httpAgent: new Agent({ lookup: lookupLoopback }) },
  });
}
