import { isDeepStrictEqual } from "node:util";
import type { CatalogEntry } from "@llama-orch/catalog-core";
import { digestAt, filesOf, isWhole, type Seen } from "./look.ts";
import type { Outcome, VerifyOperation } from "./operations.ts";
import { type Act, isAlone, wrong } from "./scene.ts";

export function judgeVerify({ name, repair }: VerifyOperation, outcome: Outcome, act: Act): readonly string[] {
  const { world, before, after } = act;
  const id = world.idOf(name);
  if (outcome.came === "error") return [`A verification of ${name} failed with ${outcome.code}.`];
  if (!isAlone(name, act)) return [];
  const was = before.entries.get(id);
  if (outcome.came !== "verified" || was === undefined) {
    return wrong((outcome.came === "absent") !== (was === undefined) && `A verification came to ${outcome.came}.`);
  }
  const condition = conditionOf(was, before);
  const is = after.entries.get(id);
  const isToMove = repair && condition === "damaged" && was.location === "managed";
  const isMoved = outcome.movedTo !== undefined;
  const left = filesOf(was, after).filter(({ file }) => file !== undefined);
  const isChanged = filesOf(was, before).some(({ file }) => file && after.files.get(file.path)?.digest !== file.digest);
  return wrong(
    outcome.found !== condition && `${name} is ${condition}, and was found ${outcome.found}.`,
    !isDeepStrictEqual(is && lasting(is), lasting(was)) && `A verification of ${name} changed its record.`,
    condition === "intact" && is?.unsyncedBoot !== undefined && `${name} was read, and is not on the disk.`,
    isMoved !== isToMove && `${name} was ${isMoved ? "" : "not "}moved aside.`,
    isMoved && left.length > 0 && `${name} was moved aside, and is there.`,
    !isMoved && isChanged && `A verification of ${name} changed its files.`,
  );
}

function conditionOf(entry: CatalogEntry, seen: Seen): "intact" | "damaged" | "missing" {
  if (isWhole(entry, seen)) return "intact";
  if (entry.location === "external") return digestAt(entry.localPath) === undefined ? "missing" : "damaged";
  return filesOf(entry, seen).some(({ file }) => file === undefined) ? "missing" : "damaged";
}

/** What a verification may not change. */
function lasting(entry: CatalogEntry): unknown {
  const files = entry.files.map((file) => ({ ...file, stat: undefined }));
  return { ...entry, files, lastVerifiedMs: undefined, unsyncedBoot: undefined };
}
