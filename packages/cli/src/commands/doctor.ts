import { type Command, defineCommand } from "../command.ts";
import { diagnose, diagnosisFacts } from "../doctor/diagnosis.ts";
import { cacheDirOf } from "../open-catalog.ts";
import { openFetcher } from "../open-fetcher.ts";
import { renderFacts } from "../render/table.ts";

export const doctor: Command = defineCommand({
  name: "doctor",
  summary: "Examine the cache, the catalog and the surroundings",
  details: [
    "Prints what it finds; what wants attention follows on stderr, and makes the exit code 1. What only",
    "matters to hf: models is said as well, and leaves it 0. Hashes nothing, and writes nothing without",
    "--repair. Of the environment it prints names, never values. Asks the Hugging Face Hub whether it is",
    "there, without a token.",
  ],
  options: {
    repair: { type: "flag", help: "move records that cannot be read into catalog/quarantine" },
    offline: { type: "flag", help: "use no network: do not ask whether the Hub is there" },
  },
  async run({ values }, session) {
    const { schemes } = openFetcher();
    const { repair = false, offline = false } = values;
    const { signal } = session;
    const found = await diagnose(cacheDirOf(values), { schemes, repair, offline, signal });
    if (session.json) session.out.line(JSON.stringify(found));
    else session.out.text(renderFacts(diagnosisFacts(found)));
    for (const { path, movedTo } of found.catalog.repair?.quarantined ?? []) {
      session.report.note(`moved ${path} to ${movedTo}`);
    }
    for (const { text, hint } of [...found.problems, ...found.warnings]) session.report.warn(text, hint);
    return found.problems.length === 0 ? 0 : 1;
  },
});
