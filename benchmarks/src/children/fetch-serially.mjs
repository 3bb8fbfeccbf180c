// A whole repository, one file after another, as a script would do it: `node fetch-serially.mjs ENDPOINT FOLDER`.
// Prints how long it took in ms, without the start of Node.
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

const [endpoint = "", folder = ""] = process.argv.slice(2);
const startedMs = performance.now();
const { siblings } = await (await fetch(`${endpoint}/api/models/org/small`)).json();
for (const { rfilename } of siblings) {
  const path = join(folder, rfilename);
  await mkdir(dirname(path), { recursive: true });
  const answer = await fetch(`${endpoint}/org/small/resolve/main/${rfilename}`);
  await writeFile(path, Buffer.from(await answer.arrayBuffer()));
}
console.log(performance.now() - startedMs);
