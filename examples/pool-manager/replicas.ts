import { randomUUID } from "node:crypto";
import { type CatalogStore, type Digest, isModelError, type ModelFetcher, redactText } from "@llama-orch/catalog-core";
import type { ModelProvisioner, ResolvedModel } from "@llama-orch/model-provisioner";
import { poolError } from "./pool-errors.ts";

/** Any provisioner that serves files will do. What else it can bring is for whoever made it to say. */
export type Provisioner = ModelProvisioner<CatalogStore, ModelFetcher<"file">>;

export interface ReplicaRequest {
  readonly model: string;
  readonly digest: Digest | undefined;
  readonly correlationId: string;
}

export interface Replica {
  readonly id: string;
  /** The reference as it was asked for, without secrets. */
  readonly model: string;
  /** `ready` only after the model is on this disk, verified, and on record. */
  readonly state: "preparing" | "ready" | "failed";
  /** When ready: what the engine opens. */
  readonly localPath?: string;
  /** When failed. */
  readonly error?: ReportedError;
  readonly correlationId: string;
}

export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** A replica has its model on disk before it is called ready. */
export class Replicas {
  readonly #provisioner: Provisioner;
  readonly #log: (line: Readonly<Record<string, unknown>>) => void;
  readonly #replicas = new Map<string, Replica>();
  readonly #preparing = new Set<Promise<void>>();
  readonly #closing = new AbortController();

  constructor(provisioner: Provisioner, log: (line: Readonly<Record<string, unknown>>) => void) {
    this.#provisioner = provisioner;
    this.#log = log;
  }

  add(request: ReplicaRequest): Replica {
    const { correlationId } = request;
    const replica: Replica = { id: randomUUID(), model: redactText(request.model), state: "preparing", correlationId };
    this.#replicas.set(replica.id, replica);
    const prepared = this.#prepare(replica, request).finally(() => this.#preparing.delete(prepared));
    this.#preparing.add(prepared);
    return replica;
  }

  get(id: string): Replica | undefined {
    return this.#replicas.get(id);
  }

  count(state: Replica["state"]): number {
    return [...this.#replicas.values()].filter((replica) => replica.state === state).length;
  }

  /** Aborts what is being prepared, and waits until it has stopped. What a fetcher left there helps the next attempt. */
  async close(): Promise<void> {
    this.#closing.abort(
      poolError("POOL_CLOSING", {
        message: "The pool manager is shutting down.",
        hint: "Ask again when it is back.",
      }),
    );
    await Promise.all(this.#preparing);
  }

  async #prepare(replica: Replica, { model, digest, correlationId }: ReplicaRequest): Promise<void> {
    const startedMs = Date.now();
    const line = { replica: replica.id, model: replica.model, correlation_id: correlationId };
    try {
      const { signal } = this.#closing;
      const resolved = await this.#provisioner.ensurePresentStr(model, digest, { correlationId, signal });
      this.#replicas.set(replica.id, { ...replica, state: "ready", localPath: resolved.localPath });
      this.#log({ ...line, state: "ready", ...figures(resolved) });
    } catch (error) {
      const reported = reportOf(error);
      this.#replicas.set(replica.id, { ...replica, state: "failed", error: reported });
      this.#log({ ...line, state: "failed", duration_ms: Date.now() - startedMs, error: reported });
    }
  }
}

/** What the contract asks a caller to log. */
function figures({ id, localPath, report }: ResolvedModel): Readonly<Record<string, unknown>> {
  const { stagedBytes, durationMs, verification, cached, trust } = report;
  return { id, local_path: localPath, staged_bytes: stagedBytes, duration_ms: durationMs, verification, cached, trust };
}

function reportOf(error: unknown): ReportedError {
  if (isModelError(error)) return { code: error.code, message: error.message, hint: error.hint };
  return { code: "INTERNAL", message: redactText(String(error)), hint: "This is a fault of the program: report it." };
}
