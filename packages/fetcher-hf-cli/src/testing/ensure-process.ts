// Ensures a model through the CLI, in a process of its own: `node ensure-process.ts CACHE_DIR BIN REFERENCE`.
import { createProvisioner } from "@llama-orch/model-provisioner";
import { hfCliFetcher } from "../hf-cli-fetcher.ts";

const [cacheDir = "", PATH = "", reference = ""] = process.argv.slice(2);

const provisioner = createProvisioner({ cacheDir, fetchers: [hfCliFetcher({ env: { PATH } })] });
await provisioner.ensurePresentStr(reference);
