import { parseModelRef } from "@llama-orch/catalog-core";
import { hfFetcher } from "@llama-orch/fetcher-hf";
import { hfCliFetcher } from "@llama-orch/fetcher-hf-cli";
import { httpFetcher } from "@llama-orch/fetcher-http";
import { ociFetcher } from "@llama-orch/fetcher-oci";
import { s3Fetcher } from "@llama-orch/fetcher-s3";
import { expect, test } from "vitest";
import { lazyFetcher } from "./lazy-fetcher.ts";
import { openFetcher } from "./open-fetcher.ts";

test.each([
  ["hf", hfFetcher(), { hfVia: "native" }],
  ["hf", hfCliFetcher(), { hfVia: "cli" }],
  ["http", httpFetcher(), {}],
  ["https", httpFetcher(), {}],
  ["oci", ociFetcher(), {}],
  ["s3", s3Fetcher(), {}],
] as const)(
  "what is told of the fetcher of %s: before it is loaded is what it says itself",
  (scheme, real, choices) => {
    const { name, schemes, network, managed } = real;
    expect(openFetcher(choices).member?.(scheme)).toMatchObject({ name, schemes, network, managed });
  },
);

test("a fetcher is loaded once, when something is planned, and fetches what it has planned itself", async () => {
  let loads = 0;
  const ref = parseModelRef("mem:tiny");
  const planned = { ref, source: "mem", location: "managed", kind: "file", files: [{ path: "tiny" }] } as const;
  const facts = { name: "mem", schemes: ["mem"], network: false } as const;
  const fetcher = lazyFetcher(facts, async () => {
    loads += 1;
    return {
      ...facts,
      version: "1.2.3",
      plan: async () => planned,
      fetch: async (plan) => {
        expect(plan).toBe(planned);
        return { files: [], movedBytes: 0, reusedBytes: 0 };
      },
    };
  });
  expect({ name: fetcher.name, loads }).toEqual({ name: "mem", loads: 0 });
  const context = { signal: new AbortController().signal } as Parameters<typeof fetcher.plan>[1];
  const plans = await Promise.all([fetcher.plan(ref, context), fetcher.plan(ref, context)]);
  expect(plans.map((plan) => plan === planned)).toEqual([true, true]);
  const ingest = {} as Parameters<typeof fetcher.fetch>[1];
  const { fetchedBy } = await fetcher.fetch(planned, ingest, context);
  expect({ fetchedBy, loads }).toEqual({ fetchedBy: { name: "mem", version: "1.2.3" }, loads: 1 });
});
