import { httpClient } from "../http/http-client.ts";

/** A program: reads a body more slowly than it comes, and prints its length and how much memory it took beside the heap. */
const [url = "", ca = ""] = process.argv.slice(2);
const client = httpClient(ca === "" ? {} : { ca });
const before = process.memoryUsage().external;
let most = 0;
let length = 0;
{
  await using answer = await client.open({ method: "GET", url: new URL(url) }, new AbortController().signal);
  for await (const piece of answer.pieces()) {
    length += piece.length;
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    most = Math.max(most, process.memoryUsage().external - before);
  }
}
process.stdout.write(JSON.stringify({ length, most }));
