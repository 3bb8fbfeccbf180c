import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { bootId } from "./boot-id.ts";

test("can stand in a file name, and is the same in every process of this boot", () => {
  expect(bootId()).toMatch(/^[0-9a-z-]{1,64}$/);
  const script = `import { bootId } from ${JSON.stringify(new URL("./boot-id.ts", import.meta.url).href)}; console.log(bootId());`;
  const other = execFileSync(process.execPath, ["--input-type=module", "--eval", script], { encoding: "utf8" });
  expect(other.trim()).toBe(bootId());
});
