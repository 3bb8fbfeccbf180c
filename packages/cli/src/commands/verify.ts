import type { CatalogEntry, CatalogStore } from "@llama-orch/catalog-core";
import { type VerifiedModel, verifyModel } from "@llama-orch/model-provisioner";
import { type Command, type CommandInput, defineCommand } from "../command.ts";
import { commandError, usageError } from "../errors.ts";
import { fail } from "../fail.ts";
import { findEntry } from "../find-entry.ts";
import { listEntries } from "../list-entries.ts";
import { openCatalog } from "../open-catalog.ts";
import { formatCount } from "../render/quantities.ts";
import { forEach, type Session } from "../session.ts";

const options = {
  all: { type: "flag", help: "every model on record, retired ones too" },
  repair: { type: "flag", help: "move what is damaged in the cache aside; files in place stay" },
} as const;

type Values = CommandInput<typeof options>["values"];

export const verify: Command = defineCommand({
  name: "verify",
  summary: "Hash models on record, and compare them with their records",
  operands: { name: "ID", min: 0, max: "many" },
  details: [
    "Prints intact, damaged or missing, and the id. The exit code is that of the first that is not",
    "intact: 4 when damaged, 3 when missing; 1 when --all meets a record that cannot be read. --repair",
    "takes what is damaged out of use, and the next ensure brings it anew; without it, nothing is moved.",
  ],
  options,
  async run({ values, operands }, session) {
    if (values.all === true && operands.length > 0) {
      throw usageError("--all is every model, and some are named.", "Name models, or give --all.");
    }
    if (values.all !== true && operands.length === 0) {
      throw usageError("verify needs a model.", "Name models, or give --all for every one on record.");
    }
    if (values.all === true) return verifyAll(values, session);
    const verifying = { catalog: openCatalog(values, session), repair: values.repair ?? false };
    return forEach(operands, session, async (id) => {
      await verifyOne(await findEntry(verifying.catalog, id), verifying, session);
    });
  },
});

/** A model whose record cannot be read is one that nobody has verified. */
async function verifyAll(values: Values, session: Session): Promise<number> {
  let unreadable = 0;
  const catalog = openCatalog(values, session, () => (unreadable += 1));
  const entries = await listEntries(catalog, session.signal);
  const verifying = { catalog, repair: values.repair ?? false };
  const exitCode = await forEach(entries, session, (entry) => verifyOne(entry, verifying, session));
  if (unreadable === 0) return exitCode;
  const failedWith = fail(notReadable(unreadable, catalog), session.jsonFailures);
  return exitCode || failedWith;
}

interface Verifying {
  readonly catalog: CatalogStore;
  readonly repair: boolean;
}

async function verifyOne(entry: CatalogEntry, { catalog, repair }: Verifying, session: Session): Promise<void> {
  const verified = await verifyModel(catalog, entry, {
    signal: session.signal,
    repair,
    onProgress: ({ path, hashedBytes: doneBytes, totalBytes }) =>
      session.report.progress({ activity: "hashing", path, doneBytes, totalBytes }),
  });
  session.report.clear();
  session.out.line(session.json ? JSON.stringify(verified) : `${verified.outcome.padEnd(7)}  ${verified.id}`);
  if (verified.outcome !== "intact") throw notIntact(entry, verified);
}

function notReadable(count: number, { cacheDir }: CatalogStore): Error {
  return commandError("RECORD_UNREADABLE", {
    message: `${formatCount(count, "record")} in ${cacheDir} could not be read.`,
    hint: "model-provisioner doctor says which, and what to do.",
    facts: { count, cacheDir },
  });
}

function notIntact(entry: CatalogEntry, verified: VerifiedModel): Error {
  const { id } = entry;
  const { expected, actual, damaged, localPath, movedTo } = verified;
  if (verified.outcome === "missing") {
    const hint =
      entry.location === "managed"
        ? "Ensure it again to bring it anew."
        : "Put it back, or forget it: model-provisioner rm.";
    return commandError("MODEL_ABSENT", { message: `${id}: files are gone from ${localPath}.`, hint, facts: { id } });
  }
  const files =
    entry.kind === "file" ? "" : ` (${formatCount(damaged.length, "file")}: ${damaged.slice(0, 5).join(", ")})`;
  const moved = movedTo === undefined ? "" : ` It was moved to ${movedTo}.`;
  const notMoved = verified.notMoved === undefined ? "" : ` It could not be moved: ${verified.notMoved.message}`;
  return commandError("MODEL_DAMAGED", {
    message: `${id}: ${localPath} is not what is on record${files}: expected ${expected}, got ${actual ?? "nothing"}.${moved}${notMoved}`,
    hint:
      entry.location === "managed"
        ? "Ensure it again to bring it anew."
        : "Restore the file; if the change is meant, forget the record (model-provisioner rm) and ensure it again.",
    facts: { id, expected, actual, files: damaged, ...(movedTo !== undefined && { movedTo }) },
  });
}
