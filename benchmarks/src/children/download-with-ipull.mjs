// `node download-with-ipull.mjs IPULL_MODULE URL TARGET`: prints how long it took in ms, without the start of Node.
import { pathToFileURL } from "node:url";

const [modulePath = "", url = "", target = ""] = process.argv.slice(2);
const { downloadFile } = await import(pathToFileURL(modulePath).href);

const startedMs = performance.now();
const downloader = await downloadFile({ url, savePath: target });
await downloader.download();
// On a line of its own: ipull hides and shows the cursor of whatever its output is.
console.log(`\n${performance.now() - startedMs}`);
