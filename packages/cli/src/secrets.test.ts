import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import { catalogDocuments, test } from "./testing/place.ts";

const secret = "Tr0ub4dor-and-3-more";

const forms: readonly (readonly string[])[] = [[], ["--json"], ["--log-format", "json"], ["--dry-run"]];

test("a secret in a reference appears in no output, whatever the form and wherever the failure", async ({ place }) => {
  for (const [reference, ensureCode, recordCode] of [
    [`gs://user:${secret}@bucket/x?token=${secret}`, 5, 3],
    [`gs://bucket/x?X-Amz-Signature=${secret}`, 5, 3],
    [`s3://user:${secret}@bucket/x?token=${secret}`, 2, 2],
    [`oci://user:${secret}@127.0.0.1:9/x#token=${secret}`, 6, 3],
  ] as const) {
    for (const form of forms) {
      for (const debug of ["0", "1"]) {
        const { exitCode, stdout, stderr } = await place.runWith(
          { MODEL_PROVISIONER_DEBUG: debug },
          "ensure",
          reference,
          ...form,
        );
        expect({ reference, exitCode }).toEqual({ reference, exitCode: ensureCode });
        expect(stdout + stderr).not.toContain(secret);
      }
    }
    for (const name of ["path", "show", "verify", "retire", "rm"]) {
      const { exitCode, stdout, stderr } = await place.run(name, reference);
      expect({ name, exitCode }).toEqual({ name, exitCode: recordCode });
      expect(stdout + stderr).not.toContain(secret);
    }
  }
});

test("the value of a secret variable is hidden wherever it turns up", async ({ place }) => {
  const env = { HF_TOKEN: secret };
  for (const args of [
    [secret],
    ["ensure", `./${secret}`],
    ["ensure", "x", `--${secret}`],
    ["ensure", "x", "--digest", secret],
  ]) {
    const { exitCode, stdout, stderr } = await place.runWith(env, ...args);
    expect([2, 3]).toContain(exitCode);
    expect(stdout + stderr).not.toContain(secret);
  }
});

test("a secret in the name of a model's source stays out of the catalog", async ({ place }) => {
  await place.file("model.gguf", "abc");
  await place.runWith({ HF_TOKEN: secret }, "ensure", "model.gguf", "--correlation-id", secret);
  for (const document of await catalogDocuments(place)) expect(await readFile(document, "utf8")).not.toContain(secret);
});
