import { open } from "node:fs/promises";

/** Bytes that no file system can compress or leave out, and that are in the page cache afterwards. */
export async function writeNoise(path: string, sizeMb: number): Promise<void> {
  const file = await open(path, "w");
  const block = crypto.getRandomValues(new Uint8Array(65_536));
  const chunk = Buffer.concat(Array.from({ length: 16 }, () => block));
  for (let mb = 0; mb < sizeMb; mb += 1) {
    chunk.writeUInt32LE(mb);
    await file.write(chunk);
  }
  await file.sync();
  await file.close();
}
