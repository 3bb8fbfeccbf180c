/** The options of a command by their long names, as the help shows them and the parser reads them. */
export type OptionTable = Readonly<Record<string, OptionSpec>>;

export type OptionSpec = FlagSpec | ValueSpec;

export interface FlagSpec {
  readonly type: "flag";
  readonly help: string;
  /** One letter. */
  readonly short?: string;
}

export interface ValueSpec {
  readonly type: "value";
  /** What stands for the value in the help: `DIR`. Options with `choices` show those. */
  readonly placeholder?: string;
  readonly choices?: readonly string[];
  /** How to write a value, in a sentence, where the placeholder does not say it. */
  readonly forms?: string;
  readonly help: string;
}

/** What the parser makes of a table: `true` for a flag that was given, the text or choice for a value. */
export type OptionValues<Table extends OptionTable> = {
  readonly [Name in keyof Table]?: ValueOf<Table[Name]>;
};

type ValueOf<Spec extends OptionSpec> = Spec extends { readonly choices: readonly (infer Choice)[] }
  ? Choice
  : Spec extends ValueSpec
    ? string
    : true;

/** What every command understands. */
export const commonOptions = {
  "cache-dir": {
    type: "value",
    placeholder: "DIR",
    help: "the cache root [$MODEL_PROVISIONER_CACHE, or the user's cache folder]",
  },
  json: { type: "flag", help: "results as JSON lines on stdout, errors as a JSON object on stderr" },
  quiet: { type: "flag", help: "nothing but errors on stderr" },
  "log-format": { type: "value", choices: ["text", "json"], help: "json: every event as a JSON line on stderr" },
  help: { type: "flag", short: "h", help: "this text" },
} as const;
