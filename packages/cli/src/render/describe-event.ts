import type { EnsureReport, ProvisionEvent } from "@llama-orch/catalog-core";
import { describeExtent, formatBytes, formatCount, formatDuration } from "./quantities.ts";

/** What a person is told of an event. `hint` makes it a warning. */
export interface EventText {
  readonly text: string;
  readonly hint?: string;
}

/** The sentence for an event; undefined for those that only a program wants to see, and for progress. */
export function describeEvent(event: ProvisionEvent): EventText | undefined {
  switch (event.type) {
    case "plan-made": {
      return { text: `ensuring ${event.id} (${describeExtent(event.files, event.totalBytes)})` };
    }
    case "flight-joined":
      return { text: `waiting for another call that brings ${event.id}` };
    case "wait-started":
      return { text: `waiting for ${holder(event.holderPid)}, which is bringing ${event.id}` };
    case "wait-given-up":
      return {
        text: `Process ${event.holderPid} is bringing ${event.id}, and has shown no life for long.`,
        hint: "This one goes on beside it. End that process if it hangs.",
      };
    case "content-reused": {
      const what = `${formatCount(event.files, "file")}, ${formatBytes(event.sizeBytes)}`;
      return { text: `already here under another model: ${what}` };
    }
    case "fetch-finished": {
      const { movedBytes, reusedBytes } = event;
      // Used in place, nothing moves; and where nothing was left, there was nothing to go on with.
      if (movedBytes === 0 || reusedBytes === 0) return undefined;
      return { text: `resumed: ${formatBytes(reusedBytes)} were here already, ${formatBytes(movedBytes)} came now` };
    }
    case "digest-mismatch":
      // Under `error` the failure itself says all of it.
      if (event.policy === "error") return undefined;
      return {
        text: `${event.id} has another digest than expected: expected ${event.expected}, got ${event.actual}.`,
        hint: "It is used all the same, because of --on-mismatch warn.",
      };
    case "source-changed":
      return {
        text: `${event.id} has changed since it was registered: it was ${event.previous}, and is ${event.current}.`,
        hint: "Give --digest to make such a change an error.",
      };
    case "entry-reactivated":
      return { text: `${event.id} was retired, and is active again` };
    case "ensure-finished":
      return { text: `ready: ${event.id} (${figures(event.report)})` };
    default:
      return undefined;
  }
}

function holder(pid: number | null): string {
  return pid === null ? "another process" : `process ${pid}`;
}

function figures({ verification, cached, trust, stagedBytes, durationMs }: EnsureReport): string {
  if (verification.outcome === "warn") return "with another digest than expected";
  if (cached) return `already here, ${trust}`;
  const staged = stagedBytes > 0 ? `${formatBytes(stagedBytes)} staged, ` : "";
  return `${trust}, ${staged}${formatDuration(durationMs)}`;
}
