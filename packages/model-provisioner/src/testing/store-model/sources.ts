import { hash } from "node:crypto";
import { type DigestText, directoryDigest } from "@llama-orch/catalog-core";

/** What a source has at one of its versions. */
export interface Source {
  readonly kind: "file" | "directory";
  readonly files: Readonly<Record<string, Buffer>>;
  /** The plan tells the files' sha256. */
  readonly declaresDigests?: boolean;
  readonly revision?: string;
  readonly entryPoint?: string;
}

/** The versions that a source can have. It may go back to an earlier one. */
export const versions: readonly number[] = [0, 1, 2, 3];

/**
 * The models that are played with. `one`, `twin`, `copied`, `placed`, `folder` and `parts` share contents; all contents
 * have the same size, so that only their digests tell them apart. `placed` and `copied` are files of this machine: the
 * first is used where it lies, the second is copied. The others are brought by the fetcher of this folder.
 */
const makers = {
  one: (version) => file("one.gguf", content("weights", version)),
  twin: (version) => ({ ...file("twin.gguf", content("weights", version)), declaresDigests: true }),
  revised: (version) => ({ ...file("revised.gguf", content("revised", version)), revision: `revision-${version}` }),
  folder: (version) => ({
    kind: "directory",
    files: {
      "weights.gguf": content("weights", version),
      "config.json": content("config", version),
      "tokens/vocabulary": content("tokens", 0),
    },
    declaresDigests: true,
    entryPoint: "weights.gguf",
  }),
  parts: (version) => ({
    kind: "directory",
    files: { a: content("tokens", 0), b: content("tokens", 0), c: content("weights", version) },
    revision: `revision-${version}`,
  }),
  placed: (version) => file("placed.gguf", content("weights", version)),
  copied: (version) => file("copied.gguf", content("weights", version)),
} satisfies Record<string, (version: number) => Source>;

export type SourceName = keyof typeof makers;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- these are its keys.
export const sourceNames = Object.keys(makers) as readonly SourceName[];

export const initialVersions: Readonly<Record<SourceName, number>> = {
  one: 0,
  twin: 0,
  revised: 0,
  folder: 0,
  parts: 0,
  placed: 0,
  copied: 0,
};

/** The sources that are files of this machine. */
export const localNames: readonly SourceName[] = ["placed", "copied"];

export function sourceAt(name: SourceName, version: number): Source {
  return makers[name](version);
}

/** The digest that an entry of this version has. */
export function digestOf(name: SourceName, version: number): DigestText {
  return digestOfFiles(sourceAt(name, version), (path, files) => files[path]);
}

/** The digest of what is found of a source's files; `undefined` if one of them is not there. */
export function digestOfFound(name: SourceName, read: (path: string) => Buffer | undefined): DigestText | undefined {
  const source = sourceAt(name, 0);
  const paths = Object.keys(source.files);
  return paths.every((path) => read(path) !== undefined) ? digestOfFiles(source, read) : undefined;
}

function digestOfFiles(
  { kind, files }: Source,
  read: (path: string, files: Source["files"]) => Buffer | undefined,
): DigestText {
  const records = Object.keys(files).map((path) => ({ path, digest: sha256(read(path, files) ?? Buffer.alloc(0)) }));
  const [first] = records;
  return kind === "file" && first !== undefined ? first.digest : directoryDigest(records);
}

export function sha256(bytes: Buffer): DigestText {
  return `sha256:${hash("sha256", bytes)}`;
}

function file(path: string, bytes: Buffer): Source {
  return { kind: "file", files: { [path]: bytes } };
}

const contentBytes = 6_000;

function content(key: string, version: number): Buffer {
  return Buffer.alloc(contentBytes, `${hash("sha256", `${key} ${version}`)}\n`);
}
