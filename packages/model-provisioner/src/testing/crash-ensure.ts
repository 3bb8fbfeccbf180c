// What the crash tests kill: one ensure, in the cache below the folder at the first argument, of the reference at the second.
import { mock } from "node:test";
import { join } from "node:path";
import { FsCatalog } from "@llama-orch/catalog-core";
import { fileFetcher } from "@llama-orch/fetcher-file";
import { composeFetchers } from "../compose/compose-fetchers.ts";
import { ModelProvisioner } from "../provisioner.ts";
import { crashFetcher } from "./crash-fetcher.ts";

// Without the signs of life of a lock's holder the calls are the same at every run, however slow it is.
mock.timers.enable({ apis: ["setInterval"] });

const [, , root = "", reference = ""] = process.argv;

const fetcher = composeFetchers(fileFetcher(), crashFetcher());
await new ModelProvisioner(new FsCatalog(join(root, "cache")), fetcher, { cwd: root }).ensurePresentStr(reference);
