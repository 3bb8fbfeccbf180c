import { parseDigest } from "@llama-orch/catalog-core";
import { expect } from "vitest";
import { generated, mebibyte, test } from "../testing/transferring.ts";

const path = "/model.gguf";
const large = generated(4 * mebibyte);

test("a digest that nobody would compute is a mistake of the caller, not one that is passed over", async ({
  setting,
}) => {
  setting.server.put(path, { content: large });
  const expectedDigest = parseDigest(`sha512:${"0".repeat(128)}`);
  await expect(setting.transfer(path, { expectedDigest })).rejects.toMatchObject({
    code: "TRANSFER_OPTION_INVALID",
    facts: { option: "algorithms" },
  });
  await expect(setting.transfer(path, { expectedDigest, algorithms: ["sha512"] })).rejects.toMatchObject({
    code: "TRANSFER_DIGEST_MISMATCH",
  });
});

test("a size that no file has is a mistake of the caller", async ({ setting }) => {
  for (const expectedSizeBytes of [-1, Number.NaN, Infinity]) {
    await expect(setting.transfer(path, { expectedSizeBytes })).rejects.toMatchObject({
      code: "TRANSFER_OPTION_INVALID",
    });
  }
});

test("what a listener throws, or rejects with, changes nothing", async ({ setting }) => {
  setting.server.put(path, { content: large });
  // So slowly that it is told by the clock, too.
  setting.server.inject({ kind: "throttle", bytesPerSecond: 16 * mebibyte });
  let told = 0;
  const result = await setting.transfer(path, {
    onProgress() {
      told += 1;
      if (told % 2 === 0) throw new Error("of the listener");
      return Promise.reject(new Error("of the listener"));
    },
  });
  expect(result.sizeBytes).toBe(large.sizeBytes);
  expect(told).toBeGreaterThan(2);
});
