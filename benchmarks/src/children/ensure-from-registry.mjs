// Ensures one reference of a registry, in a process of its own: `node ensure-from-registry.mjs REFERENCE FOLDER`.
// Logins are where `REGISTRY_AUTH_FILE` says.
import { ociFetcher } from "@llama-orch/fetcher-oci";
import { ensureTimed } from "./ensure-timed.mjs";

const [reference = "", folder = ""] = process.argv.slice(2);
await ensureTimed(reference, { fetcher: ociFetcher(), folder });
