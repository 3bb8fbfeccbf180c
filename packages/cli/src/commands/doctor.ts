import { type Command, defineCommand } from "../command.ts";
import { diagnose, diagnosisFacts } from "../doctor/diagnosis.ts";
import { cacheDirOf } from "../open-catalog.ts";
import { openFetcher } from "../open-fetcher.ts";
import { renderFacts } from "../render/table.ts";

export const doctor: Command = defineCommand({
  name: "doctor",
  summary: "Examine the cache, the catalog and the surroundings",
  details: [
    "Prints what it finds; what wants attention follows on stderr, and makes the exit code 1. Hashes",
    "nothing, and writes nothing without --repair. Of the environment it prints names, never values.",
  ],
  options: { repair: { type: "flag", help: "move records that cannot be read into catalog/quarantine" } },
  async run({ values }, session) {
    const { schemes } = openFetcher();
    const repair = values.repair ?? false;
    const found = await diagnose(cacheDirOf(values), { schemes, repair, signal: session.signal });
    if (session.json) session.out.line(JSON.stringify(found));
    else session.out.text(renderFacts(diagnosisFacts(found)));
    for (const { path, movedTo } of found.catalog.repair?.quarantined ?? []) {
      session.report.note(`moved ${path} to ${movedTo}`);
    }
    for (const { text, hint } of found.problems) session.report.warn(text, hint);
    return found.problems.length === 0 ? 0 : 1;
  },
});
