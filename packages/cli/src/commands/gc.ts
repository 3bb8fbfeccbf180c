import { collectGarbage, type GarbageItem, type GarbageReport } from "@llama-orch/model-provisioner";
import { hourForms, parseHoursOption, parseSizeOption, sizeForms } from "../arguments/quantity-options.ts";
import { type Command, type CommandInput, defineCommand } from "../command.ts";
import { fail } from "../fail.ts";
import { openCatalog } from "../open-catalog.ts";
import { gcLine, gcSummary, type GcTerms, gcTotals, leftAlone, overSize } from "../render/gc-report.ts";
import type { Session } from "../session.ts";

const options = {
  "dry-run": { type: "flag", help: "say what would go, and remove nothing" },
  "max-size": {
    type: "value",
    placeholder: "SIZE",
    forms: sizeForms,
    help: "take retired models too, until the cache is no larger: 50GB, 1.5TB, 2GiB",
  },
  "grace-hours": {
    type: "value",
    placeholder: "N",
    forms: hourForms,
    help: "leave alone what nobody has needed for less than that [24]",
  },
} as const;

export const gc: Command = defineCommand({
  name: "gc",
  summary: "Remove from the cache what no model needs",
  details: [
    "That is broken-off arrivals, outdated versions, content that no model has, and what was moved aside",
    "as damaged. Prints kind, size and name of each thing that goes. Active models are never touched; of",
    "retired ones, --max-size takes those first that were not used for longest.",
    "",
    "The grace period is for whoever is about to need what looks unused: a download that broke off and is",
    "gone on with, bytes that were refused for a mistyped digest and are given the right one. gc may run",
    "while other commands do.",
  ],
  options,
  run: collect,
});

async function collect({ values }: CommandInput<typeof options>, session: Session): Promise<number> {
  const terms = termsOf(values);
  const { dryRun, graceMs, maxSizeBytes } = terms;
  const catalog = openCatalog(values, session);
  // Room is what it is run for, not the list of what went.
  if (!dryRun) session.out.makeOptional();
  const report = await collectGarbage(catalog, {
    signal: session.signal,
    dryRun,
    graceMs,
    ...(maxSizeBytes !== undefined && { maxSizeBytes }),
    onRemoved: (item) => show(item, session),
  });
  session.signal.throwIfAborted();
  if (session.json) session.out.line(JSON.stringify(gcTotals(report, { cacheDir: catalog.cacheDir, dryRun })));
  return tell(report, terms, session);
}

function termsOf(values: CommandInput<typeof options>["values"]): GcTerms {
  const size = values["max-size"];
  return {
    dryRun: values["dry-run"] ?? false,
    graceMs: parseHoursOption("--grace-hours", values["grace-hours"] ?? "24"),
    maxSizeBytes: size === undefined ? undefined : parseSizeOption("--max-size", size),
  };
}

function show(item: GarbageItem, { out, json }: Session): void {
  try {
    out.line(json ? JSON.stringify(item) : gcLine(item));
  } catch {
    // It has aborted the signal with its reason, and so ends the collection.
  }
}

/** @returns the exit code: that of the first thing that could not be removed. */
function tell(report: GarbageReport, terms: GcTerms, session: Session): number {
  const failures = report.skipped.filter(({ reason }) => reason === "failed");
  const exitCodes = failures.map(({ error }) => fail(error, session.jsonFailures));
  for (const { text, hint } of leftAlone(report)) {
    if (hint === undefined) session.report.note(text);
    else session.report.warn(text, hint);
  }
  session.report.note(gcSummary(report, terms));
  const problem = overSize(report, terms);
  if (problem !== undefined) session.report.warn(problem.text, problem.hint);
  return exitCodes[0] ?? 0;
}
