import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("to make a fetcher loads neither zod nor execa", async () => {
  const script = `
    import { registerHooks } from "node:module";
    const loaded = new Set();
    registerHooks({ load(url, context, next) { for (const name of ["zod", "execa"]) if (url.includes("/node_modules/" + name + "/")) loaded.add(name); return next(url, context); } });
    const { ociFetcher } = await import(${JSON.stringify(join(import.meta.dirname, "index.ts"))});
    ociFetcher().normalize("//r.example/a");
    const before = [...loaded];
    await import(${JSON.stringify(join(import.meta.dirname, "credentials/credential-helper.ts"))});
    console.log(JSON.stringify({ before, after: [...loaded].sort() }));
  `;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  expect(JSON.parse(stdout)).toEqual({ before: [], after: ["execa", "zod"] });
});
