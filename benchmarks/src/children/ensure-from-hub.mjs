// Ensures one reference of a Hub, in a process of its own: `node ensure-from-hub.mjs REFERENCE ENDPOINT FOLDER`.
import { hfFetcher } from "@llama-orch/fetcher-hf";
import { ensureTimed } from "./ensure-timed.mjs";

const [reference = "", endpoint = "", folder = ""] = process.argv.slice(2);
await ensureTimed(reference, { fetcher: hfFetcher({ endpoint, token: "", env: { HOME: folder } }), folder });
