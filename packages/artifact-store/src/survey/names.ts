import { randomBytes } from "node:crypto";
import type { Found } from "../files-below.ts";
import { isIdFile as isIdFilePath } from "../publish/id-file.ts";
import type { Shelf } from "./survey-cache.ts";

/*
 * The names that this package gives in a cache; nothing else is ever removed. Each of them tells what it is without a
 * look inside, and a symbolic link is none of them, whatever its name is.
 */

/** `<id, readable>-<hash of id>`, below `models/`. */
export function isModelFolder({ type, name }: Found): boolean {
  return type === "folder" && /^(?:[A-Za-z0-9][A-Za-z0-9._-]*)?-[0-9a-f]{16}$/.test(name);
}

/** `.id`, in a model's folder. */
export function isIdFile({ type, path }: Found): boolean {
  return type === "file" && isIdFilePath(path);
}

/** `<hash of content>`, in a model's folder. */
export function isVersionFolder({ type, name }: Found): boolean {
  return type === "folder" && /^[0-9a-f]{16}$/.test(name);
}

/** `<hash of id>-<hash of revision>`, below `ingest/`: owned by the lock of the id. */
export function isLockedIngest({ type, name }: Found): boolean {
  return type === "folder" && /^[0-9a-f]{16}-[0-9a-f]{8}$/.test(name);
}

/** `<hash of id>-private-<random>`, below `ingest/`: its owner holds no lock. */
export function isPrivateIngest({ type, name }: Found): boolean {
  return type === "folder" && /^[0-9a-f]{16}-private-[0-9a-f]+$/.test(name);
}

/** `removed-<random>`, below `ingest/`. */
export function isRemoved({ type, name }: Found): boolean {
  return type === "folder" && /^removed-[0-9a-f]+$/.test(name);
}

/** The first two digits of what is in it, below `blobs/sha256/`; a boot, below `blobs/unsynced/`. */
export function isShelf({ type, name, isSynced }: Shelf): boolean {
  return type === "folder" && (isSynced ? /^[0-9a-f]{2}$/ : /^[0-9a-z-]{1,64}$/).test(name);
}

/** Content by its sha256. */
export function isBlob({ type, name }: Found, shelf: Shelf): boolean {
  return type === "file" && /^[0-9a-f]{64}$/.test(name) && (!shelf.isSynced || name.startsWith(shelf.name));
}

/** Below `locks/`: what the holder of a lock says (`.json`), and what SQLite notes down while it is held. Both end with it. */
export function isNote({ type, name }: Found): boolean {
  return type === "file" && /^[0-9a-f]{16}\.(?:json|lock-journal)$/.test(name);
}

/** The hash of the id, which is also the name of its lock, from the name of an ingest or a note, or of a model's folder. */
export function lockNameOf(found: Found): string {
  return isModelFolder(found) ? found.name.slice(-16) : found.name.slice(0, 16);
}

/**
 * What belongs to a model is hidden under the name of an ingest that nobody else may delete before its time, since it may
 * have to be put back.
 */
export function privateName(model: Found): string {
  return `${lockNameOf(model)}-private-${randomBytes(8).toString("hex")}`;
}
