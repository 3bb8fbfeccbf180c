import { operandSynopsis } from "../arguments/operands.ts";
import type { OptionSpec } from "../arguments/option-table.ts";
import type { Command } from "../command.ts";
import { commandTable } from "../command-table.ts";

/** What `--help` prints without a command. */
export async function renderHelp(): Promise<string> {
  const commands = await Promise.all(Object.values(commandTable).map((load) => load()));
  return `model-provisioner: makes a model present on this machine, verified, at a path that an engine can open.

Usage: model-provisioner COMMAND [OPTION…]

Commands:
${columns(commands.map((command) => [synopsis(command), command.summary]))}

model-provisioner COMMAND --help lists the options of a command; --version prints the version.

Results go to stdout, everything else to stderr.

Exit codes:
  0 done                 4 digest mismatch      8 no space on the disk
  1 another failure      5 no way to fetch      130 interrupted (143: by SIGTERM)
  2 wrong usage          6 network
  3 not found            7 not allowed

Environment:
${columns([
  ["MODEL_PROVISIONER_CACHE", "the cache root, where --cache-dir does not say"],
  ["MODEL_PROVISIONER_HF_CLI", "the whole path of the hf executable, where PATH has none or another"],
  ["MODEL_PROVISIONER_HTTP_HEADERS", "lines of HOST HEADER: VALUE, for servers that want to know who asks"],
  ["HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "by which way servers are reached, in either case"],
  ["SSL_CERT_FILE", "a PEM file of certificates to trust beside those that Node does"],
  ["MODEL_PROVISIONER_DEBUG", "1: where an error comes from, too"],
  ["NO_COLOR", "no colours"],
])}
`;
}

/** What `COMMAND --help` prints. */
export function renderCommandHelp(command: Command): string {
  const details = (command.details ?? []).map((line) => `${line}\n`).join("");
  return `Usage: model-provisioner ${synopsis(command)} [OPTION…]

${command.summary}.
${details}
Options:
${columns(Object.entries(command.options).map(([name, spec]) => [optionSynopsis(name, spec), spec.help]))}
`;
}

function synopsis({ name, operands }: Command): string {
  return `${name} ${operandSynopsis(operands)}`.trimEnd();
}

function optionSynopsis(name: string, spec: OptionSpec): string {
  if (spec.type === "value") return `--${name} ${spec.choices?.join("|") ?? spec.placeholder ?? "VALUE"}`;
  return spec.short === undefined ? `--${name}` : `-${spec.short}, --${name}`;
}

function columns(rows: readonly (readonly [left: string, right: string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
