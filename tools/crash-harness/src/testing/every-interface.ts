/** What the test of the harness kills: a program that uses each interface of node:fs, in its first argument. */
import { createWriteStream, mkdirSync, openSync, closeSync, writeSync, unlink } from "node:fs";
import { open, rename, readFile } from "node:fs/promises";
import { join } from "node:path";
import { finished } from "node:stream/promises";

const root = process.argv[2] ?? "";
const at = (...names: string[]): string => join(root, ...names);

mkdirSync(at("made"));

const handle = await open(at("made", "handle"), "wx");
await handle.writeFile("0123456789");
await handle.sync();
await handle.close();
await rename(at("made", "handle"), at("renamed"));
await readFile(at("renamed"), "utf8");

const descriptor = openSync(at("sync"), "w");
writeSync(descriptor, "0123456789");
closeSync(descriptor);

const stream = createWriteStream(at("stream"));
stream.end("0123456789");
await finished(stream);

await new Promise((resolve) => unlink(at("sync"), resolve));
