import { randomUUID } from "node:crypto";
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
  readonly ref: ModelRef;
  /** The reference as it was asked for, redacted. */
  readonly reference: string;
  readonly expected: Digest | undefined;
  readonly onMismatch: MismatchPolicy;
  readonly verify: "auto" | "always";
  readonly refresh: boolean;
  readonly offline: boolean;
  readonly signal: AbortSignal;
  readonly correlationId: string;
  readonly startedMs: number;
  readonly emit: (body: EventBody) => void;
}

export interface Request {
  readonly id: string;
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
    reference: redactText(request.reference),
    onMismatch: options.onMismatch ?? settings.onMismatch,
    verify: options.verify ?? settings.verify,
    refresh: options.refresh ?? false,
    offline: options.offline ?? settings.offline,
    signal: options.signal ?? neverAborted,
    correlationId,
    startedMs: Date.now(),
    emit(body) {
      if (listeners.length === 0) return;
      const event: ProvisionEvent = Object.freeze(
        redactValue({ ...body, id: request.id, correlationId, atMs: Date.now() }),
      );
      for (const listener of listeners) tell(listener, event, settings.logger);
    },
  };
}

/** A listener is somebody else's code: what it throws must not decide whether a model arrives. */
function tell(listener: (event: ProvisionEvent) => void, event: ProvisionEvent, logger: Logger): void {
  try {
    listener(event);
  } catch (error) {
    logger.error(`a listener threw on ${event.type}`, { error: redactText(String(error)) });
  }
}
