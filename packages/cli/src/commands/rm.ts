import { artifactLocation, checkPresence } from "@llama-orch/artifact-store";
import { type CatalogEntry, type CatalogStore, entryPath } from "@llama-orch/catalog-core";
import { removeModel } from "@llama-orch/model-provisioner";
import { type Command, defineCommand } from "../command.ts";
import { findEntry } from "../find-entry.ts";
import { openCatalog } from "../open-catalog.ts";
import { formatBytes } from "../render/quantities.ts";

export const rm: Command = defineCommand({
  name: "rm",
  summary: "Forget a model, and delete its bytes if they lie in the cache",
  operands: { name: "ID", min: 1, max: 1 },
  details: [
    "Bytes that other models share stay for those. A model that is used where it lies (file:) loses its",
    "record alone; its files are never touched.",
  ],
  options: {},
  async run({ values, operands: [text = ""] }, session) {
    const catalog = openCatalog(values, session);
    const entry = await findEntry(catalog, text);
    const isHere = await isStillHere(catalog, entry);
    // Undefined when another process was faster: it is gone, which is what was asked for.
    const { freedBytes } = (await removeModel(catalog, entry.id)) ?? { freedBytes: 0 };
    session.report.note(removal(catalog, entry, { isHere, freedBytes }));
    if (session.json) session.out.line(JSON.stringify({ id: entry.id, freedBytes }));
    return 0;
  },
});

/** Whatever cannot be looked at is for the removal itself to complain about. */
async function isStillHere({ cacheDir }: CatalogStore, entry: CatalogEntry): Promise<boolean> {
  const presence = await checkPresence(artifactLocation(cacheDir, entry), entry).catch(() => "unknown");
  return presence !== "missing";
}

interface Removal {
  /** Before it was removed. */
  readonly isHere: boolean;
  readonly freedBytes: number;
}

function removal({ cacheDir }: CatalogStore, entry: CatalogEntry, { isHere, freedBytes }: Removal): string {
  if (entry.location === "external") return `forgot ${entry.id}; its files stay at ${entryPath(cacheDir, entry)}`;
  const removed = `removed ${entry.id}; ${formatBytes(freedBytes)} freed`;
  if (!isHere) return `${removed}, its files were gone already`;
  if (freedBytes >= distinctBytes(entry)) return removed;
  return `${removed}, ${freedBytes === 0 ? "its bytes are" : "the rest is"} shared by other models`;
}

/** What a model takes alone: files of the same content are one. */
function distinctBytes({ files }: CatalogEntry): number {
  return [...new Map(files.map(({ digest, sizeBytes }) => [digest, sizeBytes])).values()].reduce((a, b) => a + b, 0);
}
