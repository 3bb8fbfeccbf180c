import { type CatalogStore, type FsCatalog, type ModelFetcher, type ModelRef } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { expectTypeOf, test } from "vitest";
import { composeFetchers, createProvisioner, fallback, ModelProvisioner, type SchemeOfText } from "./index.ts";

declare const hf: ModelFetcher<"hf">;
declare const web: ModelFetcher<"http" | "https">;
declare const store: CatalogStore;
declare const dynamic: string;
declare const ref: ModelRef;

const files = createProvisioner({ cacheDir: "/cache", fetchers: [fileFetcher()] });
const filesAndHf = createProvisioner({ cacheDir: "/cache", fetchers: [fileFetcher(), hf] });

test("a composition has the union of the schemes", () => {
  expectTypeOf(composeFetchers(fileFetcher(), hf, web)).toEqualTypeOf<ModelFetcher<"file" | "hf" | "http" | "https">>();
  expectTypeOf(filesAndHf).toEqualTypeOf<ModelProvisioner<FsCatalog, ModelFetcher<"file" | "hf">>>();
  expectTypeOf(fallback(hf, hf)).toEqualTypeOf<ModelFetcher<"hf">>();
});

test("literal references compile when a fetcher serves them", () => {
  void filesAndHf.ensurePresentStr("hf:org/repo/model.gguf");
  void filesAndHf.ensurePresentStr("HF:org/repo");
  void filesAndHf.ensurePresentStr("file:/models/a.gguf");
  void filesAndHf.ensurePresentStr("./models/a.gguf");
  void filesAndHf.ensurePresentStr("./a:b/model.gguf");
  void filesAndHf.ensurePresentStr("C:\\models\\a.gguf");
  void filesAndHf.ensurePresentStr("~/a.gguf");
});

test("a literal whose text before the colon is no scheme is a path", () => {
  void files.ensurePresentStr("my_model:v1.gguf");
  void files.ensurePresentStr("1abc:x");
  void files.ensurePresentStr("@scope:x");
  void files.ensurePresentStr("model(1):x");
  void files.ensurePresentStr("mod\u00e8le:x");
  void files.ensurePresentStr("+a:x");
  void files.ensurePresentStr(":x");
  void files.ensurePresentStr(`my_model:${dynamic}`);
  expectTypeOf<SchemeOfText<"git+ssh.v2-A:x">>().toEqualTypeOf<"git+ssh.v2-a">();
  expectTypeOf<SchemeOfText<"c:x">>().toEqualTypeOf<"file">();
  expectTypeOf<SchemeOfText<"hf:x" | "my_model:x">>().toEqualTypeOf<"hf" | "file">();
  // @ts-expect-error no fetcher serves 'model-1.gguf:'
  void files.ensurePresentStr("model-1.gguf:x");
});

test("literal references that nobody serves do not", () => {
  // @ts-expect-error no fetcher serves 's3:'
  void filesAndHf.ensurePresentStr("s3://bucket/key");
  // @ts-expect-error no fetcher serves 'hf:'
  void files.ensurePresentStr("hf:org/repo");
  // @ts-expect-error no fetcher serves 'https:'
  void files.ensurePresentStr(`https://example.com/${dynamic}`);
  // @ts-expect-error a provisioner of files alone
  void ModelProvisioner.fileOnly("/cache").ensurePresentStr("hf:org/repo");
});

test("what only the run time can tell compiles", () => {
  void files.ensurePresentStr(dynamic);
  void files.ensurePresentStr(`${dynamic}:x`);
  void files.ensurePresentStr(`${dynamic}/x`);
  void files.ensurePresent(ref);
  expectTypeOf<SchemeOfText<string>>().toEqualTypeOf<never>();
  expectTypeOf<SchemeOfText<`m${string}`>>().toEqualTypeOf<never>();
  expectTypeOf<SchemeOfText<`h${string}:x`>>().toEqualTypeOf<never>();
  expectTypeOf<SchemeOfText<`${string}/x:y`>>().toEqualTypeOf<never>();
  expectTypeOf<SchemeOfText<`models/${string}`>>().toEqualTypeOf<"file">();
  expectTypeOf<SchemeOfText<`models/${string}:x`>>().toEqualTypeOf<"file">();
  expectTypeOf<SchemeOfText<`hf:${string}`>>().toEqualTypeOf<"hf">();
  expectTypeOf<SchemeOfText<`${string}://x`>>().toEqualTypeOf<never>();
});

test("two fetchers of one scheme compile only when joined", () => {
  // @ts-expect-error two fetchers serve 'hf:'; join them: fallback(first, second)
  composeFetchers(fileFetcher(), hf, hf);
  // @ts-expect-error two fetchers serve 'hf:'; join them: fallback(first, second)
  createProvisioner({ cacheDir: "/cache", fetchers: [hf, fileFetcher(), hf] });
  composeFetchers(fileFetcher(), fallback(hf, hf));
});

test("a provisioner of more schemes may stand where fewer are asked for, not the other way round", () => {
  expectTypeOf(filesAndHf).toExtend<ModelProvisioner<CatalogStore, ModelFetcher<"file">>>();
  expectTypeOf(files).not.toExtend<ModelProvisioner<CatalogStore, ModelFetcher<"file" | "hf">>>();
  expectTypeOf(ModelProvisioner.fileOnly("/cache")).toExtend<ModelProvisioner<CatalogStore, ModelFetcher<"file">>>();
});

test("the contract's constructor takes any catalog and any fetcher", () => {
  expectTypeOf(new ModelProvisioner(store, hf)).toEqualTypeOf<ModelProvisioner<CatalogStore, ModelFetcher<"hf">>>();
});

test("a fetcher of fewer schemes may stand where more are allowed", () => {
  expectTypeOf<ModelFetcher<"file">>().toExtend<ModelFetcher<"file" | "hf">>();
  expectTypeOf<ModelFetcher<"file" | "hf">>().not.toExtend<ModelFetcher<"file">>();
});
