import type { DatabaseSync } from "node:sqlite";

/** A lock that this process holds. The kernel takes it back when the process ends, however it ends. */
export interface KernelLock {
  release(): void;
}

/**
 * Takes the lock of a file, if nobody has it: no waiting, some 0.2 ms.
 *
 * SQLite is the one thing in Node that takes a POSIX lock (a range lock on Windows): an exclusive transaction on a
 * database to which nothing is ever written, so the file stays empty. Of the same file, two holders within one process
 * exclude each other too. Nothing else may open the file: closing any descriptor of it drops the locks of the process.
 *
 * @throws the error of SQLite, or of the system, when the file cannot be locked at all.
 */
export function tryKernelLock(path: string): KernelLock | undefined {
  const { DatabaseSync: Database } = loadSqlite();
  const database = new Database(path);
  try {
    database.exec("PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE");
    return { release: () => database.close() };
  } catch (error) {
    database.close();
    if (isBusy(error)) return undefined;
    throw error;
  }
}

/**
 * Whether somebody holds the lock of a file that is there. Reads, and so writes nothing: not even the journal that comes
 * with every attempt to take the lock, and that a killed holder leaves beside it.
 * @throws the error of SQLite, or of the system, when the file cannot be looked at.
 */
export function isKernelLockHeld(path: string): boolean {
  const { DatabaseSync: Database } = loadSqlite();
  const database = new Database(path, { readOnly: true });
  try {
    database.exec("PRAGMA busy_timeout = 0; SELECT count(*) FROM sqlite_schema");
    return false;
  } catch (error) {
    if (isBusy(error)) return true;
    throw error;
  } finally {
    database.close();
  }
}

/** SQLITE_BUSY, whatever its extended code says. */
function isBusy(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && Number(error.errcode) % 256 === 5;
}

/**
 * Node 22 prints a warning when it loads its SQLite, which nobody who provisions models needs to read. The load is
 * synchronous, so no other warning can be lost by this.
 */
function loadSqlite(): { DatabaseSync: typeof DatabaseSync } {
  // oxlint-disable-next-line typescript/unbound-method -- it is put back as it was, and never called here
  const { emitWarning } = process;
  process.emitWarning = () => {};
  try {
    return process.getBuiltinModule("node:sqlite");
  } finally {
    process.emitWarning = emitWarning;
  }
}
