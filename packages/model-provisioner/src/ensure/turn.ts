import { type HolderNote, type HolderProgress, type ModelLock, openModelLock } from "@llama-orch/artifact-store";
import type { CatalogEntry, EventBody } from "@llama-orch/catalog-core";
import type { Call } from "./call.ts";
import type { Candidate } from "./candidate.ts";
import { isWanted } from "./find-candidate.ts";
import { abortable } from "./flights.ts";
import { isIntact } from "./is-intact.ts";
import { recorded } from "./recorded.ts";
import type { Surroundings } from "./surroundings.ts";
import { isWhereWanted } from "./verdict.ts";

/** Between two looks at a lock that another process holds, in ms: half of it to one and a half, so that many do not look at once. */
const lookEveryMs = 100;

/** Between two signs of life of a holder, in ms. */
const beatMs = 1_000;

/** The right to bring a model, for as long as it takes. */
export interface Turn {
  /** Tells the flight's calls, and those of other processes that wait. */
  readonly emit: (body: EventBody) => void;
  /** Nobody else brings this model, nor can what an earlier attempt left be written to any more. */
  readonly holdsLock: boolean;
  /**
   * Says that so many bytes are going to be written; as they arrive, so many less.
   * @returns when that was said, ms since 1970.
   */
  promise(bytes: number): Promise<number>;
  end(): Promise<void>;
}

/**
 * Waits until no other process is bringing this model. Whoever holds it may meanwhile bring just what this call wants:
 * then that is the answer, without a turn.
 *
 * Nothing depends on the lock but that work is not done twice: a holder that shows no life is passed by, and where
 * nothing can be locked everyone has their turn at once.
 */
export async function takeTurn(call: Call, around: Surroundings): Promise<Turn | Candidate> {
  const lock = await openModelLock(around.catalog.cacheDir, call.id);
  const free = lock.tryHold();
  if (free !== "busy") return beginTurn(lock, free === "held", around);

  const before = await around.catalog.get(call.id);
  let note: HolderNote | undefined;
  around.emit({ type: "wait-started", holderPid: (await lock.holder())?.pid ?? null });
  for (;;) {
    await pause(around.signal);
    const now = lock.tryHold();
    if (now !== "busy") return beginTurn(lock, now === "held", around);
    const brought = await broughtMeanwhile(call, before, around);
    if (brought !== undefined) return brought;
    note = await watch(lock, note, around);
    if (note !== undefined && Date.now() - note.atMs > around.settings.stalledHolderMs) {
      around.emit({ type: "wait-given-up", holderPid: note.pid });
      return beginTurn(lock, false, around);
    }
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, lookEveryMs * (0.5 + Math.random()));
  try {
    await abortable(promise, signal);
  } finally {
    clearTimeout(timer);
  }
}

/** What the holder has registered since, if it is what this call wants. */
async function broughtMeanwhile(
  call: Call,
  before: CatalogEntry | undefined,
  around: Surroundings,
): Promise<Candidate | undefined> {
  if (call.wantsFresh) return undefined;
  const entry = await around.catalog.get(call.id);
  if (
    entry?.lifecycle !== "Active" ||
    !isWhereWanted(call, entry) ||
    entry.lastVerifiedMs === before?.lastVerifiedMs ||
    !isWanted(call, entry)
  ) {
    return undefined;
  }
  return (await isIntact(entry, around.catalog)) ? recorded(entry, call, around) : undefined;
}

async function watch(
  lock: ModelLock,
  known: HolderNote | undefined,
  { emit }: Surroundings,
): Promise<HolderNote | undefined> {
  const note = await lock.holder();
  if (note !== undefined && note.doneBytes !== known?.doneBytes) {
    const { pid, doneBytes, totalBytes } = note;
    emit({ type: "wait-progress", holderPid: pid, doneBytes, totalBytes });
  }
  return note ?? known;
}

function beginTurn(lock: ModelLock, holdsLock: boolean, { emit }: Surroundings): Turn {
  let progress: HolderProgress = { doneBytes: 0, totalBytes: null };
  const beat = (): Promise<void> => lock.note(progress);
  void beat();
  const timer = setInterval(() => void beat(), beatMs).unref();
  return {
    holdsLock,
    emit(body) {
      progress = { ...progress, ...progressOf(body, progress) };
      emit(body);
    },
    async promise(bytes) {
      const sinceMs = Date.now();
      progress = { ...progress, promised: { bytes, sinceMs } };
      await beat();
      return sinceMs;
    },
    async end() {
      clearInterval(timer);
      await lock.release();
    },
  };
}

function progressOf(body: EventBody, { promised }: HolderProgress): Partial<HolderProgress> {
  if (body.type === "hash-progress") return { doneBytes: body.hashedBytes, totalBytes: body.totalBytes };
  if (body.type !== "fetch-progress") return {};
  const { receivedBytes: doneBytes, totalBytes } = body.overall;
  if (promised === undefined || totalBytes === null) return { doneBytes, totalBytes };
  const bytes = Math.min(promised.bytes, Math.max(0, totalBytes - doneBytes));
  return { doneBytes, totalBytes, promised: { ...promised, bytes } };
}
