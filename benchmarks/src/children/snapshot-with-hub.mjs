// A whole repository with @huggingface/hub: `node snapshot-with-hub.mjs HUB_MODULE ENDPOINT FOLDER`.
// Prints how long it took in ms, without the start of Node.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [modulePath = "", hubUrl = "", folder = ""] = process.argv.slice(2);
const { snapshotDownload } = await import(pathToFileURL(modulePath).href);
const startedMs = performance.now();
await snapshotDownload({ repo: "org/small", hubUrl, cacheDir: join(folder, "hub") });
console.log(performance.now() - startedMs);
