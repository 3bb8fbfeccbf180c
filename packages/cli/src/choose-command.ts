import { closestWord } from "./arguments/closest-word.ts";
import type { Command } from "./command.ts";
import { commandTable } from "./command-table.ts";
import { usageError } from "./errors.ts";

/** What a command line asks for. */
export type Choice =
  | { readonly type: "command"; readonly load: () => Promise<Command>; readonly args: readonly string[] }
  | { readonly type: "help" }
  | { readonly type: "version" };

/** @throws ModelError `USAGE_INVALID` */
export function chooseCommand(argv: readonly string[]): Choice {
  const [first, ...rest] = argv;
  if (first === undefined) throw usageError("No command was given.", "model-provisioner --help lists the commands.");
  if (first === "--version" || first === "-V") return { type: "version" };
  if (first === "--help" || first === "-h") return { type: "help" };
  if (first === "help") return rest.length === 0 ? { type: "help" } : chooseCommand([...rest, "--help"]);
  if (first.startsWith("-")) throw notACommand(first);
  for (const words of [1, 2]) {
    const load = commandNamed(argv.slice(0, words).join(" "));
    if (load !== undefined) return { type: "command", load, args: argv.slice(words) };
  }
  throw unknownCommand(argv);
}

function commandNamed(name: string): (() => Promise<Command>) | undefined {
  return Object.hasOwn(commandTable, name) ? commandTable[name] : undefined;
}

function notACommand(option: string): Error {
  return usageError(
    `${option} stands where a command should.`,
    "The command comes first: model-provisioner ensure REF --json. model-provisioner --help lists the commands.",
    option,
  );
}

function unknownCommand([first = "", second = ""]: readonly string[]): Error {
  const names = Object.keys(commandTable);
  const within = names.filter((name) => name.startsWith(`${first} `));
  if (within.length > 0) {
    const isAlone = second === "" || second.startsWith("-");
    const problem = isAlone ? "is not a whole command" : `has no command ${JSON.stringify(second)}`;
    return usageError(`${first} ${problem}.`, `Write model-provisioner ${within.join(" or ")}.`, first);
  }
  const meant =
    closestWord(
      `${first} ${second}`,
      names.filter((name) => name.includes(" ")),
    ) ?? closestWord(first, names);
  const hint =
    meant === undefined
      ? "model-provisioner --help lists the commands."
      : `Did you mean ${meant}? model-provisioner --help lists all commands.`;
  return usageError(`There is no command ${JSON.stringify(first)}.`, hint, first);
}
