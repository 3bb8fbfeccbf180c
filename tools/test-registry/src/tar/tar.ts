/** An entry as it is to stand in the archive: nothing is checked, and nothing put right. */
export interface TarEntry {
  readonly path: string;
  /** @default "file" */
  readonly type?: keyof typeof typeFlags;
  /** @default none */
  readonly content?: Uint8Array;
  /** Of a symlink or hardlink. */
  readonly linkPath?: string;
  /** @default 0o644; 0o755 of a directory */
  readonly mode?: number;
  /** How a path of more than 100 bytes is written. @default "ustar" where it can be split, else "pax" */
  readonly longName?: "ustar" | "pax" | "gnu";
  /** Further records before it, such as `size` or `path`, which then count more than the header. */
  readonly pax?: Readonly<Record<string, string>>;
  /** What the header says, in place of how much there is. */
  readonly sizeInHeader?: number;
  /** What the header says, in place of the type. */
  readonly typeFlag?: string;
  /** @default the right one */
  readonly checksum?: number;
}

export interface TarOptions {
  /** Whether the two empty blocks come that end it. @default true */
  readonly end?: boolean;
}

/** A tar archive, the same at every run. */
export function tarOf(entries: Iterable<TarEntry>, { end = true }: TarOptions = {}): Buffer {
  const blocks: Uint8Array[] = [];
  for (const entry of entries) blocks.push(...entryBlocks(entry));
  return Buffer.concat(end ? [...blocks, Buffer.alloc(2 * blockBytes)] : blocks);
}

/** Entries for files, each after the directories above it, as archivers write them. */
export function fileEntries(files: Readonly<Record<string, Uint8Array>>): readonly TarEntry[] {
  const directories = new Set<string>();
  const entries: TarEntry[] = [];
  for (const [path, content] of Object.entries(files)) {
    for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
      const directory = path.slice(0, at + 1);
      if (!directories.has(directory)) entries.push({ path: directory, type: "directory" });
      directories.add(directory);
    }
    entries.push({ path, content });
  }
  return entries;
}

const typeFlags = {
  file: "0",
  hardlink: "1",
  symlink: "2",
  "character-device": "3",
  "block-device": "4",
  directory: "5",
  fifo: "6",
} as const;

const blockBytes = 512;
const nameBytes = 100;

function entryBlocks(entry: TarEntry): Uint8Array[] {
  const { path, linkPath = "", content = new Uint8Array(), longName } = entry;
  const split = longName === "pax" || longName === "gnu" ? undefined : ustarSplit(path);
  const records = { ...entry.pax };
  const before: Uint8Array[] = [];
  if (split === undefined && Buffer.byteLength(path) > nameBytes) {
    if (longName === "gnu") before.push(...gnuLong("L", path));
    else records["path"] ??= path;
  }
  if (Buffer.byteLength(linkPath) > nameBytes) {
    if (longName === "gnu") before.push(...gnuLong("K", linkPath));
    else records["linkpath"] ??= linkPath;
  }
  if (Object.keys(records).length > 0) before.push(...paxBlocks(records));
  return [...before, header(entry, split ?? { name: path, prefix: "" }), padded(content)];
}

/** A name of at most 100 bytes after a prefix of at most 155, where there is a slash between them. */
function ustarSplit(path: string): { readonly name: string; readonly prefix: string } | undefined {
  if (Buffer.byteLength(path) <= nameBytes) return { name: path, prefix: "" };
  for (let at = path.indexOf("/"); at !== -1; at = path.indexOf("/", at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)];
    if (name !== "" && Buffer.byteLength(name) <= nameBytes && Buffer.byteLength(prefix) <= 155)
      return { name, prefix };
  }
  return undefined;
}

function gnuLong(typeFlag: string, text: string): Uint8Array[] {
  const content = Buffer.from(`${text}\0`);
  return [header({ path: "././@LongLink", content, typeFlag }, { name: "././@LongLink", prefix: "" }), padded(content)];
}

function paxBlocks(records: Readonly<Record<string, string>>): Uint8Array[] {
  const content = Buffer.from(Object.entries(records).map(paxRecord).join(""));
  return [header({ path: "PaxHeader", content, typeFlag: "x" }, { name: "PaxHeader", prefix: "" }), padded(content)];
}

/** Its length counts its own digits. */
function paxRecord([key, value]: readonly [string, string]): string {
  const rest = ` ${key}=${value}\n`;
  let length = Buffer.byteLength(rest) + 1;
  while (Buffer.byteLength(`${length}${rest}`) !== length) length++;
  return `${length}${rest}`;
}

function header(entry: TarEntry, { name, prefix }: { readonly name: string; readonly prefix: string }): Buffer {
  const { type = "file", content, linkPath = "", mode = type === "directory" ? 0o755 : 0o644 } = entry;
  const block = Buffer.alloc(blockBytes);
  block.write(name, 0, nameBytes);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(entry.sizeInHeader ?? content?.length ?? 0, 12), 124);
  block.write(octal(0, 12), 136);
  block.write(" ".repeat(8), 148);
  block.write(entry.typeFlag ?? typeFlags[type], 156, 1);
  block.write(linkPath, 157, nameBytes);
  block.write("ustar\x0000", 257);
  block.write(prefix, 345, 155);
  const sum = entry.checksum ?? block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 7)} `, 148);
  return block;
}

function octal(value: number, width: number): string {
  return `${value.toString(8).padStart(width - 1, "0")}\0`;
}

function padded(content: Uint8Array): Buffer {
  return Buffer.concat([content, Buffer.alloc((blockBytes - (content.length % blockBytes)) % blockBytes)]);
}
