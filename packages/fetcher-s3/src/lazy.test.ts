import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("to make a fetcher loads nothing of AWS, and no parser", async () => {
  const script = `
    import { createRequire } from "node:module";
    const { s3Fetcher } = await import(${JSON.stringify(join(import.meta.dirname, "index.ts"))});
    const fetcher = s3Fetcher({ profile: "lab" });
    fetcher.normalize("//models/a");
    const { cache } = createRequire(import.meta.url);
    const loaded = () => Object.keys(cache).filter((path) => /aws-sdk|smithy/.test(path)).length;
    const before = loaded();
    await fetcher.plan({ kind: "url", scheme: "s3", url: "s3://models/a" }, { signal: new AbortController().signal }).catch(() => {});
    console.log(JSON.stringify({ before, after: loaded() > 0 }));
  `;
  const env = {
    PATH: "",
    AWS_ENDPOINT_URL: "http://127.0.0.1:9",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_CONFIG_FILE: "/dev/null",
  };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script], { env });
  expect(JSON.parse(stdout)).toEqual({ before: 0, after: true });
});
