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

describe("a scheme that no reference can have", () => {
  test.each([["MEM"], ["m"], ["mem:"], ["1mem"], ["m_m"], [""]])("%j is refused", (scheme) => {
    const unreachable = { ...memoryFetcher({ models: abc }), schemes: ["mem", scheme] };
    const refusal = expect.objectContaining({
      code: "FETCHER_SCHEME_INVALID",
      category: "usage",
      facts: { fetcher: unreachable.name, schemes: ["mem", scheme] },
    });
    expect(() => composeFetchers(unreachable)).toThrow(refusal);
    expect(() => fallback(memoryFetcher({ models: abc }), unreachable)).toThrow(refusal);
  });

  test("none at all is refused, and what references can have is not", () => {
    const fetcher = memoryFetcher({ models: abc });
    expect(() => composeFetchers({ ...fetcher, schemes: [] })).toThrow(
      expect.objectContaining({ code: "FETCHER_SCHEME_INVALID" }),
    );
    expect(composeFetchers({ ...fetcher, schemes: ["git+ssh", "s3", "a.b-c"] }).schemes).toHaveLength(3);
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

test("a composite given a reference that nobody serves rejects, and does not throw", async () => {
  const composed = composeFetchers(memoryFetcher({ models: abc }));
  const plan = composed.plan(parseModelRef("hf:org/repo"), fetchContext());
  await expect(plan).rejects.toMatchObject({ code: "NO_FETCHER" });
  await using temp = await disposable();
  const fetch = composed.fetch(somePlan(parseModelRef("hf:org/repo")), temp.ingest, fetchContext());
  await expect(fetch).rejects.toMatchObject({ code: "NO_FETCHER" });
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

  test("tells who has planned, when nothing of it had to be fetched", async () => {
    const second = memoryFetcher({ models: abc });
    const joined = selectFetcher(fallback(failingFetcher(absent), second), "mem");
    const plan = await joined?.plan(ref, fetchContext());
    expect(plan && joined?.plannedBy?.(plan)).toMatchObject({ name: second.name, version: second.version });
  });

  test("goes on to the next one also when it shows only in the fetch, and says who brought it by which plan", async () => {
    await using temp = await disposable();
    const first: ModelFetcher<"mem"> = { ...failingFetcher(absent), plan: async () => somePlan(ref) };
    const second = memoryFetcher({ models: abc });
    const joined = fallback(first, second);
    const plan = await joined.plan(ref, fetchContext());
    const artifact = await joined.fetch(plan, temp.ingest, fetchContext());
    expect(artifact).toMatchObject({ movedBytes: 3, fetchedBy: { name: second.name } });
    expect(artifact.plan).toEqual(await second.plan(ref, fetchContext()));
    expect(artifact.plan).not.toEqual(plan);
  });

  test("of fallbacks says the innermost one", async () => {
    await using temp = await disposable();
    const second = memoryFetcher({ models: abc });
    const first: ModelFetcher<"mem"> = { ...failingFetcher(absent), plan: async () => somePlan(ref) };
    const joined = fallback(fallback(first, second), failingFetcher(absent));
    const artifact = await joined.fetch(await joined.plan(ref, fetchContext()), temp.ingest, fetchContext());
    expect(artifact).toMatchObject({ fetchedBy: { name: second.name }, plan: { files: [{ sizeBytes: 3 }] } });
  });

  test("fetches the plan that it was given by who made it, and names no other", async () => {
    await using temp = await disposable();
    const second = memoryFetcher({ models: abc });
    const joined = fallback(failingFetcher(absent), second);
    const artifact = await joined.fetch(await joined.plan(ref, fetchContext()), temp.ingest, fetchContext());
    expect(artifact).not.toHaveProperty("plan");
    expect(second.calls.plan).toBe(1);
  });

  const lowering = { ...memoryFetcher({ models: abc }), normalize: (locator: string) => locator.toLowerCase() };

  test("normalizes as its first member does, also when that is a composite", () => {
    const plain = memoryFetcher({ models: abc });
    expect(selectFetcher(fallback(lowering, plain), "mem").normalize?.("TINY")).toBe("tiny");
    expect(selectFetcher(fallback(composeFetchers(lowering), plain), "mem").normalize?.("TINY")).toBe("tiny");
    expect(selectFetcher(composeFetchers(fallback(lowering, plain)), "mem").normalize?.("TINY")).toBe("tiny");
    expect(selectFetcher(fallback(plain, lowering), "mem").normalize?.("TINY")).toBe("TINY");
  });

  test("keeps the schemes apart: each is normalized and served by those of its own", async () => {
    const other = memoryFetcher({ scheme: "other", models: abc });
    const joined = fallback<"mem" | "other">(lowering, other);
    expect(joined.schemes).toEqual(["mem", "other"]);
    expect(selectFetcher(joined, "other").normalize?.("TINY")).toBe("TINY");
    await joined.plan(parseModelRef("other:tiny"), fetchContext());
    expect(other.calls.plan).toBe(1);
    expect(lowering.calls.plan).toBe(0);
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
