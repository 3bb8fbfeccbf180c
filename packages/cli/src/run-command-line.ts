import { registerSecretsFromEnvironment } from "@llama-orch/catalog-core";
import { chooseCommand } from "./choose-command.ts";
import type { Surroundings } from "./command.ts";
import { fail } from "./fail.ts";
import { abortOnSignals } from "./interruption.ts";
import { StandardOutput } from "./standard-output.ts";
import { version } from "./version.ts";

/** Does what a command line says, from its words to its exit code. Never throws. */
export async function runCommandLine(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  abortOnSignals(stop);
  registerSecretsFromEnvironment(process.env);
  const out = new StandardOutput(stop);
  try {
    return await run(argv, { signal: stop.signal, out });
  } catch (error) {
    return fail(error, wantsJson(argv));
  }
}

async function run(argv: readonly string[], surroundings: Surroundings): Promise<number> {
  const choice = chooseCommand(argv);
  if (choice.type === "command") return (await choice.load()).run(choice.args, surroundings);
  if (choice.type === "version") surroundings.out.line(version);
  else surroundings.out.text(await (await import("./render/help.ts")).renderHelp());
  return 0;
}

/** Read off the raw words: a command line that cannot be parsed has to fail in the form that was asked for as well. */
function wantsJson(argv: readonly string[]): boolean {
  return argv.includes("--json") || /--log-format[= ]json/.test(argv.join(" "));
}
