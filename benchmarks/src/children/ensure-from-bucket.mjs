// Ensures one reference of a bucket, in a process of its own: `node ensure-from-bucket.mjs REFERENCE FOLDER`.
// Endpoint, region and credentials are where AWS has them: in the environment.
import { s3Fetcher } from "@llama-orch/fetcher-s3";
import { ensureTimed } from "./ensure-timed.mjs";

const [reference = "", folder = ""] = process.argv.slice(2);
await ensureTimed(reference, { fetcher: s3Fetcher(), folder });
