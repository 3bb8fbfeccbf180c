import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { isolateAws } from "../testing/isolate-aws.ts";
import { inspectS3 } from "./inspect-s3.ts";

let folder = "";

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "fetcher-s3-"));
  isolateAws(folder);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test("what is set up is told by its name, and no secret", async () => {
  expect(await inspectS3({})).toEqual({ region: "us-east-1", credentials: [] });
  const lan = "[profile lan]\nendpoint_url = http://storage.lan:9000/\nregion = lan-1\naws_access_key_id = AKID\n";
  await writeFile(
    join(folder, "config"),
    `[default]\nregion = eu-west-1\n${lan}aws_secret_access_key = correct-horse\n`,
  );
  expect(await inspectS3({})).toEqual({ region: "eu-west-1", credentials: [] });
  vi.stubEnv("AWS_PROFILE", "lan");
  expect(await inspectS3({ AWS_PROFILE: "lan", AWS_ACCESS_KEY_ID: "x", AWS_WEB_IDENTITY_TOKEN_FILE: "/t" })).toEqual({
    endpoint: "http://storage.lan:9000",
    region: "lan-1",
    credentials: ["AWS_ACCESS_KEY_ID", "profile lan", "AWS_WEB_IDENTITY_TOKEN_FILE"],
  });
});
