import type { ProvisionEvent, ResolvedModel } from "@llama-orch/model-provisioner";

/** What came of one call, a line a fact. Everything is read off its result and its events. */
export function describeCall({ localPath, report }: ResolvedModel, events: readonly ProvisionEvent[]): string {
  const { verification, trust, cached, stagedBytes, durationMs } = report;
  const facts = {
    "lies at": localPath,
    expected: verification.expected ?? "no digest",
    verified: `${verification.outcome}; trust: ${trust}`,
    cached: cached ? "yes: it was on record, and its size, mtime and inode are the recorded ones" : "no",
    hashed: `${hashedBytes(events).toLocaleString("en")} bytes`,
    copied: `${stagedBytes.toLocaleString("en")} bytes`,
    took: `${durationMs} ms`,
    events: [...new Set(events.map(({ type }) => type))].join(", "),
  };
  return Object.entries(facts)
    .map(([name, fact]) => `  ${name.padEnd(10)}${fact}`)
    .join("\n");
}

function hashedBytes(events: readonly ProvisionEvent[]): number {
  return events.findLast((event) => event.type === "hash-progress")?.hashedBytes ?? 0;
}
