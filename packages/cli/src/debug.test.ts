import { expect } from "vitest";
import { test } from "./testing/place.ts";

test("MODEL_PROVISIONER_DEBUG=1 adds where an error comes from; otherwise there is never a stack trace", async ({
  place,
}) => {
  const plain = await place.run("ensure", "absent.gguf");
  expect(plain.stderr).not.toMatch(/^\s+at /m);
  const debug = await place.runWith({ MODEL_PROVISIONER_DEBUG: "1" }, "ensure", "absent.gguf");
  expect(debug.stderr.startsWith(plain.stderr)).toBe(true);
  expect(debug.stderr).toMatch(/^\s+at /m);
  expect(debug.stderr).toContain("caused by: Error: ENOENT");
  const json = await place.runWith({ MODEL_PROVISIONER_DEBUG: "1" }, "ensure", "absent.gguf", "--json");
  expect(JSON.parse(json.stderr)).toMatchObject({ error: { code: "FILE_NOT_FOUND", stack: expect.any(String) } });
});
