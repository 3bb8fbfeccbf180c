import { assertOperands, type OperandSpec } from "./arguments/operands.ts";
import { commonOptions, type OptionTable, type OptionValues } from "./arguments/option-table.ts";
import { parseArguments } from "./arguments/parse-arguments.ts";
import { openReporter } from "./render/reporter.ts";
import type { Session } from "./session.ts";

/** One command, as the dispatcher and the help see it. */
export interface Command extends CommandText {
  readonly options: OptionTable;
  /**
   * @returns the exit code.
   * @throws whatever the command fails with; `signal.reason` when aborted.
   */
  run(args: readonly string[], surroundings: Surroundings): Promise<number>;
}

/** What a command has before its arguments are read. */
export type Surroundings = Pick<Session, "signal" | "out">;

/** What the help says of a command. */
export interface CommandText {
  readonly name: string;
  /** One line, as an order: `List the models on record`. */
  readonly summary: string;
  readonly operands?: OperandSpec;
  /** Lines on what goes to stdout, and on what is worth knowing. */
  readonly details?: readonly string[];
}

export interface CommandDefinition<Table extends OptionTable> extends CommandText {
  /** Beside the common ones. */
  readonly options: Table;
  run(input: CommandInput<Table>, session: Session): Promise<number>;
}

export interface CommandInput<Table extends OptionTable> {
  readonly values: OptionValues<Table & typeof commonOptions>;
  readonly operands: readonly string[];
}

/** A command from its definition: arguments are read and checked, and `--help` is answered, before it runs. */
export function defineCommand<const Table extends OptionTable>(definition: CommandDefinition<Table>): Command {
  const options = { ...definition.options, ...commonOptions };
  const command: Command = { ...definition, options, run };
  return command;

  async function run(args: readonly string[], { signal, out }: Surroundings): Promise<number> {
    const { values, operands } = parseArguments(args, options);
    if (values.help) {
      const { renderCommandHelp } = await import("./render/help.ts");
      out.text(renderCommandHelp(command));
      return 0;
    }
    assertOperands(definition.name, definition.operands, operands);
    const json = values.json ?? false;
    const format = values["log-format"] ?? "text";
    const report = openReporter({ quiet: values.quiet ?? false, format });
    try {
      const jsonFailures = json || format === "json";
      return await definition.run({ values, operands }, { signal, out, report, json, jsonFailures });
    } finally {
      report.clear();
    }
  }
}
