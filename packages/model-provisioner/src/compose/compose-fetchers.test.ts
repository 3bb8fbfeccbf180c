import { type FetchPlan, isModelError, ModelError, type ModelFetcher, parseModelRef } from "@llama-orch/catalog-core";
import { fetchContext, memoryFetcher, tempIngest } from "@llama-orch/contract-tests";
import { describe, expect, test } from "vitest";
import { composeFetchers } from "./compose-fetchers.ts";
import { fallback } from "./fallback.ts";
import { selectFetcher } from "./select-fetcher.ts";

const abc = { tiny: { files: { "tiny.gguf": "abc" } } };

describe("composeFetchers", () => {
  test("serves the schemes of its members, each by the member that declares it", async () => {
    const [one, two] = [
      memoryFetcher({ scheme: "one", models: abc }),
      memoryFetcher({ scheme: "two", models: abc, network: true }),
    ];
    const composed = composeFetchers(one, two);
    expect(composed.schemes).toEqual(["one", "two"]);
    expect(composed.network).toBe(true);
    expect(selectFetcher(composed, "two")).toBe(two);
    expect((await composed.plan(parseModelRef("one:tiny"), fetchContext())).source).toBe("one:tiny");
    expect(one.calls.plan).toBe(1);
  });

  test("composes composites", () => {
    const inner = memoryFetcher({ scheme: "one", models: abc });
    const nested = composeFetchers(composeFetchers(inner), memoryFetcher({ scheme: "two", models: abc }));
    expect(selectFetcher(nested, "one")).toBe(inner);
  });

  test("refuses two fetchers of one scheme that the types could not tell apart", () => {
    const fetchers: ModelFetcher[] = [memoryFetcher({ models: abc }), memoryFetcher({ models: abc })];
    expect(() => composeFetchers(...fetchers)).toThrow(
      expect.objectContaining({ code: "FETCHER_SCHEME_TWICE", facts: expect.objectContaining({ scheme: "mem" }) }),
    );
  });
});

describe("a reference that nobody serves", () => {
  test.each([
    ["hf", ["@llama-orch/fetcher-hf", "@llama-orch/fetcher-hf-cli"]],
    ["s3", ["@llama-orch/fetcher-s3"]],
    ["constructor", []],
  ])("%s: is NO_FETCHER, which lists what is configured and what to add", (scheme, packages) => {
    const fetcher = memoryFetcher({ models: abc });
    const select = (): ModelFetcher => selectFetcher(fetcher, scheme);
    expect(select).toThrow(
      expect.objectContaining({
        code: "NO_FETCHER",
        category: "cannot-serve",
        facts: { scheme, configured: ["mem"], packages },
      }),
    );
    for (const name of packages)
      expect(select).toThrow(expect.objectContaining({ hint: expect.stringContaining(name) }));
  });
});

describe("fallback", () => {
  const absent = new ModelError("TOOL_ABSENT", "cannot-serve", { message: "absent", hint: "install it" });
  const ref = parseModelRef("mem:tiny");

  test("asks the next one only when one cannot serve", async () => {
    const first = failingFetcher(absent);
    const second = memoryFetcher({ models: abc });
    expect((await fallback(first, second).plan(ref, fetchContext())).source).toBe("mem:tiny");
  });

  test.each(["not-found", "not-allowed", "network", "digest-mismatch", "no-space", "usage", "other"] as const)(
    "defect 9: takes %s for the answer, and asks nobody else",
    async (category) => {
      const error = new ModelError("SOME_CODE", category, { message: "no", hint: "none" });
      const second = memoryFetcher({ models: abc });
      await expect(fallback(failingFetcher(error), second).plan(ref, fetchContext())).rejects.toBe(error);
      expect(second.calls).toEqual({ plan: 0, fetch: 0 });
    },
  );

  test("takes an abort for the answer", async () => {
    const controller = new AbortController();
    controller.abort(absent);
    const second = memoryFetcher({ models: abc });
    const call = fallback(failingFetcher(absent), second).plan(ref, fetchContext({ signal: controller.signal }));
    expect(await call.catch((error: unknown) => error)).toBe(absent);
    expect(second.calls.plan).toBe(0);
  });

  test("shows the first refusal when nobody can serve", async () => {
    const other = new ModelError("OTHER_ABSENT", "cannot-serve", { message: "absent", hint: "none" });
    const call = fallback(failingFetcher(absent), failingFetcher(other)).plan(ref, fetchContext());
    await expect(call).rejects.toBe(absent);
  });

  test("goes on to the next one also when it shows only in the fetch, and says who brought it", async () => {
    await using temp = await disposable();
    const first: ModelFetcher<"mem"> = { ...failingFetcher(absent), plan: async () => somePlan(ref) };
    const second = memoryFetcher({ models: abc });
    const joined = fallback(first, second);
    const plan = await joined.plan(ref, fetchContext());
    const artifact = await joined.fetch(plan, temp.ingest, fetchContext());
    expect(artifact).toMatchObject({ movedBytes: 3, fetchedBy: { name: second.name } });
  });

  test("normalizes as its first member does", () => {
    const first = { ...memoryFetcher({ models: abc }), normalize: (locator: string) => locator.toLowerCase() };
    expect(fallback(first, memoryFetcher({ models: abc })).normalize?.("TINY")).toBe("tiny");
  });

  test("errors of other copies of catalog-core are told by their brand", () => {
    expect(isModelError(absent, "TOOL_ABSENT")).toBe(true);
  });
});

function failingFetcher(error: Error): ModelFetcher<"mem"> {
  const fail = (): Promise<never> => Promise.reject(error);
  return { name: "failing-fetcher", version: "0.0.0", schemes: ["mem"], network: false, plan: fail, fetch: fail };
}

function somePlan(ref: FetchPlan["ref"]): FetchPlan {
  return { ref, source: "mem:tiny", location: "managed", kind: "file", files: [{ path: "tiny.gguf" }] };
}

async function disposable(): Promise<Awaited<ReturnType<typeof tempIngest>> & AsyncDisposable> {
  const temp = await tempIngest();
  return { ...temp, [Symbol.asyncDispose]: temp.dispose };
}
