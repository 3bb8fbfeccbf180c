import { randomUUID } from "node:crypto";
import type { Durability } from "@llama-orch/artifact-store";
import {
  type Digest,
  type EventBody,
  type Logger,
  type MismatchPolicy,
  type ModelRef,
  type ProvisionEvent,
  redactText,
  redactValue,
} from "@llama-orch/catalog-core";
import { assertEnsureOptions, type EnsureOptions, type Settings } from "../options/provisioner-options.ts";

/** One call of `ensurePresent`: what is asked for, by whom, and on which terms. */
export interface Call {
  readonly id: string;
  /** A model that is used in place will not do: it is to lie in the cache. */
  readonly wantsManaged: boolean;
  readonly ref: ModelRef;
  /** The reference as it was asked for, redacted. */
  readonly reference: string;
  readonly expected: Digest | undefined;
  readonly onMismatch: MismatchPolicy;
  readonly verify: "auto" | "always";
  readonly refresh: boolean;
  readonly offline: boolean;
  readonly durability: Durability;
  /** Asks for what is so from now on, and is not content with what another call has found out before. */
  readonly wantsFresh: boolean;
  readonly signal: AbortSignal;
  readonly correlationId: string;
  readonly startedMs: number;
  readonly emit: (body: EventBody) => void;
}

export interface Request {
  readonly id: string;
  readonly wantsManaged: boolean;
  readonly ref: ModelRef;
  readonly reference: string;
  readonly expected: Digest | undefined;
}

const neverAborted = new AbortController().signal;

/** @throws ModelError `OPTION_INVALID` */
export function openCall(request: Request, options: EnsureOptions, settings: Settings): Call {
  assertEnsureOptions(options);
  const correlationId = options.correlationId ?? randomUUID();
  const listeners = [settings.onEvent, options.onEvent].filter((listener) => listener !== undefined);
  return {
    ...request,
    reference: shownReference(request),
    onMismatch: options.onMismatch ?? settings.onMismatch,
    verify: options.verify ?? settings.verify,
    refresh: options.refresh ?? false,
    wantsFresh: options.refresh === true || (options.verify ?? settings.verify) === "always",
    offline: options.offline ?? settings.offline,
    durability: options.durability ?? settings.durability,
    signal: options.signal ?? neverAborted,
    correlationId,
    startedMs: Date.now(),
    emit(body) {
      if (listeners.length === 0) return;
      // The id is without secrets as it is, and must be the one that the result has.
      const head = { id: request.id, correlationId, atMs: Date.now() };
      const event: ProvisionEvent = Object.freeze({ ...redactValue(body), ...head });
      for (const listener of listeners) tell(listener, event, settings.logger);
    },
  };
}

/** Where secrets may stand in a reference, its id is what is shown: the parser knows their places better than any redactor. */
function shownReference({ ref, id, reference }: Request): string {
  return ref.kind === "url" || ref.kind === "other" ? id : redactText(reference);
}

/**
 * A listener is somebody else's code: what it throws must not decide whether a model arrives. An async function is
 * a listener too, as far as types go, and its rejection would end the process.
 */
function tell(listener: (event: ProvisionEvent) => unknown, event: ProvisionEvent, logger: Logger): void {
  const complain = (error: unknown): void =>
    logger.error(`a listener failed on ${event.type}`, { error: describe(error) });
  try {
    Promise.resolve(listener(event)).catch(complain);
  } catch (error) {
    complain(error);
  }
}

/** What was thrown may be anything, also something that cannot be made a text. */
function describe(error: unknown): string {
  return error instanceof Error ? error.message : typeof error;
}
