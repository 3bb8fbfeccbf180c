import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { DownloadTool } from "../downloads/download-tool.ts";
import { installed } from "../downloads/installed-tools.ts";
import { childCommand } from "../downloads/our-tool.ts";
import type { ModelBucket } from "./model-bucket.ts";

/** Neither compares the object's checksum: `aws` from pip has no CRC64NVME, `rclone` knows MD5 alone, and parts have none. */
export function bucketClients(bucket: ModelBucket): readonly DownloadTool[] {
  const { path } = bucket;
  const aws = behindShim("aws");
  const copyByAws = [aws, "s3", "cp", "--quiet", `s3://${path}`];
  const copyByRclone = ["rclone", "copyto", "--quiet", `bench:${path}`];
  return installed(
    [
      {
        name: "aws s3 cp",
        program: aws,
        command: ({ folder }) => [...awsEnvironment(bucket, folder), ...copyByAws, join(folder, "model.gguf")],
      },
      {
        name: "rclone copyto",
        program: "rclone",
        command: ({ folder }) => [...rcloneEnvironment(bucket, folder), ...copyByRclone, join(folder, "model.gguf")],
      },
    ],
    "pip install awscli; apt-get install rclone",
  );
}

export function oursFromBucket(bucket: ModelBucket): DownloadTool {
  return {
    name: "ours",
    version: "here",
    isVerifying: true,
    kind: "ours",
    everyNthRound: 1,
    command: ({ folder }) => [
      ...awsEnvironment(bucket, folder),
      ...childCommand("ensure-from-bucket.mjs", `s3://${bucket.path}`, folder),
    ],
  };
}

function awsEnvironment({ endpoint, region, credentials }: ModelBucket, folder: string): readonly string[] {
  return onlyEnvironment(folder, {
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_EC2_METADATA_DISABLED: "true",
  });
}

function rcloneEnvironment({ endpoint, region, credentials }: ModelBucket, folder: string): readonly string[] {
  return onlyEnvironment(folder, {
    RCLONE_CONFIG_BENCH_TYPE: "s3",
    RCLONE_CONFIG_BENCH_PROVIDER: "Other",
    RCLONE_CONFIG_BENCH_ENDPOINT: endpoint,
    RCLONE_CONFIG_BENCH_REGION: region,
    RCLONE_CONFIG_BENCH_ACCESS_KEY_ID: credentials.accessKeyId,
    RCLONE_CONFIG_BENCH_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  });
}

/** Nothing of the user's: neither variables nor what lies in their home. The key is one of this run's server alone. */
function onlyEnvironment(home: string, variables: Readonly<Record<string, string>>): readonly string[] {
  const all = { PATH: process.env["PATH"] ?? "", HOME: home, ...variables };
  return ["env", "-i", ...Object.entries(all).map(([name, value]) => `${name}=${value}`)];
}

/** Of a program that pyenv has, itself: what is on PATH is a shell script then, which takes 140 ms that are not the program's. */
function behindShim(program: string): string {
  const { status, stdout } = spawnSync("pyenv", ["which", program], { encoding: "utf8" });
  return status === 0 ? stdout.trim() : program;
}
