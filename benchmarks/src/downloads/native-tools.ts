import { join } from "node:path";
import { versionOf } from "./command-version.ts";
import type { Download, DownloadTool } from "./download-tool.ts";
import { installed, type NativeTool } from "./installed-tools.ts";

/** Each with the options that serve it best here, and none of its user's configuration. */
const all: readonly NativeTool[] = [
  { name: "curl", program: "curl", command: curl },
  { name: "curl, then openssl", program: "curl", isVerifying: true, command: curlThenHash },
  { name: "curl beside openssl", program: "curl", command: curlBesideHash },
  { name: "wget", program: "wget", command: wget },
  { name: "aria2c -x1", program: "aria2c", isVerifying: true, command: (download) => aria2c(download, 1) },
  { name: "aria2c -x8", program: "aria2c", isVerifying: true, command: (download) => aria2c(download, 8) },
];

/** Those that are installed: of all, or of those that are named. */
export function nativeTools(...names: readonly string[]): readonly DownloadTool[] {
  return installed(
    all.filter(({ name }) => names.length === 0 || names.includes(name)),
    "apt-get install curl wget aria2",
  );
}

/** `curl`, and then what it has written is brought to the disk. */
export function curlAndSync(): DownloadTool {
  return {
    name: "curl, then sync",
    version: versionOf("curl") ?? "",
    isVerifying: false,
    kind: "native",
    everyNthRound: 1,
    command: (download) => ["sh", "-c", '"$@" && sync "$0"', target(download), ...curl(download)],
  };
}

function curl(download: Download): readonly string[] {
  return ["curl", "-q", "-sS", "--fail", ...caOption("--cacert", download), "-o", target(download), download.url];
}

/** As people verify by hand. */
function curlThenHash(download: Download): readonly string[] {
  return ["sh", "-c", '"$@" && openssl dgst -sha256 "$0" >/dev/null', target(download), ...curl(download)];
}

/** The least that this machine takes for both: the same bytes are hashed meanwhile, from where the server has them. */
function curlBesideHash(download: Download): readonly string[] {
  const both = 'openssl dgst -sha256 "$0" >/dev/null & "$@"; wait';
  return ["sh", "-c", both, download.source, ...curl(download)];
}

function wget(download: Download): readonly string[] {
  const ca = caOption("--ca-certificate", download);
  return ["wget", "--no-config", "-q", ...ca, "-O", target(download), download.url];
}

/** `falloc`: by default it would first write the whole file with zeros. */
function aria2c(download: Download, connections: number): readonly string[] {
  const { url, sha256, folder } = download;
  const parallel = [`--max-connection-per-server=${connections}`, `--split=${connections}`];
  const place = [`--dir=${folder}`, "--out=model.gguf", "--file-allocation=falloc"];
  return [
    "aria2c",
    "--no-conf",
    "--quiet",
    ...parallel,
    ...place,
    ...caOption("--ca-certificate", download),
    `--checksum=sha-256=${sha256}`,
    url,
  ];
}

function caOption(name: string, { ca }: Download): readonly string[] {
  return ca === undefined ? [] : [name, ca];
}

function target({ folder }: Download): string {
  return join(folder, "model.gguf");
}
