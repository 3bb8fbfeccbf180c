import type { ModelFetcher } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { createProvisioner } from "@llama-orch/model-provisioner";
import { expectTypeOf, test } from "vitest";
import { shelfFetcher } from "./shelf-fetcher.ts";

const shelf = shelfFetcher("http://127.0.0.1:8080");
const provisioner = createProvisioner({ cacheDir: "/cache", fetchers: [fileFetcher(), shelf] });

test("its scheme is a part of its type", () => {
  expectTypeOf(shelf).toEqualTypeOf<ModelFetcher<"shelf">>();
});

test("a literal reference of a scheme that is served compiles, another does not", () => {
  void provisioner.ensurePresentStr("shelf:tiny");
  void provisioner.ensurePresentStr("file:/models/tiny.gguf");
  // @ts-expect-error no fetcher serves 's3:'
  void provisioner.ensurePresentStr("s3://bucket/tiny.gguf");
});
