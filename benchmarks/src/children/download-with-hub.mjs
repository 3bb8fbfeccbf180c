// `node download-with-hub.mjs HUB_MODULE URL TARGET`: prints how long it took in ms, without the start of Node.
// The URL is as the Hub's: ORIGIN/ORG/REPO/resolve/main/PATH.
import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { pathToFileURL } from "node:url";

const [modulePath = "", url = "", target = ""] = process.argv.slice(2);
const { downloadFile } = await import(pathToFileURL(modulePath).href);
const { origin, pathname } = new URL(url);
const [organization, repository, , revision, ...path] = pathname.slice(1).split("/");

const startedMs = performance.now();
const blob = await downloadFile({
  hubUrl: origin,
  repo: `${organization}/${repository}`,
  revision,
  path: path.join("/"),
});
await pipeline(Readable.fromWeb(blob.stream()), createWriteStream(target));
console.log(performance.now() - startedMs);
