// Compositions that must not compile. compile-errors.test.ts reads what the compiler says of each line marked `// wrong`.
import type { CatalogStore, ModelFetcher } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { composeFetchers, createProvisioner, type ModelProvisioner } from "@llama-orch/model-provisioner";

declare const hf: ModelFetcher<"hf">;
const files = createProvisioner({ cacheDir: "/cache", fetchers: [fileFetcher()] });

void files.ensurePresentStr("s3://b/k"); // wrong
composeFetchers(hf, hf); // wrong
createProvisioner({ cacheDir: "/cache", fetchers: [hf, hf] }); // wrong
export const needsHf: ModelProvisioner<CatalogStore, ModelFetcher<"file" | "hf">> = files; // wrong
