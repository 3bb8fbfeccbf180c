import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { expect, test } from "vitest";

const fixtures = new URL("../../type-fixtures/", import.meta.url);

test("a wrong composition is refused by the compiler, in a sentence that says what to do", async () => {
  const source = await readFile(new URL("wrong-compositions.ts", fixtures), "utf8");
  const wrongLines = source.split("\n").flatMap((line, index) => (line.endsWith("// wrong") ? [index + 1] : []));

  const { stdout, exitCode } = await execa("tsc", ["--project", ".", "--pretty", "false"], {
    cwd: fileURLToPath(fixtures),
    preferLocal: true,
    reject: false,
  });

  expect(exitCode).not.toBe(0);
  const messages = stdout.split(/\n(?=\S)/);
  expect(messages.map((message) => Number(/\((\d+),/.exec(message)?.[1]))).toEqual(wrongLines);
  const [unserved, twice, twiceInOptions, fewer] = messages;
  expect(unserved).toContain(
    `Argument of type '"s3://b/k"' is not assignable to parameter of type '"no fetcher serves 's3:'"'.`,
  );
  expect(twice).toContain("two fetchers serve 'hf:'; join them: fallback(first, second)");
  expect(twiceInOptions).toContain("two fetchers serve 'hf:'; join them: fallback(first, second)");
  expect(fewer).toContain(`Type 'ModelFetcher<"file" | "hf">' is not assignable to type 'ModelFetcher<"file">'`);
  for (const message of [unserved, twice, twiceInOptions]) expect(message?.split("\n").length).toBeLessThanOrEqual(2);
}, 60_000);
