// A program of someone who installed the packages from a registry: the pack test type-checks and runs it.

import { mkdir, mkdtemp, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { createProvisioner, ModelProvisioner } from "@llama-orch/model-provisioner";

const folder = await mkdtemp(join(tmpdir(), "consumer-"));
const cacheDir = join(folder, "cache");
const model = join(folder, "model.gguf");
await mkdir(cacheDir);
await writeFile(model, "GGUF");
// A file that was written a moment ago is hashed once more, since its time stamp could not tell a second write.
await utimes(model, 1, 1);

const provisioner = createProvisioner({ cacheDir, fetchers: [fileFetcher()] });
const first = await provisioner.ensurePresentStr(`file:${model}`);
const again = await ModelProvisioner.fileOnly(cacheDir).ensurePresentStr(`file:${model}`);

const localPath: string = first.localPath;
const cached: boolean = again.report.cached;
console.log(JSON.stringify({ sameFile: localPath === model, sameId: first.id === again.id, cached }));
